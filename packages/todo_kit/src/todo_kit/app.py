"""The app that every service starts from."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI

from todo_kit import middleware
from todo_kit.drain import Drain
from todo_kit.health import Check, add_health_routes
from todo_kit.problem import install_problem_handlers, install_problem_openapi
from todo_kit.settings import ServiceSettings

_NO_CHECKS: Mapping[str, Check] = MappingProxyType({})


def create_service_app(
    *,
    service: str,
    settings: ServiceSettings,
    lifespan: Any = None,
    checks: Mapping[str, Check] = _NO_CHECKS,
    **fastapi_kwargs: Any,
) -> FastAPI:
    """A FastAPI app with request context, body limit, problem documents, `/health` and `/ready`.

    `lifespan` and `fastapi_kwargs` are FastAPI's own. `app.state` gets `settings` and `drain`. The
    interactive documentation is served in development only; `/openapi.json` always is.
    """
    development = settings.environment == "development"
    options: dict[str, Any] = {
        "title": service,
        "docs_url": "/docs" if development else None,
        "redoc_url": None,
        # Logs, trace ids and metrics are ours; FastAPI's own would be asked on every request.
        "telemetry": {"tracing": False, "metrics": False, "logs": False},
    }
    app = FastAPI(lifespan=lifespan, **(options | fastapi_kwargs))
    app.state.settings = settings
    app.state.drain = Drain()
    middleware.install(app, service=service, drain=app.state.drain)
    install_problem_handlers(app)
    install_problem_openapi(app)
    add_health_routes(app, checks)
    return app
