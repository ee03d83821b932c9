"""A backend that really listens, over a database of its own."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from tests.backend.running.users import SignedIn, sign_in

from todo_backend.app import create_app
from todo_backend.db.engine import Database
from todo_backend.settings import Settings


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None: signals belong to pytest."""
        yield


class LiveBackend:
    """Where it listens, its app, and users to talk to it with."""

    def __init__(self, app: FastAPI, url: str, client: httpx.AsyncClient) -> None:
        self.app = app
        self.url = url
        self.client = client
        self._users: list[SignedIn] = []

    @property
    def database(self) -> Database:
        """The app's own pool; tests use it to arrange what no request can."""
        database: Database = self.app.state.database
        return database

    async def new_user(self, **columns: Any) -> SignedIn:
        """A signed-in user, `columns` as in `new_user`."""
        user = await sign_in(self.database, httpx.AsyncHTTPTransport(), self.url, **columns)
        self._users.append(user)
        return user

    async def close(self) -> None:
        """Close the users' connections."""
        for user in self._users:
            await user.client.aclose()


@asynccontextmanager
async def running_backend(settings: Settings) -> AsyncIterator[LiveBackend]:
    """uvicorn with the backend on a free port of the loopback interface."""
    app = create_app(settings)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = _Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="on"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started:
                await asyncio.sleep(0.005)
                if serving.done():
                    serving.result()
                    raise AssertionError("the backend did not start")
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            async with httpx.AsyncClient(base_url=url) as client:
                backend = LiveBackend(app, url, client)
                try:
                    yield backend
                finally:
                    await backend.close()
        finally:
            server.should_exit = True
            await serving
