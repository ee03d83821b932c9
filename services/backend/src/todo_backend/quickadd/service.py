"""From a line of text to a task, with the user's own projects, zone and clock."""

from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.auth.principal import Principal
from todo_backend.projects import repository as projects
from todo_backend.quickadd.draft import Draft
from todo_backend.quickadd.parser import parse
from todo_backend.quickadd.schemas import DraftOut, QuickAdd, QuickAdded
from todo_backend.tasks import service as tasks
from todo_backend.tasks.errors import invalid_field
from todo_backend.tasks.models import Task
from todo_backend.tasks.schemas import TaskCreate


async def preview(session: AsyncSession, caller: Principal, body: QuickAdd) -> DraftOut:
    """What `add` would make of the text."""
    draft, project_id = await _read(session, caller, body)
    return DraftOut.model_validate({**_fields(draft), "project": draft.project, "project_id": project_id})


async def add(session: AsyncSession, caller: Principal, body: QuickAdd) -> tuple[Task, Draft]:
    """The new task and how it was read. Raises `InvalidField` for a text that makes no valid task."""
    draft, project_id = await _read(session, caller, body)
    try:
        wanted = TaskCreate(
            title=draft.title,
            priority=draft.priority or "p4",
            due_date=draft.due_date,
            due_time=draft.due_time,
            due_timezone=draft.due_timezone,
            recurrence=draft.recurrence,
            project_id=project_id,
            labels=list(draft.labels),
        )
    except ValidationError as error:
        wrong = error.errors()[0]
        raise invalid_field("text", f"makes no task: {wrong['loc'][0]}: {wrong['msg']}") from error
    return await tasks.create(session, caller, wanted), draft


def added_out(caller: Principal, task: Task, draft: Draft) -> QuickAdded:
    """The answer of `add`."""
    return QuickAdded.model_validate({**_fields(draft), **tasks.task_out(caller, task).model_dump()})


async def _read(session: AsyncSession, caller: Principal, body: QuickAdd) -> tuple[Draft, UUID | None]:
    known = {row.name.lower(): row for row in await projects.all_of(session, caller.user_id)}
    draft = parse(
        body.text,
        now=caller.now,
        zone=ZoneInfo(caller.timezone),
        ignore=frozenset((span.start, span.end) for span in body.ignore),
        projects={name: row.name for name, row in known.items()},
    )
    return draft, known[draft.project.lower()].id if draft.project else None


def _fields(draft: Draft) -> dict[str, object]:
    named = (
        "title",
        "priority",
        "due_date",
        "due_time",
        "due_timezone",
        "recurrence",
        "understood",
        "remarks",
    )
    return {name: getattr(draft, name) for name in named} | {"labels": list(draft.labels)}
