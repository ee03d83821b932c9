"""The routes of quick add. They come before those of single tasks: `parse` is no task's id."""

from fastapi import APIRouter, Response

from todo_backend.auth.errors import InsufficientScope
from todo_backend.deps import SessionDep, TasksReader, TasksWriter
from todo_backend.idempotency.service import AnswersDep
from todo_backend.quickadd import service
from todo_backend.quickadd.schemas import DraftOut, QuickAdd, QuickAdded
from todo_backend.tasks.service import etag
from todo_kit.problem import Unauthorized, problem_responses

router = APIRouter(
    prefix="/tasks", tags=["quick add"], responses=problem_responses(Unauthorized, InsufficientScope)
)


@router.post("/parse")
async def parse_text(body: QuickAdd, caller: TasksReader, session: SessionDep) -> DraftOut:
    """Only what the text would make; changes nothing."""
    return await service.preview(session, caller, body)


@router.post("/quick-add", status_code=201, response_model=QuickAdded)
async def quick_add(
    body: QuickAdd, caller: TasksWriter, session: SessionDep, answers: AnswersDep
) -> Response:
    """Add a task by a line of text. Unknown labels are created; an unknown project stays in the title."""
    task, draft = await service.add(session, caller, body)
    headers = {"Location": f"/api/v1/tasks/{task.id}", "ETag": etag(task)}
    return await answers.give(service.added_out(caller, task, draft), status=201, headers=headers)
