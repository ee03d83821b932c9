"""The routes of tasks."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response

from todo_backend.auth.errors import InsufficientScope
from todo_backend.auth.principal import Principal
from todo_backend.deps import CredentialDep, DatabaseDep, SessionDep, TasksReader, TasksWriter
from todo_backend.fast_lane import HotRead
from todo_backend.idempotency.service import Answers, AnswersDep
from todo_backend.tasks import listing, service
from todo_backend.tasks.errors import InvalidCursor, NotInTrash, TaskNotFound, VersionConflict
from todo_backend.tasks.models import Task
from todo_backend.tasks.schemas import TaskCreate, TaskMove, TaskOut, TaskPage, TaskPatch, TaskQuery
from todo_kit.problem import Unauthorized, problem_responses

router = APIRouter(
    prefix="/tasks", tags=["tasks"], responses=problem_responses(Unauthorized, InsufficientScope)
)

IfMatch = Annotated[str | None, Header(description='The version to change, such as "3"', max_length=200)]
NOT_FOUND = problem_responses(TaskNotFound)


@router.get(
    "", response_class=Response, responses={200: {"model": TaskPage}, **problem_responses(InvalidCursor)}
)
async def list_tasks(
    request: Request, query: Annotated[TaskQuery, Query()], credential: CredentialDep, database: DatabaseDep
) -> Response:
    """The caller's tasks, a page at a time."""
    return await listing.respond(database, credential, query, request.headers.get("if-none-match"))


hot_read = HotRead("/api/v1/tasks", TaskQuery, listing.respond)


@router.post("", status_code=201, response_model=TaskOut)
async def create_task(
    body: TaskCreate, caller: TasksWriter, session: SessionDep, answers: AnswersDep
) -> Response:
    """Add a task."""
    task = await service.create(session, caller, body)
    headers = {"Location": f"/api/v1/tasks/{task.id}", "ETag": service.etag(task)}
    return await answers.give(service.task_out(caller, task), status=201, headers=headers)


@router.get("/{task_id}", responses=NOT_FOUND)
async def read_task(task_id: UUID, caller: TasksReader, session: SessionDep, response: Response) -> TaskOut:
    """One task, also one in the trash."""
    task = await service.find(session, caller, task_id)
    response.headers["ETag"] = service.etag(task)
    return service.task_out(caller, task)


@router.patch("/{task_id}", responses=problem_responses(TaskNotFound, VersionConflict))
async def change_task(
    task_id: UUID,
    body: TaskPatch,
    caller: TasksWriter,
    session: SessionDep,
    response: Response,
    if_match: IfMatch = None,
) -> TaskOut:
    """Change what is given and nothing else."""
    task = await service.update(session, caller, task_id, body, if_match=if_match)
    response.headers["ETag"] = service.etag(task)
    return service.task_out(caller, task)


@router.delete(
    "/{task_id}", status_code=204, responses=problem_responses(TaskNotFound, VersionConflict, NotInTrash)
)
async def delete_task(
    task_id: UUID,
    caller: TasksWriter,
    session: SessionDep,
    permanent: bool = False,
    if_match: IfMatch = None,
) -> None:
    """Move to the trash; with `permanent`, delete for good from there."""
    await service.delete(session, caller, task_id, permanent=permanent, if_match=if_match)


@router.post("/{task_id}/complete", response_model=TaskOut, responses=NOT_FOUND)
async def complete_task(
    task_id: UUID, caller: TasksWriter, session: SessionDep, answers: AnswersDep
) -> Response:
    """Tick a task off."""
    return await _answer(caller, answers, await service.complete(session, caller, task_id))


@router.post("/{task_id}/reopen", response_model=TaskOut, responses=NOT_FOUND)
async def reopen_task(
    task_id: UUID, caller: TasksWriter, session: SessionDep, answers: AnswersDep
) -> Response:
    """Take the tick away."""
    return await _answer(caller, answers, await service.reopen(session, caller, task_id))


@router.post("/{task_id}/restore", response_model=TaskOut, responses=NOT_FOUND)
async def restore_task(
    task_id: UUID, caller: TasksWriter, session: SessionDep, answers: AnswersDep
) -> Response:
    """Take a task out of the trash."""
    return await _answer(caller, answers, await service.restore(session, caller, task_id))


@router.post("/{task_id}/move", response_model=TaskOut, responses=NOT_FOUND)
async def move_task(
    task_id: UUID, body: TaskMove, caller: TasksWriter, session: SessionDep, answers: AnswersDep
) -> Response:
    """Put a task right before or after another one in the manual order."""
    return await _answer(caller, answers, await service.move(session, caller, task_id, body))


async def _answer(caller: Principal, answers: Answers, task: Task) -> Response:
    return await answers.give(service.task_out(caller, task), headers={"ETag": service.etag(task)})
