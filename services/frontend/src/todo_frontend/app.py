"""The only place where the frontend is wired."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI
from starlette.middleware import Middleware

from todo_frontend.assets import STATIC_PATH, Assets, HashedStaticFiles
from todo_frontend.backend.client import BackendClient
from todo_frontend.pages import (
    auth,
    groups,
    landing,
    patterns,
    suggestions,
    task_actions,
    task_edit,
    tasks,
    tokens,
)
from todo_frontend.pages import (
    settings as settings_pages,
)
from todo_frontend.pages.errors import install_error_pages
from todo_frontend.security.csrf import CrossSiteGuard
from todo_frontend.security.headers import SecurityHeaders
from todo_frontend.security.session_cookie import SessionCookie
from todo_frontend.settings import FrontendSettings
from todo_frontend.templating import Templates
from todo_kit.app import create_service_app
from todo_kit.http_client import ServiceClient


def create_app(settings: FrontendSettings, *, transport: httpx.AsyncBaseTransport | None = None) -> FastAPI:
    """The whole service. `transport` replaces the network to the backend, for tests in one process."""
    backend = BackendClient(ServiceClient(settings.backend_url, service="backend", transport=transport))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await backend.aclose()

    app = create_service_app(
        service="frontend",
        settings=settings,
        lifespan=lifespan,
        checks={"backend": backend.ping},
        title="todo-frontend",
        docs_url=None,
        openapi_url=None,
    )
    assets = Assets(reload=settings.is_development)
    app.state.backend = backend
    app.state.templates = Templates(assets, reload=settings.is_development)
    app.state.session_cookie = SessionCookie(secure=not settings.is_development)
    _add_pages(app, settings)
    app.mount(STATIC_PATH, HashedStaticFiles(assets), name="static")
    install_error_pages(app)
    # From the outside in: headers on every answer, what every service has (request id, log line, body
    # limit), and last the guard, so that what it refuses is logged like everything else.
    app.user_middleware.append(Middleware(CrossSiteGuard, frontend_url=settings.frontend_url))
    app.add_middleware(SecurityHeaders, hsts=settings.environment == "production")
    return app


def _add_pages(app: FastAPI, settings: FrontendSettings) -> None:
    pages = [landing, auth, groups, tasks, task_actions, task_edit, suggestions, tokens, settings_pages]
    for module in (*pages, *([patterns] if settings.is_development else [])):
        app.include_router(module.router, include_in_schema=False)
