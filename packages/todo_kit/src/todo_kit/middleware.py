"""The two layers around every app, in pure ASGI because they sit on the hot path."""

import logging
from time import perf_counter

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from todo_kit.drain import Drain
from todo_kit.error_rendering import render_error
from todo_kit.metrics import RequestMetrics
from todo_kit.problem.errors import BodyTooLarge
from todo_kit.request_context import (
    is_valid_request_id,
    new_request_id,
    next_trace,
    request_id_var,
    trace,
)

_log = logging.getLogger("todo_kit.request")
_errors = logging.getLogger("todo_kit.errors")

_PROBES = frozenset({"/health", "/ready", "/metrics"})
_UNMATCHED = "unmatched"
_CLIENT_GONE = 499
_CONNECTION_CLOSE = (b"connection", b"close")

MAX_BODY_BYTES = 1_048_576
_HOPELESS = 64 * MAX_BODY_BYTES


def install(app: FastAPI, *, service: str, drain: Drain, max_body_bytes: int = MAX_BODY_BYTES) -> None:
    """Put both layers around `app`; the request context is the outer one and sees every answer."""
    app.add_middleware(BodyLimitMiddleware, max_bytes=max_body_bytes)
    app.add_middleware(RequestContextMiddleware, service=service, drain=drain)


class RequestContextMiddleware:
    """Request id, trace, one log line, metrics, and the last word on errors nobody handled.

    Takes over a valid `X-Request-ID` and `traceparent` and answers with both. The log line names the route's
    template, never the path, which may hold ids or worse.
    """

    def __init__(self, app: ASGIApp, *, service: str, drain: Drain | None = None) -> None:
        self._app = app
        self._drain = drain
        self._metrics = RequestMetrics(service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        request_id, traceparent = _incoming(scope)
        context = next_trace(traceparent)
        answer_headers = (
            (b"x-request-id", request_id.encode("ascii")),
            (b"traceparent", context.traceparent.encode("ascii")),
        )
        status = 0

        async def send_with_ids(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", ()), *answer_headers]
                if self._drain is not None and self._drain.draining:
                    headers.append(_CONNECTION_CLOSE)
                message["headers"] = headers
            await send(message)

        id_token = request_id_var.set(request_id)
        trace_token = trace.set(context)
        self._metrics.in_flight.inc()
        try:
            await self._app(scope, receive, send_with_ids)
        except Exception as error:
            await self._answer_unexpected(error, scope, receive, send_with_ids, sent=status != 0)
        finally:
            self._metrics.in_flight.dec()
            self._record(scope, status or _CLIENT_GONE, perf_counter() - started)
            trace.reset(trace_token)
            request_id_var.reset(id_token)

    async def _answer_unexpected(
        self, error: Exception, scope: Scope, receive: Receive, send: Send, *, sent: bool
    ) -> None:
        _errors.error("unhandled error", exc_info=error, extra={"route": _route_of(scope)})
        if sent:
            # The status is gone. Leaving the answer unfinished makes the server break the connection, which
            # tells the client that something is missing.
            return
        response = await render_error(scope, receive, error)
        await response(scope, receive, send)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"]
        route = _route_of(scope)
        self._metrics.observe(method, route, status, seconds=seconds)
        level = logging.DEBUG if route in _PROBES else logging.INFO
        if _log.isEnabledFor(level):
            fields = {
                "method": method,
                "route": route,
                "status": status,
                "duration_ms": round(seconds * 1000, 2),
            }
            # Made by hand, because `log()` would look for the calling line on every request.
            _log.handle(_log.makeRecord(_log.name, level, __file__, 0, "request", (), None, extra=fields))


def _incoming(scope: Scope) -> tuple[str, str | None]:
    """The request id to use and the caller's `traceparent`; one that comes twice is void (section 3.2.1)."""
    request_id = ""
    traceparents: list[str] = []
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            request_id = value.decode("latin-1")
        elif name == b"traceparent":
            traceparents.append(value.decode("latin-1"))
    if not request_id or not is_valid_request_id(request_id):
        request_id = new_request_id()
    return request_id, traceparents[0] if len(traceparents) == 1 else None


def _route_of(scope: Scope) -> str:
    """The template of the matched route with all its prefixes, or `unmatched`.

    Routers included in routers keep their own, shorter path on `scope["route"]`; FastAPI notes the
    complete one beside it.
    """
    included = scope.get("fastapi")
    if included is not None:
        effective = included.get("effective_route_context")
        if effective is not None:
            return effective.path_format or _UNMATCHED
    path = getattr(scope.get("route"), "path", None)
    if isinstance(path, str):
        return path
    mount = scope.get("root_path")
    return f"{mount}/*" if mount else _UNMATCHED


class BodyLimitMiddleware:
    """Answers 413 to bodies of more than `max_bytes`, announced or counted while they stream in."""

    def __init__(self, app: ASGIApp, *, max_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (length := _announced_length(scope)) == 0:
            await self._app(scope, receive, send)
        elif length is None:
            await self._app(scope, self._counted(receive), send)
        elif length > self._max_bytes:
            await self._refuse(scope, receive, send, length)
        else:
            await self._app(scope, receive, send)  # the server itself holds a body to its announced length

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, length: int) -> None:
        error = BodyTooLarge(f"The body may have at most {self._max_bytes} bytes.")
        if length > _HOPELESS:  # otherwise let the client finish, or it may never read the answer
            error.headers["Connection"] = "close"
        response = await render_error(scope, receive, error)
        await response(scope, receive, send)

    def _counted(self, receive: Receive) -> Receive:
        total = 0

        async def counted() -> Message:
            nonlocal total
            message = await receive()
            if message["type"] == "http.request":
                total += len(message.get("body", b""))
                if total > self._max_bytes:
                    # An HTTPException, because FastAPI turns any other error while reading a body into a 400.
                    raise HTTPException(413, f"The body may have at most {self._max_bytes} bytes.")
            return message

        return counted


def _announced_length(scope: Scope) -> int | None:
    """`Content-Length` in bytes; 0 without any body, None for a body whose length is not announced."""
    streamed = False
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else None
        if name == b"transfer-encoding":
            streamed = True
    return None if streamed else 0
