"""What may happen to projects."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.projects import repository
from todo_backend.projects.errors import NameTaken, ProjectNotFound
from todo_backend.projects.schemas import ProjectCreate, ProjectOut, ProjectPatch
from todo_backend.suggestions import service as suggestions
from todo_backend.sweeps import service as sweeps


async def list_all(session: AsyncSession, user_id: UUID) -> list[ProjectOut]:
    """The user's projects in their order."""
    return [_out(row) for row in await repository.all_of(session, user_id)]


async def load(session: AsyncSession, user_id: UUID, project_id: UUID, *, lock: bool = False) -> ProjectOut:
    """One of the user's projects. Raises `ProjectNotFound`."""
    row = await repository.find(session, user_id, project_id, lock=lock)
    if row is None:
        raise ProjectNotFound
    return _out(row)


async def create(session: AsyncSession, user_id: UUID, body: ProjectCreate) -> ProjectOut:
    """A new project behind the others. Raises `NameTaken`."""
    try:
        project_id = await repository.insert(session, user_id, name=body.name, color=body.color)
    except IntegrityError as error:
        raise NameTaken from error
    return await load(session, user_id, project_id)


async def update(session: AsyncSession, user_id: UUID, project_id: UUID, body: ProjectPatch) -> ProjectOut:
    """Change what is given. Raises `ProjectNotFound` and `NameTaken`."""
    project = await load(session, user_id, project_id, lock=True)
    given = body.given()
    if not given:
        return project
    try:
        await repository.update(
            session, user_id, project_id, name=given.get("name"), color=given.get("color")
        )
    except IntegrityError as error:
        raise NameTaken from error
    return await load(session, user_id, project_id)


async def delete(session: AsyncSession, user_id: UUID, project_id: UUID, *, tasks_to_trash: bool) -> None:
    """Delete it; its tasks go to the Inbox or to the trash. Raises `ProjectNotFound`."""
    await load(session, user_id, project_id, lock=True)
    task_ids = await repository.delete(session, user_id, project_id, tasks_to_trash=tasks_to_trash)
    if task_ids:
        await sweeps.task_written(session, user_id, overdue_at=None)
        await suggestions.tasks_changed(session, user_id, task_ids)


def _out(row: Row[Any]) -> ProjectOut:
    return ProjectOut.model_validate(row._asdict())
