"""The agent against a backend that listens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from tests.backend.running.live import LiveBackend
from tests.backend.sweeps.agent import Agent, service_token


@asynccontextmanager
async def live_agent(backend: LiveBackend) -> AsyncIterator[Agent]:
    """The agent, with connections of its own."""
    headers = {"Authorization": f"Bearer {service_token(backend.app.state.settings)}"}
    limits = httpx.Limits(max_connections=64)
    async with httpx.AsyncClient(base_url=backend.url, headers=headers, limits=limits, timeout=30) as client:
        yield Agent(client, backend.database)
