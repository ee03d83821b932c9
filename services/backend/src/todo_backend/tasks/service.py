"""What may happen to tasks, and what follows from it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.auth.principal import Principal
from todo_backend.labels import registry
from todo_backend.projects import repository as projects
from todo_backend.suggestions import service as suggestions
from todo_backend.sweeps import service as sweeps
from todo_backend.tasks import ordering, repository, search
from todo_backend.tasks.errors import NotInTrash, TaskNotFound, VersionConflict, invalid_field
from todo_backend.tasks.models import Task
from todo_backend.tasks.overdue import overdue_at
from todo_backend.tasks.schemas import TaskCreate, TaskMove, TaskOut, TaskPatch

_SEARCHED = frozenset({"title", "notes", "labels"})
_DUE = frozenset({"due_date", "due_time", "due_timezone"})


async def create(session: AsyncSession, caller: Principal, body: TaskCreate) -> Task:
    """A new task at the end of the manual order."""
    await _check_project(session, caller.user_id, body.project_id)
    labels = await registry.register(session, caller.user_id, body.labels)
    derived = {
        "labels": labels,
        "search_text": search.search_text(body.title, body.notes, labels),
        "overdue_at": overdue_at(body.due_date, body.due_time, body.due_timezone, caller.timezone),
    }
    task = await repository.insert(session, caller.user_id, body.model_dump() | derived)
    await sweeps.task_written(session, caller.user_id, overdue_at=task.overdue_at)
    return task


async def load(session: AsyncSession, caller: Principal, task_id: UUID) -> Task:
    """The caller's task, locked. Raises `TaskNotFound`."""
    task = await repository.find(session, caller.user_id, task_id, lock=True)
    if task is None:
        raise TaskNotFound
    return task


async def find(session: AsyncSession, caller: Principal, task_id: UUID) -> Task:
    """The caller's task, for reading. Raises `TaskNotFound`."""
    task = await repository.find(session, caller.user_id, task_id)
    if task is None:
        raise TaskNotFound
    return task


async def update(
    session: AsyncSession, caller: Principal, task_id: UUID, body: TaskPatch, *, if_match: str | None
) -> Task:
    """Change what `body` gives. A change to the values that are there already is none: the version stays."""
    given = await _resolved(session, caller.user_id, body.given())
    task = await load(session, caller, task_id)
    check_version(task, if_match)
    _change(caller, task, given)
    await _written(session, [task])
    return task


async def apply_changes(
    session: AsyncSession, caller: Principal, changes: Sequence[Mapping[str, Any]]
) -> list[Task]:
    """Apply `{task_id, field, to}` to open tasks by the rules of PATCH, for an accepted or undone suggestion.

    Locks the tasks in the order of their ids. Raises `TaskNotFound` and `InvalidField`.
    """
    wanted: dict[UUID, dict[str, Any]] = {}
    for change in changes:
        wanted.setdefault(UUID(str(change["task_id"])), {})[change["field"]] = change["to"]
    statuses = {task_id: fields.pop("status", None) for task_id, fields in wanted.items()}
    patches = {
        task_id: await _resolved(session, caller.user_id, parse_patch(fields))
        for task_id, fields in wanted.items()
    }
    tasks = await repository.find_many(session, caller.user_id, list(wanted), lock=True)
    if len(tasks) != len(wanted):
        raise TaskNotFound
    for task in tasks:
        _change(caller, task, patches[task.id])
        status = statuses[task.id]
        if status is not None and status != task.status:
            _set_status(task, status, caller.now)
    await _written(session, tasks)
    return tasks


def parse_patch(fields: Mapping[str, Any]) -> dict[str, Any]:
    """JSON values as a PATCH would read them. Raises `InvalidField`."""
    try:
        return TaskPatch.model_validate(dict(fields)).given()
    except ValidationError as error:
        first = error.errors()[0]
        raise invalid_field(str(first["loc"][0]) if first["loc"] else "changes", first["msg"]) from error


async def complete(session: AsyncSession, caller: Principal, task_id: UUID) -> Task:
    """Tick it off; a task that is done already stays as it is."""
    return await _set_status_of(session, caller, task_id, "done")


async def reopen(session: AsyncSession, caller: Principal, task_id: UUID) -> Task:
    """Take the tick away."""
    return await _set_status_of(session, caller, task_id, "open")


async def restore(session: AsyncSession, caller: Principal, task_id: UUID) -> Task:
    """Out of the trash; a task that is not there stays as it is."""
    task = await load(session, caller, task_id)
    if task.deleted_at is not None:
        task.deleted_at = None
        _touch(task, caller.now)
        await _written(session, [task])
    return task


async def delete(
    session: AsyncSession, caller: Principal, task_id: UUID, *, permanent: bool, if_match: str | None
) -> None:
    """Into the trash, or with `permanent` from the trash for good. Raises `NotInTrash`."""
    task = await load(session, caller, task_id)
    check_version(task, if_match)
    if permanent:
        if task.deleted_at is None:
            raise NotInTrash
        await session.delete(task)
        await session.flush()
        return
    if task.deleted_at is not None:
        raise TaskNotFound
    task.deleted_at = caller.now
    _touch(task, caller.now)
    await _written(session, [task])


async def move(session: AsyncSession, caller: Principal, task_id: UUID, body: TaskMove) -> Task:
    """Put the task right before or after another one."""
    await repository.lock_order(session, caller.user_id)
    task = await load(session, caller, task_id)
    side, neighbour_id = ("before", body.before) if body.before else ("after", body.after)
    assert neighbour_id is not None  # noqa: S101  (TaskMove has exactly one)
    neighbour = await repository.find(session, caller.user_id, neighbour_id)
    if neighbour is None:
        raise invalid_field(side, "must be one of your tasks")
    if neighbour.id != task.id:
        task.position = await ordering.place(session, task, neighbour, side)
        _touch(task, caller.now)
        await session.flush()
    return task


def check_version(task: Task, if_match: str | None) -> None:
    """Raise `VersionConflict` unless `If-Match` (RFC 9110, 13.1.1) names the current version or `*`."""
    if if_match is None or if_match.strip() == "*":
        return
    tags = {tag.strip() for tag in if_match.split(",")}
    if etag(task) not in tags:
        raise VersionConflict(headers={"ETag": etag(task)})


def etag(task: Task) -> str:
    """The entity tag of a task."""
    return f'"{task.version}"'


def task_out(caller: Principal, task: Task) -> TaskOut:
    """The API's form of a task, as of the database's clock."""
    late = task.status == "open" and task.overdue_at is not None and task.overdue_at <= caller.now
    stored = {name: getattr(task, name) for name in TaskOut.model_fields if name != "is_overdue"}
    return TaskOut.model_validate({**stored, "is_overdue": late})


async def _resolved(session: AsyncSession, user_id: UUID, given: dict[str, Any]) -> dict[str, Any]:
    """The fields with registered labels and a checked project. Locks those, so call it before tasks are."""
    if "labels" in given:
        given["labels"] = await registry.register(session, user_id, given["labels"])
    if "project_id" in given:
        await _check_project(session, user_id, given["project_id"])
    return given


def _change(caller: Principal, task: Task, given: dict[str, Any]) -> None:
    if "due_date" in given and given["due_date"] is None:
        given = {"due_time": None, "due_timezone": None} | given
    changed = {name for name, value in given.items() if getattr(task, name) != value}
    for name in changed:
        setattr(task, name, given[name])
    if task.due_date is None and (task.due_time is not None or task.due_timezone is not None):
        raise invalid_field("due_date", "due_time and due_timezone need a due_date")
    if changed & _DUE:
        task.overdue_at = overdue_at(task.due_date, task.due_time, task.due_timezone, caller.timezone)
    if changed & _SEARCHED:
        task.search_text = search.search_text(task.title, task.notes, task.labels)
    if changed:
        _touch(task, caller.now)


async def _set_status_of(session: AsyncSession, caller: Principal, task_id: UUID, status: str) -> Task:
    task = await load(session, caller, task_id)
    if task.status != status:
        _set_status(task, status, caller.now)
        await _written(session, [task])
    return task


def _set_status(task: Task, status: str, now: datetime) -> None:
    task.status = status
    task.completed_at = now if status == "done" else None
    _touch(task, now)


def _touch(task: Task, now: datetime) -> None:
    task.version += 1
    task.updated_at = now


async def _written(session: AsyncSession, tasks: Sequence[Task]) -> None:
    """Store the tasks and tell those who have opinions about them, in the same transaction."""
    changed = [task for task in tasks if session.is_modified(task)]
    if not changed:
        return
    await session.flush()
    user_id = changed[0].user_id
    deadlines = [task.overdue_at for task in changed if task.overdue_at is not None and task.status == "open"]
    await sweeps.task_written(session, user_id, overdue_at=min(deadlines, default=None))
    await suggestions.tasks_changed(session, user_id, [task.id for task in changed])


async def _check_project(session: AsyncSession, user_id: UUID, project_id: UUID | None) -> None:
    if project_id is not None and not await projects.exists(session, user_id, project_id):
        raise invalid_field("project_id", "must be one of your projects")
