"""What the backend answers, as far as pages need it. Unknown fields are ignored, so the backend may grow."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Dto(BaseModel):
    """Read-only answer of the backend."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class User(Dto):
    id: UUID
    email: str
    name: str | None
    timezone: str


class Session(Dto):
    token: str
    expires_at: datetime


class SignedIn(Dto):
    user: User
    session: Session


class QuietHours(Dto):
    """Wall-clock times `HH:MM` in the user's zone; the end may lie on the next day."""

    start: str
    end: str


class Agents(Dto):
    overdue: bool
    prioritization: bool


class Preferences(Dto):
    autonomous_agents_enabled: bool
    agents: Agents
    quiet_hours: QuietHours | None
    email_reminders: bool
    theme: str


class Group(Dto):
    """What projects and labels have in common. `task_count` counts open tasks."""

    id: UUID
    name: str
    color: str
    task_count: int


class Project(Group):
    """A task is in one project at most."""


class Label(Group):
    """A task names any number of labels."""


class Task(Dto):
    id: UUID
    title: str
    notes: str | None
    status: str
    priority: str
    due_date: date | None
    due_time: str | None
    due_timezone: str | None
    is_overdue: bool
    project_id: UUID | None
    labels: tuple[str, ...]
    version: int
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    deleted_at: datetime | None


class TaskPage(Dto):
    items: tuple[Task, ...]
    next_cursor: str | None


class Change(Dto):
    """One field of one task, before and after. Values are what the task API reads and writes."""

    task_id: UUID
    task_title: str
    field: str
    from_: Any = Field(alias="from")
    to: Any


class Suggestion(Dto):
    id: UUID
    agent: str
    rule: str
    title: str
    reason: str
    evidence: Any
    changes: tuple[Change, ...]
    status: str
    source: str
    created_at: datetime
    decided_at: datetime | None


class Counts(Dto):
    inbox: int
    today: int
    overdue: int
    upcoming: int
    trash: int


class AgentNotice(Dto):
    """Something the agents have to say about themselves, such as a rule that stays quiet for a while."""

    code: str
    rule: str | None = None
    until: datetime | None = None


class Overview(Dto):
    """Everything a page shows around its tasks. `today` is the date in the user's own zone."""

    user: User
    preferences: Preferences
    today: date
    projects: tuple[Project, ...]
    labels: tuple[Label, ...]
    suggestions: tuple[Suggestion, ...]
    decided: tuple[Suggestion, ...]
    counts: Counts
    notices: tuple[AgentNotice, ...] = ()


class BrowserSession(Dto):
    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    user_agent: str | None
    current: bool


class AccessToken(Dto):
    id: UUID
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class NewAccessToken(AccessToken):
    """The answer to a creation: the only time the token itself is seen."""

    token: str
