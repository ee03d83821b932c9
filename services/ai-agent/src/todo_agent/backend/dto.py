"""What goes over the wire between the agent and the backend.

Fields that the agent has no use for are ignored, so the backend may add to its answers at any time.
"""

from datetime import date, datetime, time
from functools import cached_property
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

Priority = Literal["p1", "p2", "p3", "p4"]
ChangeField = Literal["priority", "due_date", "due_time", "due_timezone"]

MAX_CHANGES = 25
"""The most changes that the backend takes in one suggestion."""


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError
        raise ValueError("unknown time zone") from error
    return name


ZoneName = Annotated[str, AfterValidator(_known_zone)]


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, hide_input_in_errors=True)


class Task(Wire):
    """An open task. Its date and time are wall-clock time in `due_timezone`, else in the user's zone."""

    id: str
    title: str
    priority: Priority
    due_date: date | None = None
    due_time: time | None = None
    due_timezone: ZoneName | None = None
    overdue_at: AwareDatetime | None = None
    version: int
    created_at: AwareDatetime
    updated_at: AwareDatetime


class QuietHours(Wire):
    """Local times; an `end` before `start` means that the hours wrap over midnight."""

    start: time
    end: time


class Completions(Wire):
    """What the user completed in the last 60 days; `per_weekday` counts from Monday to Sunday."""

    per_weekday: Annotated[tuple[int, ...], Field(min_length=7, max_length=7)]
    late: int = 0
    on_time: int = 0


class OpenSuggestion(Wire):
    """A card that waits for the user, open or snoozed."""

    id: str
    rule: str
    fingerprint: str
    task_ids: tuple[str, ...]
    created_at: AwareDatetime


class MutedTaskRule(Wire):
    task_id: str
    rule: str


class Snapshot(Wire):
    """One user's open tasks and everything else that the rules look at, read at `now`.

    `tasks` holds at most 500, most overdue first; `tasks_total` counts all. `load` is the number of open
    tasks due on each of the 28 days from today in the user's zone; missing days have none.
    """

    now: AwareDatetime
    timezone: ZoneName
    quiet_hours: QuietHours | None = None
    tasks: tuple[Task, ...]
    tasks_total: int
    load: dict[date, int]
    completions: Completions
    open_suggestions: tuple[OpenSuggestion, ...]
    open_slots: int
    hour_budget: int
    muted_rules: tuple[str, ...] = ()
    muted_task_rules: tuple[MutedTaskRule, ...] = ()
    recent_fingerprints: tuple[str, ...] = ()

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def local_now(self) -> datetime:
        """`now` on the user's clock."""
        return self.now.astimezone(self.zone)


class Lease(Wire):
    """The right to look at one user for `lease_seconds`. Every write carries `fence`.

    `snapshot` stays unparsed here, so that one that cannot be read spoils only its own sweep.
    """

    user_id: UUID
    agent: str
    fence: int
    lease_seconds: float = 60.0
    due_at: AwareDatetime | None = None
    snapshot: dict[str, Any]


class Claim(Wire):
    leases: tuple[Lease, ...]


class Change(Wire):
    """One field of one task, before and after, in the backend's own notation (ISO dates and times)."""

    task_id: str
    field: ChangeField
    from_: str | None = Field(alias="from")
    to: str | None
    task_version: int


class SuggestionDraft(Wire):
    """A card as the backend takes it: title up to 200 characters, reason up to 500, 1 to 25 changes."""

    rule: str
    title: str
    reason: str
    evidence: dict[str, Any]
    changes: tuple[Change, ...]
    fingerprint: str
    source: Literal["rules", "llm"] = "rules"
