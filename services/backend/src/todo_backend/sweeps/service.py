"""How work reaches the agents: leases with fences (docs/adr/0003)."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from prometheus_client import Counter
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.suggestions.repository import expire_switched_off
from todo_backend.sweeps import repository
from todo_backend.sweeps.errors import StaleFence
from todo_backend.sweeps.snapshots import snapshots_of
from todo_kit.metrics import REGISTRY

logger = logging.getLogger(__name__)

DEBOUNCE_SECONDS = 2.0
"""How long after a task write the agents look: somebody who types on is not interrupted by half a thought."""

_POISON_ATTEMPTS = 5
_claimed = Counter("sweep_leases", "Leases given to agents", ["agent"], registry=REGISTRY)
_poisoned = Counter(
    "sweep_leases_backed_off", "Leases of users on whom agents fail again and again", registry=REGISTRY
)


async def claim(session: AsyncSession, *, worker: str, limit: int, lease_seconds: int) -> bytes:
    """The JSON of a `Claim`. Two statements, however many rows are due.

    The snapshots are a statement of their own on purpose: it sees every task write that committed before the
    rows were locked. Inside the claiming statement it would see the state before, and a write that slipped in
    between would be lost together with its dirty flag.
    """
    rows = await repository.claim(session, worker=worker, limit=limit, lease_seconds=lease_seconds)
    if not rows:
        return b'{"leases":[]}'
    snapshots = await snapshots_of(session, {row.user_id for row in rows})
    _count(rows)
    leases = [
        {
            "user_id": str(row.user_id),
            "agent": row.agent,
            "fence": row.fence,
            "lease_seconds": lease_seconds,
            "lease_until": row.lease_until,
            "due_at": row.due_at,
            "snapshot": orjson.Fragment(snapshots[row.user_id]),
        }
        for row in sorted(rows, key=lambda row: row.due_at)
    ]
    return orjson.dumps({"leases": leases})


def _count(rows: Sequence[Row[Any]]) -> None:
    for row in rows:
        _claimed.labels(row.agent).inc()
        if row.attempts >= _POISON_ATTEMPTS:
            _poisoned.inc()
            extra = {"user_id": str(row.user_id), "agent": row.agent, "attempts": row.attempts}
            logger.warning("agents keep failing on a user", extra=extra)


async def complete(
    session: AsyncSession, user_id: UUID, agent: str, *, fence: int, next_due_at: datetime | None
) -> None:
    """End the lease; the user is due again at `next_due_at`, or earlier if a task was written meanwhile.

    Raises `StaleFence`.
    """
    if not await repository.complete(session, user_id, agent, fence=fence, next_due_at=next_due_at):
        raise StaleFence


async def release(session: AsyncSession, user_id: UUID, agent: str, *, fence: int) -> None:
    """End the lease with the work undone; anybody may claim it at once. Raises `StaleFence`."""
    if not await repository.release(session, user_id, agent, fence=fence):
        raise StaleFence


async def hold_fence(session: AsyncSession, user_id: UUID, agent: str, *, fence: int) -> None:
    """Make sure that the lease holds until this transaction ends. Raises `StaleFence`."""
    if not await repository.hold_fence(session, user_id, agent, fence=fence):
        raise StaleFence


async def task_written(
    session: AsyncSession,
    user_id: UUID,
    *,
    overdue_at: datetime | None,
    debounce_seconds: float = DEBOUNCE_SECONDS,
) -> None:
    """Let the agents look again after a task write, in the write's own transaction.

    `overdue_at` is the earliest moment at which a written task becomes (or became) overdue; None when none
    will. The user's rows are made when they are missing. Call it last: it locks rows that every task write of
    the user needs.
    """
    await session.flush()
    await repository.mark_task_written(
        session, user_id, overdue_at=overdue_at, debounce_seconds=debounce_seconds
    )


async def wake(session: AsyncSession, user_id: UUID) -> None:
    """Let the agents that are on look at once: the user has decided something, so there is room."""
    await repository.mark_due_now(session, user_id)


async def ensure_rows(session: AsyncSession, user_id: UUID) -> None:
    """Make the user's rows if they are missing, due at once."""
    await repository.mark_due_now(session, user_id)


async def agents_switched(session: AsyncSession, user_id: UUID) -> None:
    """Follow the user's switches, in the transaction that changed them.

    Agents that are on look at once. Those that are off are never due, and what they had to say is taken back.
    """
    await session.flush()
    await repository.apply_switches(session, user_id)
    await expire_switched_off(session, user_id)
