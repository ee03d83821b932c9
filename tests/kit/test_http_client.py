"""Calls to another service, against a real socket whose other end misbehaves."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from tests.kit.flaky_upstream import CUT, DROP, HANG, OK, SLOW_BODY, FlakyUpstream, answer, flaky_upstream
from tests.kit.running import free_port

from todo_kit.http_client import ServiceClient, ServiceError, UpstreamRejected, UpstreamUnavailable
from todo_kit.request_context import bind_request_context

SHORT = httpx.Timeout(connect=0.2, read=0.2, write=0.2, pool=0.2)

ClientTo = Callable[..., ServiceClient]


@pytest.fixture
async def upstream() -> AsyncIterator[FlakyUpstream]:
    async with flaky_upstream() as server:
        yield server


@pytest.fixture
async def client_to() -> AsyncIterator[ClientTo]:
    """Clients that retry without a pause, unless a test says otherwise."""
    made: list[ServiceClient] = []

    def make(url: str, **options: object) -> ServiceClient:
        arguments: dict[str, object] = {"service": "upstream", "backoff": 0.0, "timeout": SHORT} | options
        made.append(ServiceClient(url, **arguments))  # type: ignore[arg-type]  # options of several types
        return made[-1]

    yield make
    for client in made:
        await client.aclose()


async def test_an_answer(upstream: FlakyUpstream, client_to: ClientTo) -> None:
    response = await client_to(upstream.url).request("GET", "/things", params={"q": "a b"}, token="t0ken")

    assert response.json() == {"ok": True}
    assert upstream.requests[0].startswith("GET /things?q=a+b HTTP/1.1\r\n")
    assert "Authorization: Bearer t0ken\r\n" in upstream.requests[0]


@pytest.mark.parametrize("trouble", [answer(502), answer(503), answer(504), answer(429), DROP, CUT, HANG])
async def test_a_read_survives_passing_trouble(
    upstream: FlakyUpstream, client_to: ClientTo, trouble: bytes
) -> None:
    upstream.script = [trouble, trouble, OK]

    response = await client_to(upstream.url).request("GET", "/")

    assert response.json() == {"ok": True}
    assert upstream.calls == 3


@pytest.mark.parametrize("trouble", [answer(503), answer(429), DROP, HANG])
async def test_a_write_without_a_key_is_never_repeated(
    upstream: FlakyUpstream, client_to: ClientTo, trouble: bytes
) -> None:
    upstream.script = [trouble, OK]

    for method in ("POST", "PATCH", "DELETE"):
        upstream.script = [trouble, OK]
        before = upstream.calls
        with pytest.raises(ServiceError):
            await client_to(upstream.url).request(method, "/", json={})
        assert upstream.calls == before + 1


async def test_a_write_with_a_key_is_repeated_with_the_same_key_and_body(
    upstream: FlakyUpstream, client_to: ClientTo
) -> None:
    upstream.script = [DROP, answer(503), OK]

    await client_to(upstream.url).request("POST", "/", json={"a": 1}, idempotency_key="key-1")

    assert upstream.calls == 3
    assert all("Idempotency-Key: key-1\r\nContent-Length: 7" in head for head in upstream.requests)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 422, 500, 501])
async def test_other_failures_are_not_repeated(
    upstream: FlakyUpstream, client_to: ClientTo, status: int
) -> None:
    upstream.script = [answer(status)]

    with pytest.raises(ServiceError):
        await client_to(upstream.url).request("GET", "/")

    assert upstream.calls == 1


async def test_refused_connections_are_tried_three_times_for_any_method(
    client_to: ClientTo, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(UpstreamUnavailable) as caught:
        await client_to(f"http://127.0.0.1:{free_port()}").request("POST", "/")

    assert (caught.value.reason, caught.value.status) == ("ConnectError", None)
    again = [record for record in caplog.records if record.getMessage() == "calling again"]
    assert [record.__dict__["attempt"] for record in again] == [1, 2]


async def test_trouble_that_stays_is_a_typed_error(upstream: FlakyUpstream, client_to: ClientTo) -> None:
    upstream.script = [answer(503, "Retry-After: 7")]

    with pytest.raises(UpstreamUnavailable) as caught:
        await client_to(upstream.url).request("GET", "/")

    assert upstream.calls == 3
    assert (caught.value.service, caught.value.status) == ("upstream", 503)
    assert caught.value.retry_after == 7
    assert str(caught.value) == "upstream is not available (status 503)"


async def test_a_rejection_brings_the_problem(upstream: FlakyUpstream, client_to: ClientTo) -> None:
    body = b'{"code":"task_not_found","detail":"No such task."}'
    upstream.script = [answer(404, body=body, content_type="application/problem+json")]

    with pytest.raises(UpstreamRejected) as caught:
        await client_to(upstream.url).request("GET", "/")

    assert (caught.value.status, caught.value.code) == (404, "task_not_found")
    assert caught.value.problem == {"code": "task_not_found", "detail": "No such task."}


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b"{}", b'{"code":5}', b"\xff"])
async def test_a_rejection_without_a_problem_is_still_typed(
    upstream: FlakyUpstream, client_to: ClientTo, body: bytes
) -> None:
    upstream.script = [answer(403, body=body)]

    with pytest.raises(UpstreamRejected) as caught:
        await client_to(upstream.url).request("GET", "/")

    assert caught.value.code == "http_403"


@pytest.mark.slow
async def test_retry_after_is_waited_for(upstream: FlakyUpstream, client_to: ClientTo) -> None:
    upstream.script = [answer(503, "Retry-After: 1"), OK]

    await client_to(upstream.url, backoff=0.01).request("GET", "/")

    assert upstream.times[1] - upstream.times[0] >= 1


async def test_retry_after_may_be_a_date(upstream: FlakyUpstream, client_to: ClientTo) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=100)
    upstream.script = [answer(429, f"Retry-After: {format_datetime(moment, usegmt=True)}")]

    with pytest.raises(UpstreamRejected) as caught:
        await client_to(upstream.url, backoff=0.01).request("GET", "/")

    assert upstream.calls == 1
    assert caught.value.retry_after is not None
    assert 90 < caught.value.retry_after <= 100


async def test_a_retry_after_beyond_the_deadline_is_handed_back_at_once(
    upstream: FlakyUpstream, client_to: ClientTo
) -> None:
    upstream.script = [answer(429, "Retry-After: 3600")]
    started = time.monotonic()

    with pytest.raises(UpstreamRejected) as caught:
        await client_to(upstream.url, backoff=0.01).request("POST", "/", idempotency_key="key-1")

    assert (caught.value.status, caught.value.retry_after) == (429, 3600)
    assert upstream.calls == 1
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("trouble", [HANG, SLOW_BODY])
async def test_the_deadline_covers_all_attempts_and_the_body(
    upstream: FlakyUpstream, client_to: ClientTo, trouble: bytes
) -> None:
    upstream.script = [trouble]
    client = client_to(upstream.url, timeout=httpx.Timeout(30), total_deadline=0.4, max_attempts=9)
    started = time.monotonic()

    with pytest.raises(UpstreamUnavailable) as caught:
        await client.request("GET", "/")

    assert caught.value.reason == "deadline"
    assert 0.3 < time.monotonic() - started < 0.9


async def test_a_call_may_have_a_shorter_deadline(upstream: FlakyUpstream, client_to: ClientTo) -> None:
    upstream.script = [HANG]

    with pytest.raises(UpstreamUnavailable, match="deadline"):
        await client_to(upstream.url, timeout=httpx.Timeout(30)).request("GET", "/", deadline=0.1)


async def test_pauses_grow_with_full_jitter_and_stay_within_the_deadline(
    upstream: FlakyUpstream, client_to: ClientTo
) -> None:
    upstream.script = [answer(503)]
    client = client_to(upstream.url, backoff=0.1, total_deadline=0.5, max_attempts=100)
    started = time.monotonic()

    with pytest.raises(UpstreamUnavailable) as caught:
        await client.request("GET", "/")

    assert caught.value.reason == "status 503"
    assert 2 <= upstream.calls < 20
    assert time.monotonic() - started < 0.6


async def test_the_request_id_and_the_trace_go_along(upstream: FlakyUpstream, client_to: ClientTo) -> None:
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    with bind_request_context(request_id="request-0001", traceparent=f"00-{trace_id}-00f067aa0ba902b7-01"):
        await client_to(upstream.url).request("GET", "/")
    await client_to(upstream.url).request("GET", "/")

    inside, outside = upstream.requests
    assert "X-Request-ID: request-0001\r\n" in inside
    assert f"traceparent: 00-{trace_id}-" in inside
    assert "00f067aa0ba902b7" not in inside
    assert "X-Request-ID" not in outside


async def test_cookies_of_one_user_never_travel_with_another(
    upstream: FlakyUpstream, client_to: ClientTo
) -> None:
    upstream.script = [answer(200, "Set-Cookie: session=hunter2; Path=/")]
    client = client_to(upstream.url)

    await client.request("GET", "/")
    await client.request("GET", "/")

    assert "hunter2" not in upstream.requests[1]


async def test_connections_are_reused_and_a_closed_one_is_replaced(
    upstream: FlakyUpstream, client_to: ClientTo
) -> None:
    upstream.script = [OK, answer(200, "Connection: close"), OK]
    client = client_to(upstream.url)

    for _ in range(3):
        await client.request("POST", "/")

    assert upstream.calls == 3


async def test_proxies_of_the_environment_are_ignored(
    upstream: FlakyUpstream, client_to: ClientTo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")

    response = await client_to(upstream.url).request("GET", "/")

    assert response.status_code == 200


class TestStream:
    async def test_the_body_comes_as_it_is_sent(self, upstream: FlakyUpstream, client_to: ClientTo) -> None:
        upstream.script = [SLOW_BODY]

        async with client_to(upstream.url).stream("GET", "/") as response:
            first = await asyncio.wait_for(anext(response.aiter_raw()), timeout=2)

        assert first == b"slow"

    async def test_a_rejection_is_typed_and_nothing_is_repeated(
        self, upstream: FlakyUpstream, client_to: ClientTo
    ) -> None:
        upstream.script = [answer(429, "Retry-After: 3", body=b'{"code":"rate_limited"}')]

        with pytest.raises(UpstreamRejected) as caught:
            async with client_to(upstream.url).stream("POST", "/", json={}):
                pass

        assert (caught.value.code, caught.value.retry_after) == ("rate_limited", 3)
        assert upstream.calls == 1

    async def test_an_unreachable_service_is_typed(self, client_to: ClientTo) -> None:
        with pytest.raises(UpstreamUnavailable):
            async with client_to(f"http://127.0.0.1:{free_port()}").stream("GET", "/"):
                pass
