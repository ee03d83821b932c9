"""Every request: ids in and out, one canonical log line, metrics, and the limit on bodies."""

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.staticfiles import StaticFiles

from todo_kit.http_client import ServiceClient
from todo_kit.logging import configure_logging
from todo_kit.metrics import REGISTRY
from todo_kit.request_context import current_request_id, current_traceparent

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
MIB = 1_048_576


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def canonical(logs: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in logs.records if record.getMessage() == "request"]


async def test_a_valid_request_id_goes_in_and_out(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/tasks/1", headers={"X-Request-ID": "Browser-1.2_3"})

    assert answer.headers.get_list("X-Request-ID") == ["Browser-1.2_3"]


@pytest.mark.parametrize(
    "value", ["short", "a" * 129, "has spaces in it", 'quote"quote"', "bad\nid-long-enough", ""]
)
async def test_any_other_request_id_is_replaced(client: httpx.AsyncClient, value: str) -> None:
    answer = await client.get("/api/v1/tasks/1", headers={b"X-Request-ID": value.encode()})

    assert answer.headers["X-Request-ID"] != value
    assert len(answer.headers["X-Request-ID"]) == 32


async def test_the_trace_goes_on(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/tasks/1", headers={"traceparent": f"00-{TRACE}-{SPAN}-01"})

    version, trace_id, span_id, flags = answer.headers["traceparent"].split("-")
    assert (version, trace_id, flags) == ("00", TRACE, "01")
    assert span_id != SPAN


async def test_a_traceparent_that_comes_twice_is_void(client: httpx.AsyncClient) -> None:
    twice = [("traceparent", f"00-{TRACE}-{SPAN}-01"), ("traceparent", f"00-{TRACE}-{'1' * 16}-01")]

    answer = await client.get("/api/v1/tasks/1", headers=twice)

    assert TRACE not in answer.headers["traceparent"]


async def test_the_context_does_not_leak_to_the_caller(client: httpx.AsyncClient) -> None:
    await client.get("/api/v1/tasks/1")

    assert current_request_id() is None
    assert current_traceparent() is None


async def test_one_id_and_one_trace_through_two_services(app: FastAPI, client: httpx.AsyncClient) -> None:
    seen: list[httpx.Request] = []

    async def upstream(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    next_hop = ServiceClient("http://next", service="next", transport=httpx.MockTransport(upstream))

    @app.get("/hop")
    async def hop() -> None:
        await next_hop.request("GET", "/")

    answer = await client.get(
        "/hop", headers={"X-Request-ID": "one-for-all", "traceparent": f"00-{TRACE}-{SPAN}-01"}
    )

    assert seen[0].headers["X-Request-ID"] == "one-for-all"
    assert seen[0].headers["traceparent"] == answer.headers["traceparent"]
    await next_hop.aclose()


async def test_one_line_per_request_names_the_template_never_the_path(
    client: httpx.AsyncClient, logs: pytest.LogCaptureFixture
) -> None:
    await client.get("/api/v1/tasks/4711?token=hunter2")

    (line,) = canonical(logs)
    assert line.levelno == logging.INFO
    fields = {key: line.__dict__[key] for key in ("method", "route", "status")}
    assert fields == {"method": "GET", "route": "/api/v1/tasks/{task_id}", "status": 200}
    assert 0 <= line.__dict__["duration_ms"] < 5000
    kit = [record for record in logs.records if record.name.startswith("todo_kit")]
    assert not any("4711" in str(record.__dict__) or "hunter2" in str(record.__dict__) for record in kit)


@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        ("GET", "/nowhere/4711", "unmatched", 404),
        ("PUT", "/api/v1/tasks/4711", "/api/v1/tasks/{task_id}", 405),
        ("GET", "/api/v1/tasks/fail/bug", "/api/v1/tasks/fail/{how}", 500),
        ("GET", "/api/v1/tasks/word", "/api/v1/tasks/{task_id}", 422),
    ],
)
async def test_failures_are_logged_and_counted_by_template(
    client: httpx.AsyncClient,
    logs: pytest.LogCaptureFixture,
    method: str,
    path: str,
    route: str,
    status: int,
) -> None:
    labels = {"service": "sample", "method": method, "route": route, "status": str(status)}
    before = REGISTRY.get_sample_value("http_requests_total", labels) or 0

    await client.request(method, path)

    (line,) = canonical(logs)
    assert (line.__dict__["route"], line.__dict__["status"]) == (route, status)
    assert REGISTRY.get_sample_value("http_requests_total", labels) == before + 1


async def test_durations_and_requests_in_flight_are_measured(app: FastAPI, client: httpx.AsyncClient) -> None:
    seen: list[float | None] = []

    @app.get("/measured")
    async def measured() -> None:
        seen.append(REGISTRY.get_sample_value("http_requests_in_flight", {"service": "sample"}))

    await client.get("/measured")

    labels = {"service": "sample", "method": "GET", "route": "/measured"}
    assert REGISTRY.get_sample_value("http_request_duration_seconds_count", labels) == 1
    assert seen == [1]
    assert REGISTRY.get_sample_value("http_requests_in_flight", {"service": "sample"}) == 0


async def test_invented_methods_do_not_make_new_series(client: httpx.AsyncClient) -> None:
    for method in ("BREW", "WHEN"):
        await client.request(method, "/nowhere")

    labels = {"service": "sample", "route": "unmatched", "status": "404"}
    assert REGISTRY.get_sample_value("http_requests_total", labels | {"method": "BREW"}) is None
    assert REGISTRY.get_sample_value("http_requests_total", labels | {"method": "OTHER"}) == 2


async def test_mounted_files_are_logged_by_their_mount(
    app: FastAPI, client: httpx.AsyncClient, logs: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "style.css").write_text("")
    app.mount("/static", StaticFiles(directory=tmp_path))

    await client.get("/static/style.css")
    await client.get("/static/missing.css")

    lines = [(line.__dict__["route"], line.__dict__["status"]) for line in canonical(logs)]
    assert lines == [("/static/*", 200), ("/static/*", 404)]


@pytest.mark.parametrize("path", ["/health", "/ready"])
async def test_probes_are_logged_for_debugging_only(
    client: httpx.AsyncClient, logs: pytest.LogCaptureFixture, path: str
) -> None:
    await client.get(path)

    assert [line.levelno for line in canonical(logs)] == [logging.DEBUG]


async def test_an_unexpected_error_is_logged_once(
    client: httpx.AsyncClient, logs: pytest.LogCaptureFixture
) -> None:
    answer = await client.get("/api/v1/tasks/fail/bug", headers={"X-Request-ID": "request-0001"})

    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] == "request-0001"
    assert [record.getMessage() for record in logs.records if record.exc_info] == ["unhandled error"]


async def test_an_app_may_answer_unexpected_errors_in_its_own_way(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    async def page(_request: object, _error: Exception) -> PlainTextResponse:
        return PlainTextResponse("Sorry", status_code=500)

    app.add_exception_handler(Exception, page)

    answer = await client.get("/api/v1/tasks/fail/bug")

    assert (answer.status_code, answer.text) == (500, "Sorry")
    assert "X-Request-ID" in answer.headers


@pytest.mark.parametrize("path", ["/api/v1/tasks", "/api/v1/tasks/raw", "/api/v1/tasks/1"])
async def test_a_body_announced_as_too_large_is_refused(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.post(path, content=b"x" * (MIB + 1))

    assert answer.status_code == 413
    assert answer.json()["code"] == "body_too_large"
    assert "connection" not in answer.headers


async def test_an_absurd_announcement_closes_the_connection(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/tasks/raw", content=b"x", headers={"Content-Length": str(10**12)})

    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("path", ["/api/v1/tasks", "/api/v1/tasks/raw"])
async def test_a_streamed_body_is_counted(client: httpx.AsyncClient, path: str) -> None:
    taken = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(1000):
            taken += 1
            yield b"x" * 65_536

    answer = await client.post(path, content=chunks(), headers={"Content-Type": "application/json"})

    assert answer.status_code == 413
    assert answer.json()["code"] == "body_too_large"
    assert taken <= 18


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_body_of_exactly_the_limit_is_accepted(client: httpx.AsyncClient, streamed: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(16):
            yield b"x" * 65_536

    answer = await client.post("/api/v1/tasks/raw", content=chunks() if streamed else b"x" * MIB)

    assert answer.json() == {"length": MIB}


async def test_the_log_line_is_json_with_both_ids(
    client: httpx.AsyncClient, restored_logging: None, capsys: pytest.CaptureFixture[str]
) -> None:

    configure_logging(service="sample", level="INFO", log_format="json")

    answer = await client.get("/api/v1/tasks/1")

    line = json.loads(capsys.readouterr().out)
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert line["trace_id"] == answer.headers["traceparent"].split("-")[1]
    assert line["message"] == "request"
