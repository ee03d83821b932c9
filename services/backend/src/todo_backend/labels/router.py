"""The routes of labels."""

from uuid import UUID

from fastapi import APIRouter, Response

from todo_backend.auth.errors import InsufficientScope
from todo_backend.deps import SessionDep, TasksReader, TasksWriter
from todo_backend.idempotency.service import AnswersDep
from todo_backend.labels import service
from todo_backend.labels.errors import LabelNotFound
from todo_backend.labels.schemas import LabelCreate, LabelList, LabelOut, LabelPatch
from todo_backend.projects.errors import NameTaken
from todo_kit.problem import Unauthorized, problem_responses

router = APIRouter(
    prefix="/labels", tags=["labels"], responses=problem_responses(Unauthorized, InsufficientScope)
)


@router.get("")
async def list_labels(caller: TasksReader, session: SessionDep) -> LabelList:
    """All labels by name."""
    return LabelList(items=await service.list_all(session, caller.user_id), next_cursor=None)


@router.post("", status_code=201, response_model=LabelOut, responses=problem_responses(NameTaken))
async def create_label(
    body: LabelCreate, caller: TasksWriter, session: SessionDep, answers: AnswersDep
) -> Response:
    """Add a label."""
    label = await service.create(session, caller.user_id, body)
    return await answers.give(label, status=201, headers={"Location": f"/api/v1/labels/{label.id}"})


@router.get("/{label_id}", responses=problem_responses(LabelNotFound))
async def read_label(label_id: UUID, caller: TasksReader, session: SessionDep) -> LabelOut:
    """One label."""
    return await service.load(session, caller.user_id, label_id)


@router.patch("/{label_id}", responses=problem_responses(LabelNotFound, NameTaken))
async def change_label(
    label_id: UUID, body: LabelPatch, caller: TasksWriter, session: SessionDep
) -> LabelOut:
    """Change what is given."""
    return await service.update(session, caller.user_id, label_id, body)


@router.delete("/{label_id}", status_code=204, responses=problem_responses(LabelNotFound))
async def delete_label(label_id: UUID, caller: TasksWriter, session: SessionDep) -> None:
    """Delete a label and take it off all tasks."""
    await service.delete(session, caller.user_id, label_id)
