"""When a task becomes overdue: from wall-clock words to an instant (docs/adr/0006)."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

FIRST_DATE = date(1970, 1, 1)
LAST_DATE = date(9999, 12, 30)
"""Due dates lie between these; the day after the last one must exist in every time zone."""

_DATED_OPEN_TASKS = text(
    "SELECT id, due_date, due_time FROM tasks"
    " WHERE user_id = :user_id AND due_date IS NOT NULL AND due_timezone IS NULL"
)
_SET_OVERDUE = text(
    "UPDATE tasks t SET overdue_at = n.overdue_at"
    "  FROM unnest(CAST(:ids AS uuid[]), CAST(:instants AS timestamptz[])) AS n(id, overdue_at)"
    " WHERE t.id = n.id AND t.user_id = :user_id AND t.overdue_at IS DISTINCT FROM n.overdue_at"
)


def overdue_at(
    due_date: date | None, due_time: time | None, due_timezone: str | None, user_timezone: str
) -> datetime | None:
    """The instant (UTC) from which the task counts as overdue; None without a due date.

    A date alone ends with that day: at the first instant of the next one, for its user. A time that the
    clocks skip counts from the end of the gap; one that comes twice counts from its first occurrence.
    """
    if due_date is None:
        return None
    zone = _zone(due_timezone or user_timezone)
    if due_time is None:
        return first_instant(datetime.combine(due_date + timedelta(days=1), time()), zone)
    return first_instant(datetime.combine(due_date, due_time), zone)


def first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) at which the clocks of `zone` show `wall` or later."""
    early = wall.replace(tzinfo=zone, fold=0)
    instant = early.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    return _end_of_gap(wall, zone)


def _end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of the change that skips `wall`, by halving: PEP 495 puts it between both readings."""
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


async def recompute_overdue(session: AsyncSession, user_id: UUID, timezone: str) -> None:
    """Move the deadlines of a user who changed time zone; tasks with a zone of their own keep theirs."""
    rows = (await session.execute(_DATED_OPEN_TASKS, {"user_id": user_id})).all()
    values: dict[str, Any] = {
        "user_id": user_id,
        "ids": [row.id for row in rows],
        "instants": [overdue_at(row.due_date, row.due_time, None, timezone) for row in rows],
    }
    await session.execute(_SET_OVERDUE, values)
