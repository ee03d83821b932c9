"""Logs: exactly one JSON object per record elsewhere, one coloured line for people on a terminal."""

import io
import json
import logging
import os
import re
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from todo_kit.logging import configure_logging
from todo_kit.request_context import bind_request_context, trace

pytestmark = pytest.mark.usefixtures("restored_logging")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def configured(
    log_format: str = "json", *, level: str = "INFO", stream: io.StringIO | None = None
) -> io.StringIO:
    target = io.StringIO() if stream is None else stream
    configure_logging(service="sample", level=level, log_format=log_format, stream=target)
    return target


def only_line(output: io.StringIO) -> dict[str, Any]:
    text = output.getvalue()
    assert text.endswith("\n")
    assert len(text.splitlines()) == 1
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def test_a_record_is_one_json_object_with_the_fields_everyone_searches_by() -> None:
    output = configured()

    with bind_request_context(request_id="request-0001"):
        context = trace.get()
        logging.getLogger("sample.part").info("hello %s", "world", extra={"count": 3})

    line = only_line(output)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert context is not None
    assert line == {
        "level": "INFO",
        "service": "sample",
        "logger": "sample.part",
        "message": "hello world",
        "request_id": "request-0001",
        "trace_id": context.trace_id,
        "count": 3,
    }


@pytest.mark.parametrize(
    "evil",
    ['a\n{"level":"ERROR"}', "a\r\nb", "a\u2028b", "a\x00\x1b[31mb", "\ud800"],
    ids=["line", "windows line", "separator", "terminal", "surrogate"],
)
def test_no_value_can_break_out_of_its_line(evil: str) -> None:
    output = configured()

    logging.getLogger("sample").warning("%s", evil, extra={"value": evil, "nested": [{evil: evil}]})

    line = only_line(output)
    assert line["level"] == "WARNING"
    assert line["message"] in (evil, str(evil))


def test_an_exception_stays_in_its_line() -> None:
    output = configured()

    try:
        int("not a\nnumber")
    except ValueError:
        logging.getLogger("sample").exception("it failed")

    line = only_line(output)
    assert line["message"] == "it failed"
    assert line["exception"].startswith("Traceback (most recent call last):\n")
    assert line["exception"].endswith("literal for int() with base 10: 'not a\\nnumber'")


@pytest.mark.parametrize(
    "value",
    [object(), Decimal("1.5"), {1: 2}, {("a", "b"): 1}, float("nan"), ValueError("x"), b"\xff", {1, 2}],
)
def test_any_value_can_be_logged(value: object, capsys: pytest.CaptureFixture[str]) -> None:
    output = configured()

    logging.getLogger("sample").info("value", extra={"value": value})

    assert only_line(output)["message"] == "value"
    assert capsys.readouterr().err == ""


def test_a_circle_can_be_logged(capsys: pytest.CaptureFixture[str]) -> None:
    circle: list[object] = []
    circle.append(circle)
    output = configured()

    logging.getLogger("sample").info("value", extra={"value": circle})

    assert only_line(output)["value"] == "[[...]]"
    assert capsys.readouterr().err == ""


def test_secrets_are_masked() -> None:
    output = configured()

    logging.getLogger("sample").info("value", extra={"value": SecretStr("hunter2")})

    assert "hunter2" not in output.getvalue()


def test_the_level_is_honoured_and_libraries_are_quiet() -> None:
    output = configured(level="WARNING")

    logging.getLogger("sample").info("no")
    logging.getLogger("httpx").info("no")
    logging.getLogger("uvicorn.access").error("no")
    logging.getLogger("uvicorn.error").error("yes")

    assert only_line(output)["message"] == "yes"


def test_configuring_twice_logs_once() -> None:
    configured()
    output = configured()

    logging.getLogger("sample").info("once")

    assert only_line(output)["message"] == "once"


@pytest.mark.parametrize(("log_format", "stream"), [("auto", Terminal()), ("console", io.StringIO())])
def test_people_get_one_coloured_line_with_the_service_first(log_format: str, stream: io.StringIO) -> None:
    output = configured(log_format, stream=stream)

    with bind_request_context(request_id="request-0001"):
        logging.getLogger("sample").warning("hello\nworld", extra={"route": "/a\x1b[31m"})

    text = output.getvalue()
    assert len(text.splitlines()) == 1
    plain = re.sub(r"\x1b\[[\d;]*m", "", text)
    assert plain != text
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d\.\d{3} sample +WARNING hello\\nworld +route=/a\\x1b\[31m request-\n", plain
    )


def test_people_see_the_traceback_below_the_line() -> None:
    output = configured("console")

    try:
        os.environ["BOOM"]
    except KeyError:
        logging.getLogger("sample").exception("it failed")

    lines = output.getvalue().splitlines()
    assert "it failed" in lines[0]
    assert lines[1] == "Traceback (most recent call last):"
    assert lines[-1] == "KeyError: 'BOOM'"


def test_auto_is_json_away_from_a_terminal() -> None:
    output = configured("auto")

    logging.getLogger("sample").info("hello")

    assert only_line(output)["message"] == "hello"
