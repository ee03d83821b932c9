"""The SQL of single tasks."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy import insert as insert_into
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from todo_backend.db.ids import new_id
from todo_backend.tasks.models import Task

POSITION_STEP = 1024.0

# The user's row is the lock for their manual order. NO KEY, so that inserts that refer to the user go on.
_LOCK_ORDER = text("SELECT 1 FROM users WHERE id = :user_id FOR NO KEY UPDATE")
# Tasks that were added at the same moment may share a position; then their ids decide, as in the list.
_BEYOND = {
    "before": text(
        "SELECT position FROM tasks"
        " WHERE user_id = :user_id AND id <> :id AND (position, id) < (:position, :neighbour_id)"
        " ORDER BY position DESC, id DESC LIMIT 1"
    ),
    "after": text(
        "SELECT position FROM tasks"
        " WHERE user_id = :user_id AND id <> :id AND (position, id) > (:position, :neighbour_id)"
        " ORDER BY position, id LIMIT 1"
    ),
}
_RENUMBER = text(
    """
    UPDATE tasks t SET position = n.number * CAST(:step AS double precision)
      FROM (SELECT id, row_number() OVER (ORDER BY position, id) AS number
              FROM tasks WHERE user_id = :user_id) n
     WHERE t.id = n.id AND t.user_id = :user_id
    """
)

_PURGE_TRASH = text(
    """
    DELETE FROM tasks WHERE id IN (
        SELECT id FROM tasks WHERE deleted_at < now() - make_interval(days => :days)
         ORDER BY deleted_at LIMIT :limit FOR UPDATE SKIP LOCKED
    ) RETURNING 1
    """
)


async def find(session: AsyncSession, user_id: UUID, task_id: UUID, *, lock: bool = False) -> Task | None:
    """The user's task, wherever it is, the trash included."""
    return next(iter(await find_many(session, user_id, [task_id], lock=lock)), None)


async def find_many(
    session: AsyncSession, user_id: UUID, task_ids: Sequence[UUID], *, lock: bool = False
) -> list[Task]:
    """Those of the tasks that are the user's, by id; locked in that order, against deadlocks."""
    query = select(Task).where(Task.user_id == user_id, col(Task.id).in_(task_ids)).order_by(col(Task.id))
    if lock:
        query = query.with_for_update(key_share=True)
    found = await session.scalars(query, execution_options={"populate_existing": True})
    return list(found.all())


async def insert(session: AsyncSession, user_id: UUID, fields: Mapping[str, Any]) -> Task:
    """A new task behind the user's last open one."""
    last = select(func.max(Task.position)).where(
        Task.user_id == user_id, Task.status == "open", col(Task.deleted_at).is_(None)
    )
    position = func.coalesce(last.scalar_subquery(), 0) + POSITION_STEP
    values = {"id": new_id(), "user_id": user_id, "position": position, **fields}
    return (await session.scalars(insert_into(Task).values(values).returning(Task))).one()


async def lock_order(session: AsyncSession, user_id: UUID) -> None:
    """Let one move at a time rearrange the user's tasks."""
    await session.execute(_LOCK_ORDER, {"user_id": user_id})


async def position_beyond(session: AsyncSession, task: Task, neighbour: Task, side: str) -> float | None:
    """The position next to `neighbour` on that side (`before` or `after`), `task` itself left out."""
    values: dict[str, Any] = {"user_id": task.user_id, "id": task.id}
    values |= {"position": neighbour.position, "neighbour_id": neighbour.id}
    found: float | None = await session.scalar(_BEYOND[side], values)
    return found


async def renumber(session: AsyncSession, user_id: UUID) -> None:
    """Make room between all neighbours again. Nobody sees a change, so no version grows."""
    await session.execute(_RENUMBER, {"user_id": user_id, "step": POSITION_STEP})


async def purge_trash(session: AsyncSession, *, days: int, limit: int) -> int:
    """Housekeeping: delete up to `limit` tasks, of whichever user, that lay in the trash for `days`."""
    return len((await session.execute(_PURGE_TRASH, {"days": days, "limit": limit})).all())
