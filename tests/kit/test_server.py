"""Starting and stopping a real process, and what only a real socket can show."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest
from tests.kit.running import free_port, running, start_process, taken_port

pytestmark = pytest.mark.slow


async def outcome_of(**settings: str) -> tuple[int | None, str, str]:
    process = await start_process(**settings)
    async with asyncio.timeout(15):
        stdout, stderr = await process.communicate()
    return process.returncode, stdout.decode(), stderr.decode()


async def raw_exchange(url: str, request: bytes) -> bytes:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(request)
    async with asyncio.timeout(5):
        answer = await reader.read(65_536)
    writer.close()
    await writer.wait_closed()
    return answer


async def test_a_drain_loses_no_request() -> None:
    async with running(ENVIRONMENT="production", DRAIN_SECONDS="1") as service, httpx.AsyncClient() as client:
        before = await client.get(f"{service.url}/ready")
        in_flight = asyncio.create_task(client.get(f"{service.url}/outlive-drain"))
        await service.logged("in flight")

        service.terminate()
        await service.logged("draining")
        started = time.monotonic()
        ready = await client.get(f"{service.url}/ready")
        late = await client.post(f"{service.url}/length", content=b"123")

        assert before.status_code == 200
        assert "connection" not in before.headers
        assert (ready.status_code, ready.json()["status"]) == (503, "draining")
        assert ready.headers["connection"] == "close"
        assert late.json() == {"length": 3}
        assert (await in_flight).json() == {"answer": "whole"}
        assert await service.exit_code() == 0
        assert 1 < time.monotonic() - started < 5
        assert service.lines[-2]["message"] == "Application shutdown complete."
        await service.logged("closed")


async def test_streams_hear_of_the_drain_in_time() -> None:
    async with running() as service, httpx.AsyncClient() as client:
        stream = asyncio.create_task(client.get(f"{service.url}/stream"))
        await service.logged("in flight")

        service.terminate()

        assert (await stream).text == "event: hello\n\nevent: reconnect\n\n"
        assert await service.exit_code() == 0


async def test_a_second_signal_ends_the_wait() -> None:
    async with running(ENVIRONMENT="staging", DRAIN_SECONDS="60") as service:
        service.terminate()
        await service.logged("draining")
        service.terminate()

        assert await service.exit_code() == 0


@pytest.mark.parametrize("name", ["PORT", "METRICS_PORT"])
async def test_a_taken_port_is_one_sentence(name: str) -> None:
    with taken_port() as listener:
        port = str(listener.getsockname()[1])
        code, _, stderr = await outcome_of(**({"PORT": "0"} | {name: port}))

    assert code == 2
    assert stderr == f"{name} {port} is already in use; stop what uses it or set {name} to another port.\n"


async def test_an_address_of_another_machine_is_one_sentence() -> None:
    code, _, stderr = await outcome_of(PORT="0", HOST="192.0.2.1")

    assert code == 2
    assert stderr.startswith("HOST 192.0.2.1 with PORT 0 cannot be used: ")
    assert stderr.count("\n") == 1


async def test_wrong_settings_are_one_sentence_each() -> None:
    code, stdout, stderr = await outcome_of(PORT="http", LOG_LEVEL="loud")

    assert (code, stdout) == (2, "")
    assert [line.split()[0] for line in stderr.splitlines()] == ["LOG_LEVEL", "PORT"]


async def test_a_failing_start_is_logged_and_exits() -> None:
    code, stdout, stderr = await outcome_of(PORT="0", FAIL_TO_START="true")

    assert code not in (0, None)
    assert "RuntimeError: cannot start" in stdout
    assert all(json.loads(line)["service"] == "sample" for line in stdout.splitlines())
    assert stderr == ""


async def test_metrics_have_a_port_of_their_own() -> None:
    port = free_port()
    async with running(METRICS_PORT=str(port)) as service, httpx.AsyncClient() as client:
        await client.get(f"{service.url}/health")
        metrics = await client.get(f"http://127.0.0.1:{port}/metrics")
        elsewhere = await client.get(f"{service.url}/metrics")

    assert (
        'http_requests_total{method="GET",route="/health",service="sample",status="200"} 1.0' in metrics.text
    )
    assert "process_resident_memory_bytes" in metrics.text
    assert elsewhere.status_code == 404


@pytest.mark.parametrize(
    "value", [b"abcdefgh\n ijklmnop", b"abcdefgh\r\n ijklmnop", b"abcdefgh\x00ijk", b"\xff" * 9]
)
async def test_a_request_id_cannot_break_a_header_or_a_log_line(value: bytes) -> None:
    request = b"GET /health HTTP/1.1\r\nHost: x\r\nX-Request-ID: " + value + b"\r\nConnection: close\r\n\r\n"
    async with running(LOG_LEVEL="DEBUG") as service:
        answer = await raw_exchange(service.url, request)
        service.terminate()
        await service.exit_code()

    assert b"abcdefgh" not in answer
    assert b"\xff" not in answer
    assert "abcdefgh" not in json.dumps(service.lines)


async def test_large_bodies_get_an_answer_and_the_connection_stays_usable() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(32):
            yield b"x" * 65_536

    async with running() as service, httpx.AsyncClient() as client:
        announced = await client.post(f"{service.url}/length", content=b"x" * 2_000_000)
        streamed = await client.post(f"{service.url}/length", content=chunks())
        fine = await client.post(f"{service.url}/length", content=b"x" * 1_000_000)

    assert (announced.status_code, announced.json()["code"]) == (413, "body_too_large")
    assert (streamed.status_code, streamed.json()["code"]) == (413, "body_too_large")
    assert fine.json() == {"length": 1_000_000}


async def test_half_an_answer_is_not_taken_for_a_whole_one() -> None:
    async with running() as service, httpx.AsyncClient() as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(f"{service.url}/half")
        service.terminate()
        await service.exit_code()

    assert [line["message"] for line in service.lines if "exception" in line] == ["unhandled error"]


async def test_what_is_not_http_gets_a_problem_document() -> None:
    async with running() as service:
        host, port = service.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\nX-Request-ID: first\nsecond: line\r\n\r\n")
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in head
    problem = json.loads(body)
    assert (problem["status"], problem["code"]) == (400, "invalid_request")
    assert problem["request_id"].encode() in head
