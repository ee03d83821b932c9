"""The frontend in this process, against a small backend that answers real HTTP on the loopback device."""

import socket
import threading
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from tests.frontend.browser import Browser
from tests.frontend.stub.app import create_stub
from tests.frontend.stub.store import Account, Store

from todo_frontend.app import create_app
from todo_frontend.settings import FrontendSettings


@pytest.fixture(scope="session")
def stub() -> Iterator[tuple[FastAPI, str]]:
    """The running stub and its address; its store is replaced for every test."""
    app = create_stub(Store())
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield app, f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=5)


@pytest.fixture
def store(stub: tuple[FastAPI, str]) -> Store:
    fresh = Store()
    stub[0].state.store = fresh
    return fresh


@pytest.fixture
async def frontend(stub: tuple[FastAPI, str], store: Store) -> AsyncIterator[FastAPI]:
    app = create_app(FrontendSettings(backend_url=stub[1], metrics_port=0))
    yield app
    await app.state.backend.aclose()


@pytest.fixture
async def production(stub: tuple[FastAPI, str], store: Store) -> AsyncIterator[FastAPI]:
    """The same as it runs outside development."""
    settings = FrontendSettings(
        backend_url=stub[1], frontend_url="https://todo.example.org", environment="production", metrics_port=0
    )
    app = create_app(settings)
    yield app
    await app.state.backend.aclose()


@pytest.fixture
async def visitor(frontend: FastAPI) -> AsyncIterator[Browser]:
    """A browser without a session."""
    async with browser_of(frontend) as browser:
        yield browser


@pytest.fixture
def me(store: Store) -> Account:
    return store.sign_up("ada@example.org", "correct horse battery", name="Ada", timezone="UTC")


@pytest.fixture
async def browser(frontend: FastAPI, store: Store, me: Account) -> AsyncIterator[Browser]:
    """Ada's browser, signed in."""
    async with browser_of(frontend) as browser:
        browser.use_session(store.open_session(me)["token"])
        yield browser


def browser_of(app: FastAPI) -> Browser:
    return Browser(httpx.ASGITransport(app=app, raise_app_exceptions=False))
