"""What may happen to labels, and to the tasks that carry them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.labels import repository
from todo_backend.labels.errors import LabelNotFound
from todo_backend.labels.schemas import LabelCreate, LabelOut, LabelPatch
from todo_backend.projects.errors import NameTaken
from todo_backend.tasks.search import search_text


async def list_all(session: AsyncSession, user_id: UUID) -> list[LabelOut]:
    """The user's labels by name."""
    return [_out(row) for row in await repository.all_of(session, user_id)]


async def load(session: AsyncSession, user_id: UUID, label_id: UUID, *, lock: bool = False) -> LabelOut:
    """One of the user's labels. Raises `LabelNotFound`."""
    row = await repository.find(session, user_id, label_id, lock=lock)
    if row is None:
        raise LabelNotFound
    return _out(row)


async def create(session: AsyncSession, user_id: UUID, body: LabelCreate) -> LabelOut:
    """A new label. Raises `NameTaken`."""
    try:
        label_id = await repository.insert(session, user_id, name=body.name, color=body.color)
    except IntegrityError as error:
        raise NameTaken from error
    return await load(session, user_id, label_id)


async def update(session: AsyncSession, user_id: UUID, label_id: UUID, body: LabelPatch) -> LabelOut:
    """Change what is given; tasks follow a new name. Raises `LabelNotFound` and `NameTaken`."""
    label = await load(session, user_id, label_id, lock=True)
    given = body.given()
    if not given:
        return label
    try:
        await repository.update(session, user_id, label_id, name=given.get("name"), color=given.get("color"))
    except IntegrityError as error:
        raise NameTaken from error
    name = given.get("name", label.name)
    if name != label.name:
        await _replace(session, user_id, label.name, [name])
    return await load(session, user_id, label_id)


async def delete(session: AsyncSession, user_id: UUID, label_id: UUID) -> None:
    """Delete it and take it off all tasks. Raises `LabelNotFound`."""
    label = await load(session, user_id, label_id, lock=True)
    await repository.delete(session, user_id, label_id)
    await _replace(session, user_id, label.name, [])


async def _replace(session: AsyncSession, user_id: UUID, name: str, by: Sequence[str]) -> None:
    """Put `by` in the place of the label on every task that carries it."""
    changed: list[tuple[UUID, Sequence[str], str]] = []
    for task in await repository.carriers(session, user_id, name):
        place = task.labels.index(name)
        labels = [*task.labels[:place], *by, *task.labels[place + 1 :]]
        changed.append((task.id, labels, search_text(task.title, task.notes, labels)))
    if changed:
        await repository.relabel(session, user_id, changed)


def _out(row: Row[Any]) -> LabelOut:
    return LabelOut.model_validate(row._asdict())
