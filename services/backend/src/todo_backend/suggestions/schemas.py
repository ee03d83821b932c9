"""What clients and the agents send and get about suggestions."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from todo_backend.suggestions.limits import MAX_CHANGES
from todo_backend.suggestions.text import plain, storable_facts
from todo_backend.tasks.schemas import Status as TaskStatus
from todo_backend.tasks.schemas import TaskOut, TaskPatch
from todo_backend.wire import Input, Output, Storable, UtcDateTime

AgentName = Literal["overdue", "prioritization"]
Source = Literal["rules", "llm"]
Status = Literal["open", "accepted", "dismissed", "snoozed", "expired", "superseded", "undone"]
ChangeField = Literal[
    "title",
    "notes",
    "priority",
    "due_date",
    "due_time",
    "due_timezone",
    "project_id",
    "labels",
    "status",
]
Scope = Literal["this", "task", "rule"]

RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,50}$")]
CardTitle = Annotated[str, AfterValidator(plain), Field(min_length=1, max_length=200), Storable]
Reason = Annotated[str, AfterValidator(plain), Field(min_length=1, max_length=500), Storable]
Evidence = Annotated[dict[str, Any], AfterValidator(storable_facts)]
Fingerprint = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]


class _TaskStatus(Input):
    status: TaskStatus


def task_value(field: str, value: Any) -> Any:
    """A field's value as JSON, exactly as the tasks' own routes would take and write it."""
    model: type[Input] = _TaskStatus if field == "status" else TaskPatch
    try:
        return model.model_validate({field: value}).model_dump(mode="json", include={field})[field]
    except ValidationError as error:
        first = error.errors()[0]
        raise PydanticCustomError(
            "invalid_change", "{field} {problem}", {"field": field, "problem": first["msg"]}
        ) from error


def _value_of_field(value: Any, info: ValidationInfo) -> Any:
    return task_value(info.data["field"], value) if "field" in info.data else value


class ProposedChange(Input):
    """One field of one task, before and after. `task_version` is the version that was looked at."""

    task_id: UUID
    field: ChangeField
    from_: Annotated[Any, Field(alias="from")]
    to: Any
    task_version: Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]

    _typed = field_validator("from_", "to")(_value_of_field)


class NewSuggestion(Input):
    """A card, as an agent with a lease proposes it."""

    user_id: UUID
    agent: AgentName
    rule: RuleName
    title: CardTitle
    reason: Reason
    evidence: Evidence
    changes: Annotated[list[ProposedChange], Field(min_length=1, max_length=MAX_CHANGES)]
    fingerprint: Fingerprint
    source: Source
    fence: Annotated[int, Field(strict=True, ge=0, le=2**63 - 1)]

    @model_validator(mode="after")
    def _each_field_once(self) -> Self:
        _refuse_repeats(self.changes)
        return self


class EditedChange(Input):
    """The user's own value for one of the card's changes."""

    task_id: UUID
    field: ChangeField
    to: Any

    _typed = field_validator("to")(_value_of_field)


class Acceptance(Input):
    """`changes`: those of the card that the user wants, with the user's values; null is all as proposed."""

    changes: Annotated[list[EditedChange], Field(min_length=1, max_length=MAX_CHANGES)] | None = None

    @model_validator(mode="after")
    def _each_field_once(self) -> Self:
        _refuse_repeats(self.changes or [])
        return self


class Dismissal(Input):
    """`scope`: only this card, this rule about these tasks, or this rule for good."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), Storable] | None = None
    scope: Scope = "this"


class Snooze(Input):
    until: UtcDateTime


class Change(Output):
    """One field of one task, before and after. `task_title` is empty when the task is gone for good."""

    task_id: UUID
    task_title: str
    field: ChangeField
    from_: Annotated[Any, Field(alias="from")]
    to: Any


class Suggestion(Output):
    """A card. `applied` is what an accept really changed, null before."""

    id: UUID
    agent: AgentName
    rule: str
    title: str
    reason: str
    evidence: dict[str, Any]
    changes: list[Change]
    applied: list[Change] | None
    status: Status
    source: Source
    created_at: UtcDateTime
    expires_at: UtcDateTime
    snoozed_until: UtcDateTime | None
    decided_at: UtcDateTime | None
    request_id: str | None


class SuggestionPage(Output):
    items: list[Suggestion]
    next_cursor: str | None


class Decision(Output):
    """The card after an accept or undo, and the tasks as they are now."""

    suggestion: Suggestion
    tasks: list[TaskOut]


class Rule(Output):
    """How the user has answered a rule. Muted without `muted_until` means switched off by the user."""

    rule: str
    dismissals: int
    muted: bool
    muted_until: UtcDateTime | None


class RuleList(Output):
    items: list[Rule]


class SuggestionQuery(BaseModel):
    """The query of `GET /suggestions`."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    status: Status | Literal["all"] = "open"
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=500)] | None = None


def _refuse_repeats(changes: Sequence[ProposedChange | EditedChange]) -> None:
    if len({(change.task_id, change.field) for change in changes}) != len(changes):
        raise PydanticCustomError("repeated_change", "changes must name each field of a task once")
