"""The routes of projects."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from todo_backend.auth.errors import InsufficientScope
from todo_backend.deps import SessionDep, TasksReader, TasksWriter
from todo_backend.idempotency.service import AnswersDep
from todo_backend.projects import service
from todo_backend.projects.errors import NameTaken, ProjectNotFound
from todo_backend.projects.schemas import ProjectCreate, ProjectList, ProjectOut, ProjectPatch
from todo_kit.problem import Unauthorized, problem_responses

router = APIRouter(
    prefix="/projects", tags=["projects"], responses=problem_responses(Unauthorized, InsufficientScope)
)


@router.get("")
async def list_projects(caller: TasksReader, session: SessionDep) -> ProjectList:
    """All projects in their order."""
    return ProjectList(items=await service.list_all(session, caller.user_id), next_cursor=None)


@router.post("", status_code=201, response_model=ProjectOut, responses=problem_responses(NameTaken))
async def create_project(
    body: ProjectCreate, caller: TasksWriter, session: SessionDep, answers: AnswersDep
) -> Response:
    """Add a project."""
    project = await service.create(session, caller.user_id, body)
    return await answers.give(project, status=201, headers={"Location": f"/api/v1/projects/{project.id}"})


@router.get("/{project_id}", responses=problem_responses(ProjectNotFound))
async def read_project(project_id: UUID, caller: TasksReader, session: SessionDep) -> ProjectOut:
    """One project."""
    return await service.load(session, caller.user_id, project_id)


@router.patch("/{project_id}", responses=problem_responses(ProjectNotFound, NameTaken))
async def change_project(
    project_id: UUID, body: ProjectPatch, caller: TasksWriter, session: SessionDep
) -> ProjectOut:
    """Change what is given."""
    return await service.update(session, caller.user_id, project_id, body)


@router.delete("/{project_id}", status_code=204, responses=problem_responses(ProjectNotFound))
async def delete_project(
    project_id: UUID,
    caller: TasksWriter,
    session: SessionDep,
    tasks: Annotated[Literal["inbox", "trash"], Query(description="where its tasks go")] = "inbox",
) -> None:
    """Delete a project; its tasks go to the Inbox, or to the trash."""
    await service.delete(session, caller.user_id, project_id, tasks_to_trash=tasks == "trash")
