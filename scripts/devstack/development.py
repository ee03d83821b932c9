"""`make dev`: the platform with hot reload on this machine."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx

from devstack import demo
from devstack.configuration import Configuration
from devstack.console import Console
from devstack.postgres import EmbeddedPostgres
from devstack.processes import Program, Supervisor
from devstack.services import BACKEND, FRONTEND, KIT, SERVICES, Service, command, environment

_MIGRATIONS = BACKEND.directory / "migrations"
_STILL_WAITING_SECONDS = 15


class Development:
    """PostgreSQL, migrations, three services and demo data, until told to stop."""

    def __init__(self, configuration: Configuration, console: Console) -> None:
        self._configuration = configuration
        self._console = console
        self._database_url = configuration.database_url or ""
        self._log_format = "console" if console.is_terminal else "json"

    async def run(self) -> int:
        """Run until SIGINT, SIGTERM or SIGHUP; returns the exit code."""
        stop = asyncio.Event()
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(signum, stop.set)
        with self._database():
            if not await self._migrate():
                return 1
            async with self._services() as supervisor:
                tasks = [
                    asyncio.create_task(work)
                    for work in (stop.wait(), supervisor.reload_forever(), self._welcome(stop))
                ]
                await tasks[0]
                self._console.say("stopping …")
                for task in tasks[1:]:
                    task.cancel()
                await asyncio.gather(*tasks[1:], return_exceptions=True)
        self._console.say("stopped; the data stays.")
        return 0

    async def migrate(self) -> int:
        """Bring the database of `make dev` to the newest schema; returns the exit code."""
        with self._database():
            return 0 if await self._migrate() else 1

    @contextlib.contextmanager
    def _database(self) -> Iterator[None]:
        if self._configuration.database_url:
            yield
            return
        directory = self._configuration.data_directory / "postgres"
        port = os.environ.get("POSTGRES_PORT", "")
        with EmbeddedPostgres(directory, port=int(port) if port.isdecimal() else None) as postgres:
            postgres.ensure_database("todo")
            self._database_url = postgres.url("todo")
            self._console.say(f"PostgreSQL runs on port {postgres.port}, its data is in {directory}.")
            yield

    async def _migrate(self) -> bool:
        migration = await asyncio.create_subprocess_exec(
            *command("todo_backend.migrate"), env=self._environment(BACKEND)
        )
        return await migration.wait() == 0

    @contextlib.asynccontextmanager
    async def _services(self) -> AsyncIterator[Supervisor]:
        programs = [
            Program(
                name=service.name,
                command=command(service.module),
                environment=self._environment(service),
                watches=(service.directory, KIT / "src"),
            )
            for service in SERVICES
        ]
        supervisor = Supervisor(programs, self._console, before_restart=self._before_restart)
        try:
            await supervisor.start()
            yield supervisor
        finally:
            await supervisor.stop()

    async def _before_restart(self, name: str, changed: list[Path]) -> None:
        if name == BACKEND.name and any(path.is_relative_to(_MIGRATIONS) for path in changed):
            await self._migrate()

    async def _welcome(self, stop: asyncio.Event) -> None:
        """Once everything answers: fill in the demo data and say where to look."""
        async with httpx.AsyncClient(timeout=2) as client:
            for service in SERVICES:  # in the order in which they need each other
                await self._ready(client, service)
        page = f"http://localhost:{self._configuration.ports.http[FRONTEND.name]}"
        lines = [f"todo-chatbot is ready:  {page}"]
        if self._configuration.demo:
            lines += await self._demo_lines()
        lines += [f"API  {self._configuration.ports.url(BACKEND)}/docs    Database  {self._database_url}"]
        if not stop.is_set():
            self._console.box(
                [*lines, "Edit the code and the service starts again. Ctrl-C stops everything."]
            )

    async def _demo_lines(self) -> list[str]:
        try:
            usable = await asyncio.to_thread(demo.seed, self._configuration.ports.url(BACKEND))
        except httpx.HTTPError as error:
            return [f"The demo tasks could not be written: {str(error).splitlines()[0]}"]
        if not usable:
            return [f"The password of {demo.EMAIL} has been changed."]
        return [f"Log in as  {demo.EMAIL}  with password  {demo.PASSWORD}"]

    async def _ready(self, client: httpx.AsyncClient, service: Service) -> None:
        url = f"{self._configuration.ports.url(service)}/ready"
        remind_at = time.monotonic() + _STILL_WAITING_SECONDS
        while True:
            reason = "it does not answer"
            with contextlib.suppress(httpx.HTTPError):
                answer = await client.get(url)
                if answer.status_code == 200:
                    return
                reason = answer.text
            if time.monotonic() > remind_at:
                self._console.say(f"still waiting for the {service.name}: {reason}")
                remind_at += _STILL_WAITING_SECONDS
            await asyncio.sleep(0.1)

    def _environment(self, service: Service) -> dict[str, str]:
        extra = {
            "LOG_FORMAT": os.environ.get("LOG_FORMAT") or self._log_format,
            # Trying things out takes many accounts from one address.
            "SIGN_UPS_PER_HOUR": os.environ.get("SIGN_UPS_PER_HOUR") or "0",
        }
        return environment(
            service, ports=self._configuration.ports, database_url=self._database_url, extra=extra
        )
