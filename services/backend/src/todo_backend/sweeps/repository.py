"""The SQL of the lease protocol (docs/adr/0003).

Every moment is `clock_timestamp()`: `now()` is when the transaction began, which may be long before a lock
was granted.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.db.json_sql import instant

# A user's agents, in the order in which their rows are locked everywhere, so that writers cannot deadlock.
_AGENTS_OF_USER = """
      FROM users u
     CROSS JOIN LATERAL (VALUES
           ('overdue', u.autonomous_agents_enabled AND u.overdue_agent_enabled),
           ('prioritization', u.autonomous_agents_enabled AND u.prioritization_agent_enabled)
           ) AS a (agent, enabled)
     CROSS JOIN (SELECT clock_timestamp() AS now) AS clock
     WHERE u.id = :user_id
"""

# A claim's own due_at is the end of the lease, so the users of a worker that dies come back by themselves.
# A user on whom agents keep dying waits longer each time: 1, 2, 4 minutes, up to about four hours.
_CLAIM = text(
    f"""
    WITH due AS (
        SELECT s.user_id, s.agent, s.due_at
          FROM sweep_state s JOIN users u ON u.id = s.user_id
         WHERE s.due_at <= (SELECT clock_timestamp())
           AND (s.lease_until IS NULL OR s.lease_until <= (SELECT clock_timestamp()))
           AND u.disabled_at IS NULL AND u.autonomous_agents_enabled
           AND CASE s.agent WHEN 'overdue' THEN u.overdue_agent_enabled
                            ELSE u.prioritization_agent_enabled END
         ORDER BY s.due_at
         LIMIT :limit
           FOR UPDATE OF s SKIP LOCKED
    )
    UPDATE sweep_state s
       SET lease_until = clock.now + make_interval(secs => :lease_seconds),
           due_at = clock.now + make_interval(
               secs => :lease_seconds,
               mins => CASE WHEN s.attempts >= 4 THEN power(2, least(s.attempts - 4, 8))::int ELSE 0 END),
           lease_owner = :worker, dirty = false, fence = s.fence + 1, attempts = s.attempts + 1
      FROM due, (SELECT clock_timestamp() AS now) AS clock
     WHERE s.user_id = due.user_id AND s.agent = due.agent
    RETURNING s.user_id, s.agent, s.fence, s.attempts,
              {instant("s.lease_until")} AS lease_until, {instant("due.due_at")} AS due_at
    """  # noqa: S608  (constants of this module)
)

# Whatever wrote to the row during the lease (dirty) knows better than the worker when to look again.
_COMPLETE = text(
    """
    UPDATE sweep_state
       SET due_at = CASE WHEN NOT dirty THEN CAST(:next_due_at AS timestamptz)
                         WHEN due_at IS NOT NULL THEN least(due_at, lease_until) END,
           lease_until = NULL, lease_owner = NULL, attempts = 0
     WHERE user_id = :user_id AND agent = :agent AND fence = :fence AND lease_until IS NOT NULL
    RETURNING fence
    """
)

# A null due_at says that the agent was switched off meanwhile.
_RELEASE = text(
    """
    UPDATE sweep_state
       SET due_at = CASE WHEN due_at IS NOT NULL THEN clock_timestamp() END,
           lease_until = NULL, lease_owner = NULL, attempts = greatest(attempts - 1, 0)
     WHERE user_id = :user_id AND agent = :agent AND fence = :fence AND lease_until IS NOT NULL
    RETURNING fence
    """
)

_HOLD_FENCE = text(
    """
    SELECT fence FROM sweep_state
     WHERE user_id = :user_id AND agent = :agent AND fence = :fence AND lease_until IS NOT NULL
       FOR SHARE
    """
)

_SOON = "clock.now + make_interval(secs => :debounce)"

# least() passes over nulls: an agent that is off, or has nothing to look forward to, keeps its due_at.
_TASK_WRITTEN = text(
    f"""
    INSERT INTO sweep_state AS s (user_id, agent, due_at, dirty)
    SELECT u.id, a.agent,
           CASE WHEN NOT a.enabled THEN NULL
                WHEN a.agent = 'prioritization' THEN {_SOON}
                WHEN CAST(:overdue_at AS timestamptz) IS NOT NULL
                THEN greatest(CAST(:overdue_at AS timestamptz), {_SOON}) END,
           true
    {_AGENTS_OF_USER}
    ON CONFLICT (user_id, agent) DO UPDATE SET due_at = least(s.due_at, excluded.due_at), dirty = true
    """
)

_DUE_NOW = f"""
    INSERT INTO sweep_state AS s (user_id, agent, due_at, dirty)
    SELECT u.id, a.agent, CASE WHEN a.enabled THEN clock.now END, true
    {_AGENTS_OF_USER}
    ON CONFLICT (user_id, agent) DO UPDATE SET dirty = true,
"""
_WAKE = text(f"{_DUE_NOW} due_at = least(s.due_at, excluded.due_at)")
_SWITCH = text(f"{_DUE_NOW} due_at = excluded.due_at")


async def claim(session: AsyncSession, *, worker: str, limit: int, lease_seconds: int) -> list[Row[Any]]:
    """Lease up to `limit` due rows: `(user_id, agent, fence, lease_until, due_at, attempts)`."""
    values = {"worker": worker, "limit": limit, "lease_seconds": lease_seconds}
    return list(await session.execute(_CLAIM, values))


async def complete(
    session: AsyncSession, user_id: UUID, agent: str, *, fence: int, next_due_at: datetime | None
) -> bool:
    """Whether the lease still held; then it is over and the row due at `next_due_at`."""
    values = {"user_id": user_id, "agent": agent, "fence": fence, "next_due_at": next_due_at}
    return await session.scalar(_COMPLETE, values) is not None


async def release(session: AsyncSession, user_id: UUID, agent: str, *, fence: int) -> bool:
    """Whether the lease still held; then it is over and the row due at once."""
    values = {"user_id": user_id, "agent": agent, "fence": fence}
    return await session.scalar(_RELEASE, values) is not None


async def hold_fence(session: AsyncSession, user_id: UUID, agent: str, *, fence: int) -> bool:
    """Whether the lease still holds; if so, it cannot move before this transaction ends."""
    values = {"user_id": user_id, "agent": agent, "fence": fence}
    return await session.scalar(_HOLD_FENCE, values) is not None


async def mark_task_written(
    session: AsyncSession, user_id: UUID, *, overdue_at: datetime | None, debounce_seconds: float
) -> None:
    """Both agents look at the user again, soon or when the task becomes overdue."""
    values = {"user_id": user_id, "overdue_at": overdue_at, "debounce": debounce_seconds}
    await session.execute(_TASK_WRITTEN, values)


async def mark_due_now(session: AsyncSession, user_id: UUID) -> None:
    """The agents that are on look at the user at once."""
    await session.execute(_WAKE, {"user_id": user_id})


async def apply_switches(session: AsyncSession, user_id: UUID) -> None:
    """Agents that are on look at once, those that are off never."""
    await session.execute(_SWITCH, {"user_id": user_id})
