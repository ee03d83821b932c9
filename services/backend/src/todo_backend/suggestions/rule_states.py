"""How a user has answered each rule: the SQL and the decisions about backing off."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.db.json_sql import instant
from todo_backend.suggestions.limits import DISMISSALS_TO_BACK_OFF, MAX_BACK_OFF_DAYS
from todo_backend.suggestions.sql import MUTED

_DAYS = f"""
    CASE WHEN r.dismissals + 1 >= {DISMISSALS_TO_BACK_OFF}
         THEN least({MAX_BACK_OFF_DAYS},
                    power(2, least(r.dismissals + 1 - {DISMISSALS_TO_BACK_OFF}, 10)))::int
         ELSE 0 END
"""

_DISMISSED = text(
    f"""
    INSERT INTO suggestion_rule_states AS r (user_id, rule, dismissals, muted_until, updated_at)
    VALUES (:user_id, :rule, 1, CASE WHEN :for_good THEN 'infinity'::timestamptz END, clock_timestamp())
    ON CONFLICT (user_id, rule) DO UPDATE
       SET dismissals = r.dismissals + 1, backoff_days = {_DAYS}, updated_at = clock_timestamp(),
           muted_until = CASE WHEN :for_good THEN 'infinity'::timestamptz
                              WHEN {_DAYS} > 0
                              THEN greatest(r.muted_until, clock_timestamp() + make_interval(days => {_DAYS}))
                              ELSE r.muted_until END
    """  # noqa: S608  (constants of this package)
)

# What the user has switched off stays off; what only backed off is welcome again.
_ACCEPTED = text(
    """
    UPDATE suggestion_rule_states
       SET dismissals = 0, backoff_days = 0, updated_at = clock_timestamp(),
           muted_until = CASE WHEN muted_until = 'infinity' THEN muted_until END
     WHERE user_id = :user_id AND rule = :rule
    """
)

_MUTE_TASKS = text(
    """
    INSERT INTO suggestion_task_mutes (user_id, task_id, rule)
    SELECT :user_id, t.id, :rule FROM tasks t WHERE t.user_id = :user_id AND t.id = ANY(:task_ids)
    ON CONFLICT DO NOTHING
    """
)

_LIST = text(
    f"""
    SELECT json_build_object('items', coalesce(json_agg(json_build_object(
               'rule', r.rule, 'dismissals', r.dismissals, 'muted', coalesce({MUTED}, false),
               'muted_until', CASE WHEN isfinite(r.muted_until) AND {MUTED}
                                   THEN {instant("r.muted_until")} END)
               ORDER BY r.rule), '[]'))::text
      FROM suggestion_rule_states r WHERE r.user_id = :user_id
    """  # noqa: S608  (constants of this package)
)

_FORGET = text("DELETE FROM suggestion_rule_states WHERE user_id = :user_id AND rule = :rule")


async def dismissed(session: AsyncSession, user_id: UUID, rule: str, *, for_good: bool) -> None:
    """One more dismissal in a row; from the third on the rule backs off, twice as long each time."""
    await session.execute(_DISMISSED, {"user_id": user_id, "rule": rule, "for_good": for_good})


async def accepted(session: AsyncSession, user_id: UUID, rule: str) -> None:
    """The row of dismissals is broken."""
    await session.execute(_ACCEPTED, {"user_id": user_id, "rule": rule})


async def mute_tasks(session: AsyncSession, user_id: UUID, rule: str, task_ids: Iterable[UUID]) -> None:
    """The rule does not speak of these tasks any more."""
    await session.execute(_MUTE_TASKS, {"user_id": user_id, "rule": rule, "task_ids": list(task_ids)})


async def list_all(session: AsyncSession, user_id: UUID) -> str:
    """The JSON text of a `RuleList`."""
    found: str = (await session.execute(_LIST, {"user_id": user_id})).scalar_one()
    return found


async def forget(session: AsyncSession, user_id: UUID, rule: str) -> None:
    """Start over with this rule, also one that was switched off."""
    await session.execute(_FORGET, {"user_id": user_id, "rule": rule})
