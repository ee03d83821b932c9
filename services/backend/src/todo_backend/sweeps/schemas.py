"""What goes over the wire between the backend and the agents."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from todo_backend.wire import Input, Output, Storable, UtcDateTime

AgentName = Literal["overdue", "prioritization"]

Fence = Annotated[int, Field(strict=True, ge=0, le=2**63 - 1)]
"""Grows with every claim of a row, so that only the latest claim's writes count."""


class ClaimRequest(Input):
    worker: Annotated[str, StringConstraints(min_length=1, max_length=200), Storable]
    limit: Annotated[int, Field(strict=True, ge=1, le=50)]


class Completion(Input):
    """`next_due_at`: when there may be something to say even if no task changes; null for never."""

    fence: Fence
    next_due_at: UtcDateTime | None


class Release(Input):
    fence: Fence


class QuietHours(Output):
    start: str
    end: str


class SnapshotTask(Output):
    id: UUID
    title: str
    priority: str
    due_date: str | None
    due_time: str | None
    due_timezone: str | None
    overdue_at: UtcDateTime | None
    project_id: UUID | None
    labels: list[str]
    version: int
    created_at: UtcDateTime
    updated_at: UtcDateTime


class Completions(Output):
    """Of the last 60 days; `per_weekday` counts from Monday to Sunday in the user's zone."""

    per_weekday: Annotated[list[int], Field(min_length=7, max_length=7)]
    late: int
    on_time: int


class WaitingSuggestion(Output):
    """A card that is open or snoozed."""

    id: UUID
    rule: str
    fingerprint: str
    task_ids: list[UUID]
    created_at: UtcDateTime


class MutedTaskRule(Output):
    task_id: UUID
    rule: str


class Snapshot(Output):
    """Everything that the rules look at, read at `now`.

    `tasks` holds at most 500 open tasks, the most overdue first; `tasks_total` counts all. `load` has the
    number of open tasks due on each of the 28 days from today in the user's zone; days without are left out.
    """

    now: UtcDateTime
    timezone: str
    quiet_hours: QuietHours | None
    tasks: list[SnapshotTask]
    tasks_total: int
    load: dict[date, int]
    completions: Completions
    open_suggestions: list[WaitingSuggestion]
    open_slots: int
    hour_budget: int
    muted_rules: list[str]
    muted_task_rules: list[MutedTaskRule]
    recent_fingerprints: list[str]


class Lease(Output):
    """The right to look at one user until `lease_until`. `due_at` is when the user became due."""

    user_id: UUID
    agent: AgentName
    fence: Fence
    lease_seconds: int
    lease_until: UtcDateTime
    due_at: UtcDateTime
    snapshot: Snapshot


class Claim(Output):
    leases: list[Lease]
