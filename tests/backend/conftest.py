"""The backend under test: its real app over a real PostgreSQL."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, AsyncExitStack
from typing import Any

import argon2
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from tests.backend.running.joined_database import JoinedDatabase
from tests.backend.running.live import LiveBackend, running_backend
from tests.backend.running.statements import recorded_statements
from tests.backend.running.users import CHEAP_ARGON2, SignedIn, sign_in

from todo_backend.accounts.passwords import PasswordHashing
from todo_backend.app import create_app
from todo_backend.settings import Settings

NewUser = Callable[..., Awaitable[SignedIn]]
CountStatements = Callable[[], AbstractContextManager[list[str]]]

_BASE_URL = "http://backend"


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Development settings with the database of this process."""
    return Settings(database_url=database_url, database_pool_size=5)


@pytest.fixture(scope="session")
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """The connections of all tests that roll back."""
    engine = create_async_engine(
        database_url.replace("postgresql://", "postgresql+asyncpg://"),
        connect_args={"server_settings": {"timezone": "UTC", "jit": "off"}},
    )
    yield engine
    await engine.dispose()


@pytest.fixture
async def database(engine: AsyncEngine) -> AsyncIterator[JoinedDatabase]:
    """The handle of `app`, also for what a test cannot arrange by HTTP; rolled back after the test."""
    async with engine.connect() as connection:
        outer = await connection.begin()
        yield JoinedDatabase(connection)
        await outer.rollback()


@pytest.fixture
def app(settings: Settings, database: JoinedDatabase) -> FastAPI:
    """The backend; its lifespan (housekeeping) does not run, and its password hashing costs nothing."""
    app = create_app(settings, database=database)
    app.state.passwords = PasswordHashing(argon2.PasswordHasher(**CHEAP_ARGON2), threads=2)
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a token."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=_BASE_URL) as client:
        yield client


@pytest.fixture
async def new_user(app: FastAPI, database: JoinedDatabase) -> AsyncIterator[NewUser]:
    """A factory of signed-in users: `await new_user(timezone="Asia/Tokyo", name=…, any column of users)`."""
    async with AsyncExitStack() as clients:

        async def make(**columns: Any) -> SignedIn:
            user = await sign_in(database, httpx.ASGITransport(app), _BASE_URL, **columns)
            await clients.enter_async_context(user.client)
            return user

        yield make


@pytest.fixture
async def user(new_user: NewUser) -> SignedIn:
    """One signed-in user."""
    return await new_user()


@pytest.fixture
def count_statements(engine: AsyncEngine) -> CountStatements:
    """`with count_statements() as statements:` collects the SQL that the block causes in `app`."""
    return lambda: recorded_statements(engine)


@pytest.fixture
async def live_backend(fresh_database: str) -> AsyncIterator[LiveBackend]:
    """A backend that listens, with real commits and a pool: for clocks and concurrency."""
    settings = Settings(database_url=fresh_database, database_pool_size=8)
    async with running_backend(settings) as backend:
        yield backend
