"""The SQL of labels."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.db.ids import new_id

# lower() is PostgreSQL's on both sides, as in the unique index. The lock makes a rename or a removal wait for
# the task that is about to carry the name, and the other way round; always in one order, against deadlocks.
_KNOWN = text(
    """
    SELECT wanted.name AS wanted, l.name AS known
      FROM unnest(CAST(:names AS varchar[])) AS wanted(name)
      JOIN labels l ON l.user_id = :user_id AND lower(l.name) = lower(wanted.name)
     ORDER BY l.id FOR SHARE OF l
    """
)
_CREATE = text(
    """
    INSERT INTO labels (id, user_id, name)
    SELECT n.id, :user_id, n.name
      FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS varchar[])) AS n(id, name)
     ORDER BY lower(n.name)
        ON CONFLICT DO NOTHING
    """
)


async def known_names(session: AsyncSession, user_id: UUID, names: Sequence[str]) -> dict[str, str]:
    """The registered spelling of each name that is registered; it stays so until the transaction ends."""
    rows = await session.execute(_KNOWN, {"user_id": user_id, "names": list(names)})
    return {row.wanted: row.known for row in rows}


async def create_missing(session: AsyncSession, user_id: UUID, names: Sequence[str]) -> None:
    """Register names; one that another request registers at the same time is left as it is."""
    values: dict[str, Any] = {"user_id": user_id, "names": list(names), "ids": [new_id() for _ in names]}
    await session.execute(_CREATE, values)


_COLUMNS = """
    l.id, l.name, l.color, l.created_at, l.updated_at,
    (SELECT count(*) FROM tasks t WHERE t.user_id = l.user_id AND l.name = ANY(t.labels)
        AND t.status = 'open' AND t.deleted_at IS NULL) AS task_count
"""
_ALL = text(f"SELECT {_COLUMNS} FROM labels l WHERE l.user_id = :user_id ORDER BY lower(l.name), l.id")  # noqa: S608
_ONE = text(f"SELECT {_COLUMNS} FROM labels l WHERE l.user_id = :user_id AND l.id = :id")  # noqa: S608
_ONE_LOCKED = text(f"{_ONE.text} FOR UPDATE OF l")
_INSERT = text("INSERT INTO labels (id, user_id, name, color) VALUES (:id, :user_id, :name, :color)")
_UPDATE = text(
    "UPDATE labels SET name = coalesce(:name, name), color = coalesce(:color, color), updated_at = now()"
    " WHERE user_id = :user_id AND id = :id"
)
_DELETE = text("DELETE FROM labels WHERE user_id = :user_id AND id = :id")
_CARRIERS = text(
    "SELECT id, title, notes, labels FROM tasks WHERE user_id = :user_id AND :name = ANY(labels)"
    " ORDER BY id FOR NO KEY UPDATE"
)
_RELABEL = text(
    """
    UPDATE tasks t
       SET labels = array(SELECT jsonb_array_elements_text(n.labels)), search_text = n.search_text,
           version = t.version + 1, updated_at = now()
      FROM unnest(CAST(:ids AS uuid[]), CAST(:labels AS jsonb[]), CAST(:texts AS text[]))
           AS n(id, labels, search_text)
     WHERE t.id = n.id AND t.user_id = :user_id
    """
)


async def all_of(session: AsyncSession, user_id: UUID) -> list[Row[Any]]:
    """The user's labels by name."""
    return list((await session.execute(_ALL, {"user_id": user_id})).all())


async def find(
    session: AsyncSession, user_id: UUID, label_id: UUID, *, lock: bool = False
) -> Row[Any] | None:
    """One of the user's labels; with `lock`, no task can take it on until the transaction ends."""
    values = {"user_id": user_id, "id": label_id}
    return (await session.execute(_ONE_LOCKED if lock else _ONE, values)).one_or_none()


async def insert(session: AsyncSession, user_id: UUID, *, name: str, color: str) -> UUID:
    """A new label. Raises `IntegrityError` when the name is taken."""
    label_id = new_id()
    await session.execute(_INSERT, {"id": label_id, "user_id": user_id, "name": name, "color": color})
    return label_id


async def update(
    session: AsyncSession, user_id: UUID, label_id: UUID, *, name: str | None, color: str | None
) -> None:
    """Change what is not None. Raises `IntegrityError` when the name is taken."""
    values = {"id": label_id, "user_id": user_id, "name": name, "color": color}
    await session.execute(_UPDATE, values)


async def delete(session: AsyncSession, user_id: UUID, label_id: UUID) -> None:
    """Take the label out of the registry."""
    await session.execute(_DELETE, {"user_id": user_id, "id": label_id})


async def carriers(session: AsyncSession, user_id: UUID, name: str) -> list[Row[Any]]:
    """The tasks that carry the label, locked: `(id, title, notes, labels)`."""
    return list((await session.execute(_CARRIERS, {"user_id": user_id, "name": name})).all())


async def relabel(
    session: AsyncSession, user_id: UUID, changed: Sequence[tuple[UUID, Sequence[str], str]]
) -> None:
    """Give tasks new labels: `(id, labels, search_text)` each."""
    values: dict[str, Any] = {
        "user_id": user_id,
        "ids": [task_id for task_id, _, _ in changed],
        "labels": [orjson.dumps(labels).decode() for _, labels, _ in changed],
        "texts": [search_text for _, _, search_text in changed],
    }
    await session.execute(_RELABEL, values)
