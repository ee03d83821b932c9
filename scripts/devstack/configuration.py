"""What `make dev` can be told from outside, checked before anything starts."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from devstack.ports import free_port, is_taken
from devstack.services import ROOT, SERVICES, Ports, Service

_METRICS_PORT = 9464  # the first service's; the others follow


class ConfigurationError(Exception):
    """One sentence that tells what to change."""


@dataclass(frozen=True)
class Configuration:
    ports: Ports
    database_url: str | None
    """None: start the embedded PostgreSQL."""
    data_directory: Path
    demo: bool


def load_env_file(path: Path) -> None:
    """Take variables from a `.env` file; what is set already wins, and an empty value counts as unset."""
    for name, value in dotenv_values(path).items():
        if value:
            os.environ.setdefault(name, value)


def configuration(variables: Mapping[str, str]) -> Configuration:
    """Read the variables; raises `ConfigurationError`. See also `require_free_ports`."""
    http = {service.name: _http_port(service, variables) for service in SERVICES}
    return Configuration(
        ports=Ports(http=http, metrics=_metrics_ports(variables, used=set(http.values()))),
        database_url=variables.get("DATABASE_URL") or None,
        data_directory=ROOT / (variables.get("DATA_DIR") or ".data"),
        demo=variables.get("DEMO", "1").lower() not in ("0", "no", "false", "off"),
    )


def _http_port(service: Service, variables: Mapping[str, str]) -> int:
    given = variables.get(service.port_setting) or str(service.default_port)
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise ConfigurationError(f"{service.port_setting} must be a port number, not {given!r}.")
    return int(given)


def require_free_ports(ports: Ports) -> None:
    """Raise `ConfigurationError` when another program listens where one of the services should."""
    for service in SERVICES:
        port = ports.http[service.name]
        if is_taken(port):
            raise ConfigurationError(
                f"Port {port} for the {service.name} is already in use; "
                f"stop what uses it or set {service.port_setting} to another port."
            )


def _metrics_ports(variables: Mapping[str, str], used: set[int]) -> dict[str, int]:
    """Three ports from METRICS_PORT on; nobody has to care about them, so a taken one is replaced."""
    given = variables.get("METRICS_PORT", "")
    first = int(given) if given.isdecimal() else _METRICS_PORT
    if first == 0:
        return {service.name: 0 for service in SERVICES}
    wanted = {service.name: first + offset for offset, service in enumerate(SERVICES)}
    return {name: free_port() if port in used or is_taken(port) else port for name, port in wanted.items()}
