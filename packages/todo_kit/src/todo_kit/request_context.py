"""The request id and the W3C trace of whatever is running right now, across `await` and into threads."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from random import getrandbits
from typing import NamedTuple


class TraceContext(NamedTuple):
    """W3C Trace Context, version 00 (https://www.w3.org/TR/trace-context/): lower-case hex ids."""

    trace_id: str
    span_id: str
    flags: str = "01"

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


request_id_var: ContextVar[str | None] = ContextVar("request_id", default=None)
trace: ContextVar[TraceContext | None] = ContextVar("trace", default=None)

# Anything else could break out of a log line or a header, or be used to fill disks.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")
# A version above 00 may append fields, which we ignore; ff is invalid (section 3.2.2).
_TRACEPARENT = re.compile(r"(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_NO_TRACE = "0" * 32
_NO_SPAN = "0" * 16


def current_request_id() -> str | None:
    """The id of the request (or of the bound background work) being handled, if any."""
    return request_id_var.get()


def current_traceparent() -> str | None:
    """The `traceparent` to send to the next hop, with our own span as the parent."""
    context = trace.get()
    return None if context is None else context.traceparent


def new_request_id() -> str:
    """32 hex characters, unique but not secret (nothing may rely on an id being hard to guess)."""
    return f"{getrandbits(128):032x}"


def is_valid_request_id(value: str) -> bool:
    """Whether `value` may be taken over from a caller: 8 to 128 of `A-Za-z0-9._-`."""
    return _REQUEST_ID.fullmatch(value) is not None


def parse_traceparent(value: str) -> TraceContext | None:
    """The caller's trace, or None when the header is not valid (sections 3.2 and 4.3 of Trace Context)."""
    found = _TRACEPARENT.fullmatch(value)
    if found is None:
        return None
    version, trace_id, span_id, flags, rest = found.groups()
    if trace_id == _NO_TRACE or span_id == _NO_SPAN or (version == "00" and rest):
        return None
    return TraceContext(trace_id, span_id, "01" if int(flags, 16) & 1 else "00")


def next_trace(traceparent: str | None) -> TraceContext:
    """This hop's place in the trace: the caller's trace with a new span, or a new trace."""
    parent = parse_traceparent(traceparent) if traceparent else None
    span_id = f"{getrandbits(64) or 1:016x}"
    if parent is None:
        return TraceContext(f"{getrandbits(128) or 1:032x}", span_id)
    return TraceContext(parent.trace_id, span_id, parent.flags)


@contextmanager
def bind_request_context(*, request_id: str | None = None, traceparent: str | None = None) -> Iterator[str]:
    """Give background work a request id (made when not given) and a trace; yields the id.

    Outgoing calls and log records inside carry them, as they do inside a request.
    """
    chosen = request_id if request_id is not None and is_valid_request_id(request_id) else new_request_id()
    id_token = request_id_var.set(chosen)
    trace_token = trace.set(next_trace(traceparent))
    try:
        yield chosen
    finally:
        trace.reset(trace_token)
        request_id_var.reset(id_token)
