"""The SQL of suggestions. Locks are taken in one order everywhere: user, tasks, sweep rows, card."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.suggestions.limits import LIFETIME_DAYS, MAX_PER_HOUR, MAX_SNOOZE_DAYS, UNDO_HOURS
from todo_backend.suggestions.sql import EFFECTIVE_STATUS, MUTED, RELEASED_FINGERPRINT, SUGGESTION_JSON

# NO KEY: whoever adds a task meanwhile refers to the user's row and need not wait.
_LOCK_USER = text(
    """
    SELECT disabled_at IS NULL AND autonomous_agents_enabled
           AND CASE :agent WHEN 'overdue' THEN overdue_agent_enabled ELSE prioritization_agent_enabled END
      FROM users WHERE id = :user_id FOR NO KEY UPDATE
    """
)

# A statement of its own, after the lock: it has to see what those before us in line have committed.
_STANDING = text(
    f"""
    SELECT (SELECT s.id FROM agent_suggestions s
             WHERE s.user_id = :user_id AND s.fingerprint = :fingerprint) AS known,
           EXISTS (SELECT FROM suggestion_rule_states r
                    WHERE r.user_id = :user_id AND r.rule = :rule AND {MUTED})
           OR EXISTS (SELECT FROM suggestion_task_mutes m
                       WHERE m.user_id = :user_id AND m.rule = :rule AND m.task_id = ANY(:task_ids)) AS muted,
           (SELECT extract(epoch FROM s.created_at + interval '1 hour' - clock_timestamp())::float
              FROM agent_suggestions s
             WHERE s.user_id = :user_id AND s.created_at > clock_timestamp() - interval '1 hour'
             ORDER BY s.created_at DESC OFFSET {MAX_PER_HOUR - 1} LIMIT 1) AS wait_seconds,
           (SELECT count(*) FROM agent_suggestions s
             WHERE s.user_id = :user_id AND s.status IN ('open', 'snoozed')
               AND {EFFECTIVE_STATUS} = 'open') AS open
    """  # noqa: S608  (constants of this package)
)

_INSERT = text(
    f"""
    INSERT INTO agent_suggestions
           (id, user_id, agent, rule, title, reason, evidence, changes, fingerprint, source, request_id,
            created_at, expires_at)
    SELECT :id, :user_id, :agent, :rule, :title, :reason, CAST(:evidence AS jsonb), CAST(:changes AS jsonb),
           :fingerprint, :source, :request_id, c.now, c.now + interval '{LIFETIME_DAYS} days'
      FROM (SELECT clock_timestamp() AS now) c
    """  # noqa: S608  (constants of this package)
)

_READ = text(
    f"SELECT {SUGGESTION_JSON}::text FROM agent_suggestions s WHERE s.user_id = :user_id AND s.id = :id"  # noqa: S608
)

_TASK_IDS = text("SELECT changes FROM agent_suggestions WHERE user_id = :user_id AND id = :id")

_LOCK_CARD = text(
    f"""
    SELECT s.rule, s.status, s.changes, s.applied, {EFFECTIVE_STATUS} AS effective,
           s.decided_at > clock_timestamp() - interval '{UNDO_HOURS} hours' AS undoable
      FROM agent_suggestions s WHERE s.user_id = :user_id AND s.id = :id FOR UPDATE
    """  # noqa: S608  (constants of this package)
)

_DECIDE = text(
    """
    UPDATE agent_suggestions
       SET status = :status, decided_at = clock_timestamp(), dismiss_reason = :reason
     WHERE user_id = :user_id AND id = :id
    """
)

_RECORD_APPLIED = text(
    "UPDATE agent_suggestions SET applied = CAST(:applied AS jsonb) WHERE user_id = :user_id AND id = :id"
)

_WITHDRAW = text(
    f"""
    UPDATE agent_suggestions s
       SET status = :status, decided_at = clock_timestamp(), fingerprint = {RELEASED_FINGERPRINT}
     WHERE s.user_id = :user_id AND s.id = :id
    """  # noqa: S608  (constants of this package)
)

_SNOOZE = text(
    f"""
    UPDATE agent_suggestions
       SET status = 'snoozed', snoozed_until = :until,
           expires_at = greatest(expires_at, CAST(:until AS timestamptz) + interval '{LIFETIME_DAYS} days')
     WHERE user_id = :user_id AND id = :id
       AND CAST(:until AS timestamptz)
           BETWEEN clock_timestamp() AND clock_timestamp() + interval '{MAX_SNOOZE_DAYS} days'
    RETURNING id
    """  # noqa: S608  (constants of this package)
)

_LOCK_TASKS = """
    SELECT t.id, t.version, t.status = 'open' AND t.deleted_at IS NULL AS open,
           t.deleted_at IS NULL AS present, to_jsonb(t) - 'search_text' AS fields
      FROM tasks t WHERE t.user_id = :user_id AND t.id = ANY(:task_ids)
     ORDER BY t.id FOR
"""
_HOLD_TASKS = text(f"{_LOCK_TASKS} SHARE")
_CHANGE_TASKS = text(f"{_LOCK_TASKS} NO KEY UPDATE")

# to_jsonb writes dates, times and names as our API does, so values compare as JSON.
_SUPERSEDE = text(
    f"""
    UPDATE agent_suggestions s
       SET status = 'superseded', decided_at = clock_timestamp(), fingerprint = {RELEASED_FINGERPRINT}
     WHERE s.user_id = :user_id AND s.status IN ('open', 'snoozed')
       AND EXISTS (
           SELECT FROM jsonb_array_elements(s.changes) AS change
             LEFT JOIN tasks t ON t.id = (change ->> 'task_id')::uuid AND t.user_id = s.user_id
            WHERE (change ->> 'task_id')::uuid = ANY(:task_ids)
              AND (t.id IS NULL OR t.status <> 'open' OR t.deleted_at IS NOT NULL
                   OR to_jsonb(t) -> (change ->> 'field') IS DISTINCT FROM change -> 'from'))
    RETURNING s.id
    """  # noqa: S608  (constants of this package)
)

_EXPIRE_SWITCHED_OFF = text(
    f"""
    UPDATE agent_suggestions s
       SET status = 'expired', decided_at = clock_timestamp(), fingerprint = {RELEASED_FINGERPRINT}
      FROM users u
     WHERE u.id = :user_id AND s.user_id = :user_id AND s.status IN ('open', 'snoozed')
       AND NOT (u.autonomous_agents_enabled
                AND CASE s.agent WHEN 'overdue' THEN u.overdue_agent_enabled
                                 ELSE u.prioritization_agent_enabled END)
    """  # noqa: S608  (constants of this package)
)

_EXPIRE_RULE = text(
    f"""
    UPDATE agent_suggestions s
       SET status = 'expired', decided_at = clock_timestamp(), fingerprint = {RELEASED_FINGERPRINT}
     WHERE s.user_id = :user_id AND s.rule = :rule AND s.status IN ('open', 'snoozed')
    """  # noqa: S608  (constants of this package)
)

_SETTLE = text(
    f"""
    UPDATE agent_suggestions s
       SET status = {EFFECTIVE_STATUS},
           decided_at = CASE WHEN s.expires_at <= clock_timestamp() THEN s.expires_at END
     WHERE s.status IN ('open', 'snoozed') AND {EFFECTIVE_STATUS} <> s.status
    RETURNING s.id
    """  # noqa: S608  (constants of this package)
)


async def lock_user(session: AsyncSession, user_id: UUID, agent: str) -> bool:
    """Serialise the suggestions of one user; whether there is such a user and the agent is on."""
    return bool(await session.scalar(_LOCK_USER, {"user_id": user_id, "agent": agent}))


async def standing(
    session: AsyncSession, user_id: UUID, *, rule: str, fingerprint: str, task_ids: Iterable[UUID]
) -> Row[Any]:
    """`known` (the card's id), `muted`, `wait_seconds` (null: the hour has room) and `open`."""
    values = {"user_id": user_id, "rule": rule, "fingerprint": fingerprint, "task_ids": list(task_ids)}
    return (await session.execute(_STANDING, values)).one()


async def insert(session: AsyncSession, columns: Mapping[str, Any]) -> None:
    """A new open card; `evidence` and `changes` as plain Python values."""
    values = {**columns, "evidence": _json(columns["evidence"]), "changes": _json(columns["changes"])}
    await session.execute(_INSERT, values)


async def read(session: AsyncSession, user_id: UUID, suggestion_id: UUID) -> str | None:
    """The JSON text of the card."""
    text_: str | None = await session.scalar(_READ, {"user_id": user_id, "id": suggestion_id})
    return text_


async def task_ids(session: AsyncSession, user_id: UUID, suggestion_id: UUID) -> list[UUID] | None:
    """The tasks of a card; they never change, so no lock is needed. None when there is no such card."""
    changes = await session.scalar(_TASK_IDS, {"user_id": user_id, "id": suggestion_id})
    return None if changes is None else sorted({UUID(change["task_id"]) for change in changes})


async def lock_card(session: AsyncSession, user_id: UUID, suggestion_id: UUID) -> Row[Any] | None:
    """`(rule, status, changes, applied, effective, undoable)` of the card, locked."""
    values = {"user_id": user_id, "id": suggestion_id}
    return (await session.execute(_LOCK_CARD, values)).one_or_none()


async def decide(
    session: AsyncSession, user_id: UUID, suggestion_id: UUID, status: str, *, reason: str | None = None
) -> None:
    """Write down the user's decision."""
    values = {"user_id": user_id, "id": suggestion_id, "status": status, "reason": reason}
    await session.execute(_DECIDE, values)


async def record_applied(
    session: AsyncSession, user_id: UUID, suggestion_id: UUID, applied: Sequence[Mapping[str, Any]]
) -> None:
    """Keep what an accept changed, so that it can be undone."""
    values = {"user_id": user_id, "id": suggestion_id, "applied": _json(applied)}
    await session.execute(_RECORD_APPLIED, values)


async def withdraw(session: AsyncSession, user_id: UUID, suggestion_id: UUID, status: str) -> None:
    """End a card without the user's word."""
    await session.execute(_WITHDRAW, {"user_id": user_id, "id": suggestion_id, "status": status})


async def snooze(session: AsyncSession, user_id: UUID, suggestion_id: UUID, until: Any) -> bool:
    """Hide the card until then; False when that is not within the coming year."""
    values = {"user_id": user_id, "id": suggestion_id, "until": until}
    return await session.scalar(_SNOOZE, values) is not None


async def hold_tasks(session: AsyncSession, user_id: UUID, task_ids: Iterable[UUID]) -> dict[UUID, Row[Any]]:
    """`(id, version, open, present, fields)` of the user's tasks, which cannot change until the end."""
    rows = await session.execute(_HOLD_TASKS, {"user_id": user_id, "task_ids": list(task_ids)})
    return {row.id: row for row in rows}


async def lock_tasks(session: AsyncSession, user_id: UUID, task_ids: Iterable[UUID]) -> dict[UUID, Row[Any]]:
    """As `hold_tasks`, for changing them."""
    rows = await session.execute(_CHANGE_TASKS, {"user_id": user_id, "task_ids": list(task_ids)})
    return {row.id: row for row in rows}


async def supersede(session: AsyncSession, user_id: UUID, task_ids: Iterable[UUID]) -> bool:
    """End the waiting cards whose `from` values no longer hold for these tasks; whether there were any."""
    found = await session.execute(_SUPERSEDE, {"user_id": user_id, "task_ids": list(task_ids)})
    return found.first() is not None


async def expire_switched_off(session: AsyncSession, user_id: UUID) -> None:
    """End the waiting cards of agents that the user has switched off."""
    await session.execute(_EXPIRE_SWITCHED_OFF, {"user_id": user_id})


async def expire_rule(session: AsyncSession, user_id: UUID, rule: str) -> None:
    """End the waiting cards of a rule that the user has switched off."""
    await session.execute(_EXPIRE_RULE, {"user_id": user_id, "rule": rule})


async def settle(session: AsyncSession) -> int:
    """Write the passage of time into all users' rows; returns how many cards changed."""
    return len((await session.execute(_SETTLE)).all())


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
