"""The API's shapes for labels."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from todo_backend.projects.schemas import Color
from todo_backend.wire import Input, Output, Storable, UtcDateTime, optional

LabelName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), Storable]


class LabelCreate(Input):
    """A new label."""

    name: LabelName
    color: Color = "gray"


class LabelPatch(Input):
    """What to change; a new name changes the tasks that carry the label, too."""

    name: LabelName = optional()
    color: Color = optional()


class LabelOut(Output):
    """A label; `task_count` counts its open tasks."""

    id: UUID
    name: str
    color: Color
    task_count: int
    created_at: UtcDateTime
    updated_at: UtcDateTime


class LabelList(Output):
    """All labels by name; there is one page."""

    items: list[LabelOut]
    next_cursor: None
