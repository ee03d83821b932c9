"""The API's shapes for tasks."""

from datetime import date, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from todo_backend.accounts.fields import TimeZone
from todo_backend.tasks.overdue import FIRST_DATE, LAST_DATE
from todo_backend.wire import Input, Output, Storable, UtcDateTime, optional, refuse_numbers

Priority = Literal["p1", "p2", "p3", "p4"]
Status = Literal["open", "done"]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), Storable]
Notes = Annotated[str, StringConstraints(max_length=20_000), Storable]
LabelName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), Storable]


def _naive(value: time) -> time:
    if value.tzinfo is not None:
        raise PydanticCustomError("time_with_offset", "must be a time of day without an offset")
    return value.replace(microsecond=0)


DueDate = Annotated[date, BeforeValidator(refuse_numbers), Field(ge=FIRST_DATE, le=LAST_DATE)]
QueryDate = Annotated[date, BeforeValidator(refuse_numbers)]
DueTime = Annotated[time, BeforeValidator(refuse_numbers), AfterValidator(_naive)]
# The shape of an RFC 5545 recur value (section 3.3.10), which begins with its frequency.
Recurrence = Annotated[
    str, StringConstraints(max_length=200, pattern=r"^FREQ=[A-Z]+(;[A-Z-]+=[A-Z0-9,+-]+)*$"), Storable
]
LabelNames = Annotated[list[LabelName], Field(max_length=20)]


class TaskCreate(Input):
    """A new task. `labels` are names; unknown ones are created."""

    title: Title
    notes: Notes = ""
    priority: Priority = "p4"
    due_date: DueDate | None = None
    due_time: DueTime | None = None
    due_timezone: TimeZone | None = None
    recurrence: Recurrence | None = None
    project_id: UUID | None = None
    labels: LabelNames = Field(default_factory=list)

    @model_validator(mode="after")
    def _time_needs_a_date(self) -> "TaskCreate":
        if self.due_date is None and (self.due_time is not None or self.due_timezone is not None):
            raise PydanticCustomError("due_date_missing", "due_time and due_timezone need a due_date")
        return self


class TaskPatch(Input):
    """The fields to change. A null `due_date` clears the time and the zone too."""

    title: Title = optional()
    notes: Notes = optional()
    priority: Priority = optional()
    due_date: DueDate | None = None
    due_time: DueTime | None = None
    due_timezone: TimeZone | None = None
    recurrence: Recurrence | None = None
    project_id: UUID | None = None
    labels: LabelNames = optional()
    position: Annotated[float, Field(strict=True, allow_inf_nan=False)] = optional()


class TaskMove(Input):
    """Where to put a task in the manual order: right before or right after another one."""

    before: UUID | None = None
    after: UUID | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "TaskMove":
        if (self.before is None) == (self.after is None):
            raise PydanticCustomError("one_neighbour", "give exactly one of before and after")
        return self


class TaskOut(Output):
    """A task."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str
    notes: str
    status: Status
    priority: Priority
    due_date: date | None
    due_time: time | None
    due_timezone: str | None
    recurrence: str | None
    overdue_at: UtcDateTime | None
    is_overdue: bool
    project_id: UUID | None
    labels: list[str]
    position: float
    version: int
    created_at: UtcDateTime
    updated_at: UtcDateTime
    completed_at: UtcDateTime | None
    deleted_at: UtcDateTime | None


class TaskPage(Output):
    """One page of a list."""

    items: list[TaskOut]
    next_cursor: str | None


class TaskQuery(BaseModel):
    """The query of `GET /tasks`. Dates are exclusive bounds."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    status: Literal["open", "done", "trash", "all"] = "open"
    view: Literal["today", "upcoming", "inbox"] | None = None
    project_id: UUID | Literal["inbox"] | None = None
    label: Annotated[str, Field(max_length=60), Storable] | None = None
    priority: Priority | None = None
    due_before: QueryDate | None = None
    due_after: QueryDate | None = None
    overdue: bool | None = None
    q: Annotated[str, Field(max_length=200), Storable] | None = None
    sort: Literal["position", "due", "priority", "created", "updated"] = "position"
    order: Literal["asc", "desc"] = "asc"
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=500)] | None = None
