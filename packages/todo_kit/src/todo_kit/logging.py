"""Logs: one JSON object per line for machines, one coloured line per record for people."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from pydantic_core import to_json
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonEncoder, JsonFormatter

from todo_kit.request_context import request_id_var, trace

_OWN_FIELDS = frozenset(
    {"time", "level", "service", "logger", "message", "request_id", "trace_id", "exception"}
)
_STANDARD = frozenset({*RESERVED_ATTRS, "taskName", "color_message"})
_NOT_EXTRA = _STANDARD | _OWN_FIELDS

_QUIET = ("httpx", "httpcore", "asyncio", "watchfiles")


def configure_logging(
    *, service: str, level: str, log_format: str = "auto", stream: TextIO | None = None
) -> None:
    """Send every log record to `stream` (standard output) in one format.

    `log_format` is `json`, `console` or `auto`: console on a terminal, JSON elsewhere. May be called again.
    """
    target = sys.stdout if stream is None else stream
    console = log_format == "console" or (log_format == "auto" and target.isatty())
    handler = _KitHandler(target)
    handler.setFormatter(ConsoleFormatter(service) if console else JsonLineFormatter(service))
    root = logging.getLogger()
    root.handlers = [other for other in root.handlers if not isinstance(other, _KitHandler)]
    root.addHandler(handler)
    root.setLevel(level.upper())
    _route_libraries()


def _route_libraries() -> None:
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = name != "uvicorn.access"
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Nobody reads these fields here, and collecting them costs time on every record ("Optimization" in the
    # logging how-to).
    logging.logThreads = False
    logging.logProcesses = False
    logging.logMultiprocessing = False


class _KitHandler(logging.StreamHandler[TextIO]):
    """Our own class, so that a second call replaces only what the first one installed."""


class JsonLineFormatter(JsonFormatter):
    """One JSON object per record: newlines and control characters in any value stay escaped inside it."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service
        self._unknown = JsonEncoder().default
        self._second = -1
        self._second_text = ""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self._time(record),
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= _context(record)
        line |= extras(record)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = record.stack_info
        try:
            return to_json(line, ensure_ascii=True, inf_nan_mode="null", fallback=self._unknown).decode(
                "ascii"
            )
        except (
            Exception
        ):  # a log call must not fail: fall back to plain text for whatever could not be encoded
            return json.dumps({key: str(value) for key, value in line.items()})

    def _time(self, record: logging.LogRecord) -> str:
        """RFC 3339 in UTC with milliseconds; the part up to the second is made once a second."""
        second = int(record.created)
        if second != self._second:
            self._second_text = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
            self._second = second
        return f"{self._second_text}.{int((record.created - second) * 1000):03d}Z"


def _context(record: logging.LogRecord) -> dict[str, str]:
    """The ids of the request being handled; an explicit `extra` of that name wins."""
    found: dict[str, str] = {}
    request_id = record.__dict__.get("request_id") or request_id_var.get()
    if request_id is not None:
        found["request_id"] = request_id
    context = trace.get()
    trace_id = record.__dict__.get("trace_id") or (None if context is None else context.trace_id)
    if trace_id is not None:
        found["trace_id"] = trace_id
    return found


def extras(record: logging.LogRecord) -> dict[str, Any]:
    """What the caller passed as `extra=`."""
    return {key: value for key, value in record.__dict__.items() if key not in _NOT_EXTRA}


_RESET = "\x1b[0m"
_DIM = "\x1b[2m"
_LEVEL_COLOURS = {
    "DEBUG": "\x1b[2m",
    "INFO": "\x1b[32m",
    "WARNING": "\x1b[33m",
    "ERROR": "\x1b[31m",
    "CRITICAL": "\x1b[1;31m",
}
_SERVICE_COLOURS = ("\x1b[35m", "\x1b[36m", "\x1b[34m", "\x1b[32m", "\x1b[33m")


class ConsoleFormatter(logging.Formatter):
    """`12:30:01.123 backend   INFO    request  method=GET …`, with the traceback below when there is one."""

    def __init__(self, service: str) -> None:
        super().__init__()
        colour = _SERVICE_COLOURS[sum(service.encode()) % len(_SERVICE_COLOURS)]
        self._prefix = f"{colour}{service:<9}{_RESET}"

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created).astimezone()
        clock = f"{moment:%H:%M:%S}.{int(record.msecs):03d}"
        level = f"{_LEVEL_COLOURS.get(record.levelname, '')}{record.levelname:<7}{_RESET}"
        fields = " ".join(f"{key}={_one_line(value)}" for key, value in extras(record).items())
        request_id = _context(record).get("request_id", "")
        rest = " ".join(part for part in (fields, request_id[:8]) if part)
        line = f"{_DIM}{clock}{_RESET} {self._prefix} {level} {_one_line(record.getMessage())}"
        if rest:
            line += f"  {_DIM}{rest}{_RESET}"
        if record.exc_info:
            line += "\n" + _printable(self.formatException(record.exc_info))
        return line


def _one_line(value: object) -> str:
    text = str(value)
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def _printable(text: str) -> str:
    return "\n".join(_one_line(line) for line in text.splitlines())
