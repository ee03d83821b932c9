"""A PostgreSQL to measure on, with the product's schema and synthetic users."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.data import fill
from devstack.postgres import EmbeddedPostgres
from todo_backend.migrate import upgrade


@contextmanager
def postgres() -> Iterator[EmbeddedPostgres]:
    """A cluster that really writes to disk, as one in production would; deleted afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as directory,
        EmbeddedPostgres(Path(directory) / "pg") as server,
    ):
        yield server


def populated(server: EmbeddedPostgres, name: str, *, users: int, tasks: int) -> str:
    """The URL of a new database with `users` users of `tasks` open tasks each."""
    server.ensure_database(name)
    asyncio.run(upgrade(server.url(name)))
    fill(server, name, users=users, tasks=tasks)
    return server.url(name)
