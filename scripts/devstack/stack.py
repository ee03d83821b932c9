"""The real platform for tests and benchmarks: PostgreSQL and three processes on free ports."""

import contextlib
import json
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from devstack.parent_death import binding
from devstack.ports import free_ports
from devstack.postgres import EmbeddedPostgres
from devstack.services import BACKEND, FRONTEND, SERVICES, Ports, Service, command, environment

_READY_SECONDS = 30
_STOP_SECONDS = 25


class StackError(Exception):
    """A part of the stack did not do what it was asked to; the message holds the end of its log."""


class Stack:
    """PostgreSQL, the migrations and the three services, wired together as in production.

    `directory` receives the data and the logs. `settings` are extra variables for every service,
    `per_service` for one. `postgres` is an `EmbeddedPostgres` that already runs (it is left running);
    by default the stack has its own throw-away server.
    Use as a context manager from the main thread, with every service ready inside the block.
    """

    def __init__(
        self,
        directory: Path,
        *,
        settings: Mapping[str, str] | None = None,
        per_service: Mapping[str, Mapping[str, str]] | None = None,
        postgres: EmbeddedPostgres | None = None,
    ) -> None:
        self.directory = directory
        self._owns_postgres = postgres is None
        self.postgres = postgres or EmbeddedPostgres(directory / "postgres", durable=False)
        self._settings = dict(settings or {})
        self._per_service = {name: dict(values) for name, values in (per_service or {}).items()}
        names = [service.name for service in SERVICES]
        ports = free_ports(2 * len(names))
        self.ports = Ports(
            http=dict(zip(names, ports[: len(names)], strict=True)),
            metrics=dict(zip(names, ports[len(names) :], strict=True)),
        )
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            self.start_postgres()
            self.postgres.ensure_database("todo")
            self._migrate()
            for service in SERVICES:
                self._launch(service)
            for service in SERVICES:
                self.wait_ready(service.name)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def backend_url(self) -> str:
        return self.ports.url(BACKEND)

    @property
    def frontend_url(self) -> str:
        """The page, under the name a browser uses."""
        return f"http://localhost:{self.ports.http[FRONTEND.name]}"

    @property
    def database_url(self) -> str:
        return self.postgres.url("todo")

    def pid(self, service: str) -> int:
        """The process id of `service`."""
        return self._running[service].pid

    def kill(self, service: str, signum: signal.Signals = signal.SIGKILL) -> int:
        """Send `signum`, wait until the process has ended and return its exit code (negative: by signal)."""
        process = self._running.pop(service)
        process.send_signal(signum)
        return process.wait(_STOP_SECONDS)

    def start(self, service: str, *, ready: bool = True) -> None:
        """Start `service` again, on the same port; with `ready`, wait until it is."""
        self._launch(_named(service))
        if ready:
            self.wait_ready(service)

    def stop_postgres(self) -> None:
        """Shut PostgreSQL down; its data stays."""
        self.postgres.stop()

    def start_postgres(self) -> None:
        """Start PostgreSQL on the port it had."""
        self.postgres.start()

    def wait_ready(self, service: str, *, seconds: float = _READY_SECONDS) -> None:
        """Return once `/ready` answers 200; raises `StackError` when it does not, or the process ended."""
        url = f"{self.ports.url(_named(service))}/ready"
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            code = self._running[service].poll()
            if code is not None:
                raise StackError(f"{service} ended with code {code}:\n{self._tail(service)}")
            if _answers_200(url):
                return
            time.sleep(0.05)
        raise StackError(f"{service} was not ready after {seconds} s:\n{self._tail(service)}")

    def logs(self, service: str) -> list[dict[str, Any]]:
        """Every log record of `service` so far. A line that is not JSON is an error of the service."""
        return [json.loads(line) for line in self._log_file(service).read_text().splitlines()]

    def output(self, service: str) -> str:
        """What `service` wrote to standard output and standard error."""
        return self._log_file(service).read_text() + self._error_file(service).read_text()

    def close(self) -> None:
        """Stop everything; leaves the logs in `directory`."""
        for process in self._running.values():
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        for process in self._running.values():
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()
        if self._owns_postgres:
            self.postgres.stop()

    def _migrate(self) -> None:
        done = subprocess.run(
            command("todo_backend.migrate"),
            check=False,
            env=self._environment(BACKEND),
            capture_output=True,
            text=True,
            timeout=120,
        )
        if done.returncode != 0:
            raise StackError(f"The migrations failed:\n{done.stdout}{done.stderr}")

    def _launch(self, service: Service) -> None:
        with self._log_file(service.name).open("ab") as out, self._error_file(service.name).open("ab") as err:
            self._running[service.name] = subprocess.Popen(
                command(service.module),
                cwd=self.directory,
                env=self._environment(service),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
                preexec_fn=binding(signal.SIGKILL),  # noqa: PLW1509 - one prctl call between fork and exec
            )

    def _environment(self, service: Service) -> dict[str, str]:
        extra = {"LOG_FORMAT": "json", **self._settings, **self._per_service.get(service.name, {})}
        return environment(service, ports=self.ports, database_url=self.database_url, extra=extra)

    def _log_file(self, service: str) -> Path:
        return self.directory / f"{service}.log"

    def _error_file(self, service: str) -> Path:
        return self.directory / f"{service}.stderr"

    def _tail(self, service: str) -> str:
        return "\n".join(self.output(service).splitlines()[-20:])


def _named(name: str) -> Service:
    return next(service for service in SERVICES if service.name == name)


def _answers_200(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - always http://127.0.0.1
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
