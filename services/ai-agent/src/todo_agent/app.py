"""Wires the ai-agent together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
from fastapi import FastAPI

from todo_agent.backend.client import BackendClient
from todo_agent.settings import Settings
from todo_agent.sweeps.worker import Worker
from todo_kit.app import create_service_app

STOP_SECONDS = 10.0
"""How long leases under way may take to finish at shutdown; each is a few short requests."""


def create_app(settings: Settings, *, backend_transport: httpx.AsyncBaseTransport | None = None) -> FastAPI:
    """The service: health routes, and the sweep worker for as long as the app runs.

    `backend_transport` replaces the network, for running against a backend in the same process.
    """
    backend = BackendClient(
        settings.backend_base_url,
        client_secret=settings.ai_agent_client_secret.get_secret_value(),
        transport=backend_transport,
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        worker = Worker(
            backend,
            drain=app.state.drain,
            poll_seconds=settings.sweep_poll_seconds,
            batch=settings.sweep_batch,
            concurrency=settings.sweep_concurrency,
        )
        running = asyncio.create_task(worker.run(), name="sweeps")
        try:
            yield
        finally:
            app.state.drain.begin()
            await _stop(running)
            await backend.aclose()

    return create_service_app(
        service="ai-agent", settings=settings, lifespan=lifespan, checks={"backend": backend.check_health}
    )


async def _stop(running: asyncio.Task[None]) -> None:
    """Wait for the worker, which has seen the drain. What it cannot finish is left to lease expiry."""
    await asyncio.wait({running}, timeout=STOP_SECONDS)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
