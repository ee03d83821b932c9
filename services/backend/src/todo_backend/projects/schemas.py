"""The API's shapes for projects."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from todo_backend.wire import Input, Output, Storable, UtcDateTime, optional

Color = Literal["gray", "red", "orange", "amber", "green", "teal", "blue", "purple", "pink"]
ProjectName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), Storable]


class ProjectCreate(Input):
    """A new project."""

    name: ProjectName
    color: Color = "purple"


class ProjectPatch(Input):
    """What to change."""

    name: ProjectName = optional()
    color: Color = optional()


class ProjectOut(Output):
    """A project; `task_count` counts its open tasks."""

    id: UUID
    name: str
    color: Color
    position: float
    task_count: int
    created_at: UtcDateTime
    updated_at: UtcDateTime


class ProjectList(Output):
    """All projects in their order; there is one page."""

    items: list[ProjectOut]
    next_cursor: None
