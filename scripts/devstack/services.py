"""What the three services are called, where they live and what each is told when it starts."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KIT = ROOT / "packages" / "todo_kit"

# A service that is not the backend has no business with the database, so it does not get the address either.
_ONLY_BACKEND = ("DATABASE_URL",)


@dataclass(frozen=True)
class Service:
    """One of the three programs; `python -m <module>` runs it."""

    name: str
    module: str
    directory: Path
    port_setting: str
    default_port: int


BACKEND = Service("backend", "todo_backend", ROOT / "services" / "backend", "BACKEND_PORT", 8000)
AI_AGENT = Service("ai-agent", "todo_agent", ROOT / "services" / "ai-agent", "AI_AGENT_PORT", 8001)
FRONTEND = Service("frontend", "todo_frontend", ROOT / "services" / "frontend", "FRONTEND_PORT", 3000)
SERVICES = (BACKEND, AI_AGENT, FRONTEND)


@dataclass(frozen=True)
class Ports:
    """Where each service listens, by service name; a metrics port of 0 turns metrics off."""

    http: Mapping[str, int]
    metrics: Mapping[str, int]

    def url(self, service: Service) -> str:
        """The address of `service` as the other services know it."""
        return f"http://127.0.0.1:{self.http[service.name]}"


def command(module: str) -> list[str]:
    """How to run a Python module with the interpreter that runs us."""
    return [sys.executable, "-m", module]


def environment(
    service: Service, *, ports: Ports, database_url: str, extra: Mapping[str, str]
) -> dict[str, str]:
    """All variables for `service`: this process's own, what wires the services together, then `extra`."""
    variables = {
        "ENVIRONMENT": "development",
        "HOST": "127.0.0.1",
        "FRONTEND_URL": f"http://localhost:{ports.http[FRONTEND.name]}",
        **{name: value for name, value in os.environ.items() if name not in _ONLY_BACKEND},
        "BACKEND_URL": ports.url(BACKEND),
        "AI_AGENT_URL": ports.url(AI_AGENT),
        "PORT": str(ports.http[service.name]),
        "METRICS_PORT": str(ports.metrics[service.name]),
        "PYTHONUNBUFFERED": "1",
        **extra,
    }
    if service is BACKEND:
        variables["DATABASE_URL"] = database_url
    return variables
