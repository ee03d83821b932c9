"""The only place where the backend is wired together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware

import todo_backend.db.metadata  # noqa: F401  (foreign keys between features need every table)
from todo_backend.accounts.me_router import router as me_router
from todo_backend.accounts.passwords import PasswordHashing
from todo_backend.accounts.router import router as auth_router
from todo_backend.auth.router import router as oauth_router
from todo_backend.auth.tokens import TokenSigner
from todo_backend.db.engine import Database
from todo_backend.db.errors import install_database_error_handlers
from todo_backend.db.schema import is_behind
from todo_backend.fast_lane import FastLane
from todo_backend.idempotency.errors import Replay
from todo_backend.idempotency.service import replay
from todo_backend.labels.router import router as labels_router
from todo_backend.maintenance.service import run_maintenance
from todo_backend.overview.router import hot_read as overview_hot_read
from todo_backend.overview.router import router as overview_router
from todo_backend.projects.router import router as projects_router
from todo_backend.quickadd.router import router as quickadd_router
from todo_backend.settings import Settings
from todo_backend.suggestions.router import router as suggestions_router
from todo_backend.sweeps.router import router as sweeps_router
from todo_backend.tasks.router import hot_read as tasks_hot_read
from todo_backend.tasks.router import router as tasks_router
from todo_kit.app import create_service_app
from todo_kit.health import NotReady

_ROUTERS = (
    auth_router,
    me_router,
    overview_router,
    quickadd_router,  # before tasks: /tasks/parse names no task
    tasks_router,
    projects_router,
    labels_router,
    suggestions_router,
    sweeps_router,
)
_HOT_READS = {read.path: read for read in (tasks_hot_read, overview_hot_read)}


def create_app(settings: Settings, *, database: Database | None = None) -> FastAPI:
    """The backend. `database` lets tests bring their own connection."""
    database = database or Database.from_settings(settings)
    passwords = PasswordHashing()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with run_maintenance(database, settings):
            yield
        passwords.close()
        await database.close()

    async def check_database() -> None:
        if is_behind(await database.schema_revision()):
            raise NotReady("the schema is behind this release")

    app = create_service_app(
        service="backend",
        settings=settings,
        lifespan=lifespan,
        checks={"database": check_database},
        title="todo-chatbot backend",
        version="1",
    )
    app.state.database = database
    app.state.signer = TokenSigner(settings)
    app.state.passwords = passwords
    # Appended, so that it is the innermost; `add_middleware` would put it outside of the request context.
    app.user_middleware.append(Middleware(FastLane, reads=_HOT_READS))
    app.add_exception_handler(Replay, replay)
    install_database_error_handlers(app)
    app.include_router(oauth_router)
    for router in _ROUTERS:
        app.include_router(router, prefix="/api/v1")
    return app
