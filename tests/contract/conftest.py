"""The real backend in this process, and the agent's and the frontend's real clients that talk to it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from tests.frontend.browser import Browser

from todo_agent.backend.client import BackendClient
from todo_agent.sweeps.worker import Worker
from todo_backend.app import create_app as create_backend
from todo_backend.db.engine import Database
from todo_backend.settings import Settings as BackendSettings
from todo_frontend.app import create_app as create_frontend
from todo_frontend.settings import FrontendSettings
from todo_kit.drain import Drain

DEVELOPMENT_SECRET = BackendSettings.development_secrets["ai_agent_client_secret"]


@pytest.fixture
async def backend(fresh_database: str) -> AsyncIterator[FastAPI]:
    """The backend over a database of its own: agents need real commits and a clock that moves."""
    app = create_backend(BackendSettings(database_url=fresh_database, database_pool_size=5))
    yield app
    await app.state.database.close()


@pytest.fixture
async def browser(backend: FastAPI) -> AsyncIterator[Browser]:
    """A browser without scripts in front of the real frontend in front of the real backend."""
    frontend = create_frontend(
        FrontendSettings(backend_url="http://backend", metrics_port=0),
        transport=httpx.ASGITransport(backend),
    )
    async with Browser(httpx.ASGITransport(frontend)) as browser:
        yield browser
    await frontend.state.backend.aclose()


@dataclass
class Agents:
    """The agent's sweep loop, one look at a time."""

    database: Database
    worker: Worker

    async def look(self) -> None:
        """Look at once at everybody who has written something; the debounce is not waited for."""
        async with self.database.system_session() as session:
            await session.execute(text("UPDATE sweep_state SET due_at = clock_timestamp() WHERE dirty"))
        await self.worker.look()


@pytest.fixture
async def agents(backend: FastAPI) -> AsyncIterator[Agents]:
    """The real worker with its real client."""
    client = BackendClient(
        "http://backend", client_secret=DEVELOPMENT_SECRET, transport=httpx.ASGITransport(backend)
    )
    worker = Worker(client, drain=Drain(), poll_seconds=1, batch=50, concurrency=2)
    yield Agents(backend.state.database, worker)
    await client.aclose()
