"""A stub of the backend on a loopback port, and workers that talk to it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from tests.agent.stub_backend import SECRET, StubBackend

from todo_agent.backend.client import BackendClient
from todo_agent.sweeps.worker import Worker
from todo_kit.drain import Drain

Running = Callable[..., AbstractAsyncContextManager[Drain]]


@pytest.fixture
def stub() -> Iterator[StubBackend]:
    with StubBackend().running() as running:
        yield running


@pytest.fixture
async def backend(stub: StubBackend) -> AsyncIterator[BackendClient]:
    client = BackendClient(stub.url, client_secret=SECRET)
    yield client
    await client.aclose()


@pytest.fixture
def working(backend: BackendClient) -> Running:
    """`async with working(batch=…) as drain:` runs a worker until the block ends."""

    @asynccontextmanager
    async def run(**options: Any) -> AsyncIterator[Drain]:
        drain = Drain()
        settings = {"poll_seconds": 0.05, "batch": 10, "concurrency": 4} | options
        task = asyncio.create_task(Worker(backend, drain=drain, **settings).run())
        try:
            yield drain
        finally:
            drain.begin()
            await asyncio.wait_for(task, 10)

    return run


async def until(condition: Callable[[], object], *, seconds: float = 10.0) -> None:
    """Return as soon as `condition` holds; fails after `seconds`."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # the stub lives in another thread
            await asyncio.sleep(0.01)


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
