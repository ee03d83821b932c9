"""The SQL of projects."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.db.ids import new_id

_COLUMNS = """
    p.id, p.name, p.color, p.position, p.created_at, p.updated_at,
    (SELECT count(*) FROM tasks t WHERE t.project_id = p.id AND t.user_id = p.user_id
        AND t.status = 'open' AND t.deleted_at IS NULL) AS task_count
"""
_ALL = text(f"SELECT {_COLUMNS} FROM projects p WHERE p.user_id = :user_id ORDER BY p.position, p.id")  # noqa: S608
_ONE = text(f"SELECT {_COLUMNS} FROM projects p WHERE p.user_id = :user_id AND p.id = :id")  # noqa: S608
_ONE_LOCKED = text(f"{_ONE.text} FOR UPDATE OF p")
_EXISTS = text("SELECT 1 FROM projects WHERE user_id = :user_id AND id = :id FOR KEY SHARE")
_INSERT = text(
    "INSERT INTO projects (id, user_id, name, color, position)"
    " SELECT :id, :user_id, :name, :color, coalesce(max(position), 0) + 1024"
    " FROM projects WHERE user_id = :user_id"
)
_UPDATE = text(
    "UPDATE projects SET name = coalesce(:name, name), color = coalesce(:color, color), updated_at = now()"
    " WHERE user_id = :user_id AND id = :id"
)
_DELETE = text("DELETE FROM projects WHERE user_id = :user_id AND id = :id")
_EMPTY_INTO_INBOX = text(
    "UPDATE tasks SET project_id = NULL, version = version + 1, updated_at = now()"
    " WHERE user_id = :user_id AND project_id = :id RETURNING id"
)
_EMPTY_INTO_TRASH = text(
    "UPDATE tasks SET project_id = NULL, deleted_at = coalesce(deleted_at, now()), version = version + 1,"
    " updated_at = now() WHERE user_id = :user_id AND project_id = :id RETURNING id"
)


async def all_of(session: AsyncSession, user_id: UUID) -> list[Row[Any]]:
    """The user's projects in their order."""
    return list((await session.execute(_ALL, {"user_id": user_id})).all())


async def find(
    session: AsyncSession, user_id: UUID, project_id: UUID, *, lock: bool = False
) -> Row[Any] | None:
    """One of the user's projects; with `lock`, no task can move into it until the transaction ends."""
    values = {"user_id": user_id, "id": project_id}
    return (await session.execute(_ONE_LOCKED if lock else _ONE, values)).one_or_none()


async def exists(session: AsyncSession, user_id: UUID, project_id: UUID) -> bool:
    """Whether it is one of the user's projects; if so, it stays one until the transaction ends."""
    return (await session.execute(_EXISTS, {"user_id": user_id, "id": project_id})).first() is not None


async def insert(session: AsyncSession, user_id: UUID, *, name: str, color: str) -> UUID:
    """A new project behind the others. Raises `IntegrityError` when the name is taken."""
    project_id = new_id()
    values = {"id": project_id, "user_id": user_id, "name": name, "color": color}
    await session.execute(_INSERT, values)
    return project_id


async def update(
    session: AsyncSession, user_id: UUID, project_id: UUID, *, name: str | None, color: str | None
) -> None:
    """Change what is not None. Raises `IntegrityError` when the name is taken."""
    values = {"id": project_id, "user_id": user_id, "name": name, "color": color}
    await session.execute(_UPDATE, values)


async def delete(
    session: AsyncSession, user_id: UUID, project_id: UUID, *, tasks_to_trash: bool
) -> list[UUID]:
    """Delete it; returns the ids of its tasks, which go to the Inbox or to the trash."""
    values = {"user_id": user_id, "id": project_id}
    emptied = await session.execute(_EMPTY_INTO_TRASH if tasks_to_trash else _EMPTY_INTO_INBOX, values)
    task_ids = list(emptied.scalars())
    await session.execute(_DELETE, values)
    return task_ids
