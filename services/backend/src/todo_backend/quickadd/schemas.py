"""The API's shapes for quick add."""

from datetime import date, time
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from todo_backend.quickadd.draft import Kind
from todo_backend.tasks.schemas import Priority, TaskOut
from todo_backend.wire import Input, Output, Storable

MAX_TEXT = 1_000


def _not_blank(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("blank", "must not be blank")
    return value


# Not stripped: spans count from the first character that the client sent.
QuickText = Annotated[str, Field(min_length=1, max_length=MAX_TEXT), Storable, AfterValidator(_not_blank)]


class Span(Input):
    """A part of the text in code points; `end` is exclusive."""

    start: Annotated[int, Field(strict=True, ge=0, le=MAX_TEXT)]
    end: Annotated[int, Field(strict=True, ge=0, le=MAX_TEXT)]

    @model_validator(mode="after")
    def _forward(self) -> "Span":
        if self.end <= self.start:
            raise PydanticCustomError("span_empty", "end must come after start")
        return self


class QuickAdd(Input):
    """One line of text, and the parts of it to take literally."""

    text: QuickText
    ignore: Annotated[list[Span], Field(max_length=50)] = Field(default_factory=list)


class UnderstoodOut(Output):
    """A part of the text that became more than words of the title; `says` tells how it was read."""

    model_config = ConfigDict(from_attributes=True)

    start: int
    end: int
    text: str
    kind: Kind
    value: str
    says: str


class DraftOut(Output):
    """The task that the text would make. `priority` is null when the text names none."""

    model_config = ConfigDict(from_attributes=True)

    title: str
    priority: Priority | None
    due_date: date | None
    due_time: time | None
    due_timezone: str | None
    project: str | None
    project_id: UUID | None
    labels: list[str]
    recurrence: str | None
    understood: list[UnderstoodOut]
    remarks: list[str]


class QuickAdded(TaskOut):
    """The new task and how its text was read."""

    understood: list[UnderstoodOut]
    remarks: list[str]
