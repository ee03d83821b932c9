"""The tasks themselves."""

from datetime import date, datetime, time
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, Index, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from todo_backend.db.columns import defaulted, id_field, now_field, one_of, user_id_field

STATUSES = ("open", "done")
PRIORITIES = ("p1", "p2", "p3", "p4")

_OPEN = text("status = 'open' AND deleted_at IS NULL")


class Task(SQLModel, table=True):
    """A task. A row with `deleted_at` is in the trash.

    `due_date`, `due_time` and `due_timezone` are the wall-clock truth; `overdue_at` is the instant derived
    from them (docs/adr/0006). `recurrence` is an RFC 5545 rule (docs/adr/0009). `labels` holds label names
    (docs/adr/0004), `search_text` what `q` looks through (docs/adr/0005). `version` grows by one with every
    change that a client can see.
    """

    __tablename__ = "tasks"
    __mapper_args__: ClassVar[dict[str, Any]] = {
        "eager_defaults": True
    }  # fetch server-side values with the write
    __table_args__ = (
        one_of("status", STATUSES),
        one_of("priority", PRIORITIES),
        CheckConstraint("char_length(title) BETWEEN 1 AND 500", name="title_length"),
        CheckConstraint("char_length(notes) <= 20000", name="notes_length"),
        CheckConstraint("due_date IS NOT NULL OR (due_time IS NULL AND due_timezone IS NULL)", name="due"),
        CheckConstraint("(status = 'done') = (completed_at IS NOT NULL)", name="completed"),
        CheckConstraint("cardinality(labels) <= 20", name="labels"),
        Index("ix_tasks_open_position", "user_id", "position", "id", postgresql_where=_OPEN),
        Index("ix_tasks_open_overdue", "user_id", "overdue_at", postgresql_where=_OPEN),
        Index("ix_tasks_open_due", "user_id", "due_date", postgresql_where=_OPEN),
        Index("ix_tasks_user_created", "user_id", "created_at", "id"),
        Index("ix_tasks_project", "project_id", postgresql_where=text("project_id IS NOT NULL")),
        Index("ix_tasks_trash", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
    )

    id: UUID = id_field()
    user_id: UUID = user_id_field()
    project_id: UUID | None = Field(default=None, foreign_key="projects.id", ondelete="SET NULL")
    title: str = Field(sa_type=Text)
    notes: str = defaulted("''", sa_type=Text)
    status: str = defaulted("'open'", max_length=10)
    priority: str = defaulted("'p4'", max_length=2)
    due_date: date | None = None
    due_time: time | None = None
    due_timezone: str | None = Field(default=None, max_length=64)
    recurrence: str | None = Field(default=None, max_length=200)
    overdue_at: datetime | None = None
    labels: list[str] = defaulted("'{}'", sa_type=ARRAY(String(60)))
    search_text: str = defaulted("''", sa_type=Text)
    position: float = Field(sa_type=Double)
    version: int = defaulted("1")
    created_at: datetime = now_field()
    updated_at: datetime = now_field()
    completed_at: datetime | None = None
    deleted_at: datetime | None = None
