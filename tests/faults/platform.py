"""PostgreSQL with durable commits and one backend process: what the scenarios break."""

import asyncio
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import orjson
from sqlalchemy import CursorResult, Row, text
from tests.backend.running.users import SignedIn, sign_in
from tests.backend.sweeps.agent import Agent, service_token

from devstack.parent_death import binding
from devstack.ports import free_ports
from devstack.postgres import EmbeddedPostgres
from devstack.services import BACKEND, SERVICES, Ports, command, environment
from todo_backend.db.engine import Database
from todo_backend.migrate import upgrade
from todo_backend.settings import Settings

_START_SECONDS = 60.0


class BackendProcess:
    """`python -m todo_backend` on a port that it keeps over restarts."""

    def __init__(self, directory: Path, *, database_url: str, settings: Mapping[str, str]) -> None:
        names = [service.name for service in SERVICES]
        numbers = iter(free_ports(2 * len(names)))
        ports = Ports(http={name: next(numbers) for name in names}, metrics=dict.fromkeys(names, 0))
        extra = {"LOG_FORMAT": "json", **settings}
        self.url = ports.url(BACKEND)
        self._environment = environment(BACKEND, ports=ports, database_url=database_url, extra=extra)
        self._log = directory / f"backend-{ports.http[BACKEND.name]}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def launch(self) -> None:
        """Start the process; `ready` waits for it."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command(BACKEND.module),
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=binding(signal.SIGKILL),  # noqa: PLW1509 - one prctl call between fork and exec
            )

    async def ready(self) -> None:
        """Return once `/ready` answers 200."""
        give_up = time.monotonic() + _START_SECONDS
        async with httpx.AsyncClient() as client:
            while time.monotonic() < give_up:
                try:
                    if (await client.get(f"{self.url}/ready")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.02)
        raise AssertionError(f"the backend was not ready in time:\n{self._log.read_text()[-2000:]}")

    async def start(self) -> None:
        """Start the process and wait until it serves."""
        self.launch()
        await self.ready()

    def end(self, signum: signal.Signals = signal.SIGKILL) -> int:
        """Send `signum` and wait for the end; the exit code, negative when it was the signal."""
        process, self._process = self._process, None
        assert process is not None
        process.send_signal(signum)
        return process.wait(30)

    def records(self, level: str) -> list[dict[str, Any]]:
        """The log records of that level so far."""
        lines = self._log.read_bytes().splitlines()
        records = [orjson.loads(line) for line in lines if line.startswith(b"{")]
        return [record for record in records if record.get("level", "").lower() == level]

    def close(self) -> None:
        """End the process if it runs."""
        if self._process is not None:
            self.end()


@contextmanager
def throwaway_directory() -> Iterator[Path]:
    """A throw-away directory that PostgreSQL can enter, whichever user it runs as."""
    with tempfile.TemporaryDirectory(prefix="todo-faults-") as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


class Platform:
    """The parts together, and the back door for arranging and counting. An asynchronous context manager."""

    def __init__(self, directory: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.directory = directory
        self.postgres = EmbeddedPostgres(directory / "postgres")
        self._settings = dict(settings or {})
        self._users: list[SignedIn] = []

    async def __aenter__(self) -> Self:
        self.postgres.start()
        try:
            self.postgres.ensure_database("todo")
            await upgrade(self.database_url)
            self._backend_settings = Settings(database_url=self.database_url, database_system_pool_size=8)
            self.database = Database.from_settings(self._backend_settings)
            self.backend = self.new_backend()
            await self.backend.start()
        except BaseException:
            self.postgres.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.forget_users()
        await self.database.close()
        self.backend.close()
        self.postgres.stop()

    @property
    def database_url(self) -> str:
        return self.postgres.url("todo")

    def new_backend(self, *, database_url: str | None = None, **settings: str) -> BackendProcess:
        """One more backend, not started; its owner closes it."""
        return BackendProcess(
            self.directory,
            database_url=database_url or self.database_url,
            settings=self._settings | settings,
        )

    async def new_user(self, *, backend: BackendProcess | None = None, **columns: Any) -> SignedIn:
        """A signed-in user with a connection pool of its own."""
        url = (backend or self.backend).url
        transport = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=None))
        user = await sign_in(self.database, transport, url, **columns)
        user.client.timeout = httpx.Timeout(30)
        self._users.append(user)
        return user

    async def forget_users(self) -> None:
        """Close the users' connections."""
        for user in self._users:
            await user.client.aclose()
        self._users.clear()

    def new_agent(self) -> Agent:
        """An agent with a service token; its client belongs to the caller."""
        headers = {"Authorization": f"Bearer {service_token(self._backend_settings)}"}
        client = httpx.AsyncClient(
            base_url=self.backend.url,
            headers=headers,
            timeout=30,
            limits=httpx.Limits(max_connections=None),
        )
        return Agent(client, self.database)

    async def sql(self, statement: str, **values: Any) -> list[Row[Any]]:
        """Arrange or count what no request can, in a transaction of its own."""
        async with self.database.system_session() as session:
            result = await session.execute(text(statement), values)
            assert isinstance(result, CursorResult)
            return list(result.all()) if result.returns_rows else []

    def crash_postgres(self) -> None:
        """Immediate shutdown: every session is cut off and nothing is flushed, as in a crash."""
        pid_file = self.postgres.directory / "postmaster.pid"
        os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGQUIT)
        give_up = time.monotonic() + 10
        while self.postgres.is_running():
            assert time.monotonic() < give_up, "PostgreSQL did not end"
            time.sleep(0.005)
