"""Housekeeping that no request should wait for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from todo_backend.db.engine import Database
from todo_backend.settings import Settings


@asynccontextmanager
async def run_maintenance(database: Database, settings: Settings) -> AsyncIterator[None]:
    """Keep house while the block runs."""
    yield
