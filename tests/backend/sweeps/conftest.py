"""The agent of the tests that roll back."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from tests.backend.running.joined_database import JoinedDatabase
from tests.backend.sweeps.agent import Agent, service_token

from todo_backend.settings import Settings


@pytest.fixture
async def agent(app: FastAPI, database: JoinedDatabase, settings: Settings) -> AsyncIterator[Agent]:
    """The agent, with its own token."""
    headers = {"Authorization": f"Bearer {service_token(settings)}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://backend", headers=headers) as client:
        yield Agent(client, database)
