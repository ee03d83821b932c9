"""Housekeeping that no request should wait for."""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from prometheus_client import Counter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.accounts import repository as accounts
from todo_backend.db.engine import Database
from todo_backend.idempotency import service as idempotency
from todo_backend.settings import Settings
from todo_backend.suggestions import service as suggestions
from todo_backend.tasks import repository as tasks
from todo_kit.metrics import REGISTRY

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 600.0
BATCH = 500
"""Rows that one transaction removes at most, so that it is short and its locks are few."""

_ADVISORY_LOCK = 7_106_002  # any constant of our own; held by the replica that keeps house
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:key)")
_tidied = Counter("maintenance_rows", "Rows removed or settled by housekeeping", ["chore"], registry=REGISTRY)

Chore = Callable[[AsyncSession], Awaitable[int]]


@asynccontextmanager
async def run_maintenance(database: Database, settings: Settings) -> AsyncIterator[None]:
    """Keep house about every ten minutes while the block runs; its end interrupts a round at once."""
    keeper = asyncio.create_task(_keep_house(database, settings), name="maintenance")
    try:
        yield
    finally:
        keeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeper


async def _keep_house(database: Database, settings: Settings) -> None:
    while True:
        await asyncio.sleep(random.uniform(0.5, 1.5) * INTERVAL_SECONDS)  # noqa: S311  (spreads the replicas)
        await purge_once(database, settings)


async def purge_once(database: Database, settings: Settings) -> dict[str, int]:
    """One round of all chores: how many rows each one removed or settled.

    A chore that fails is logged and left for the next round. One replica at a time does the work; another
    one finds the lock taken and returns with what it had done so far.
    """
    done: dict[str, int] = {}
    for name, chore in _chores(settings).items():
        try:
            count = await _until_done(database, chore)
        except Exception:
            logger.exception("housekeeping failed", extra={"chore": name})
            continue
        if count is None:
            break
        done[name] = count
        _tidied.labels(name).inc(count)
    if any(done.values()):
        logger.info("housekeeping done", extra={"rows": done})
    return done


def _chores(settings: Settings) -> Mapping[str, Chore]:
    """Each removes at most `BATCH` rows at a time, or all of the few that there can be."""
    return {
        "trash": lambda session: tasks.purge_trash(session, days=settings.trash_days, limit=BATCH),
        "idempotency_keys": lambda session: idempotency.forget_answers(session, limit=BATCH),
        "sessions": lambda session: accounts.purge_sessions(session, idle_days=settings.session_idle_days),
        "throttles": accounts.purge_throttles,
        "suggestions": suggestions.expire_suggestions,
    }


async def _until_done(database: Database, chore: Chore) -> int | None:
    """Repeat the chore until a batch is not full; None when another replica holds the lock."""
    total = 0
    while True:
        async with database.system_session() as session:
            if not await session.scalar(_TRY_LOCK, {"key": _ADVISORY_LOCK}):
                return None
            count = await chore(session)
        total += count
        if count != BATCH:
            return total
