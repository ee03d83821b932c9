"""What the agents propose, and what the user made of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from todo_backend.db.columns import defaulted, id_field, now_field, one_of, user_id_field

AGENTS = ("overdue", "prioritization")
STATUSES = ("open", "accepted", "dismissed", "snoozed", "expired", "superseded", "undone")
SOURCES = ("rules", "llm")


class AgentSuggestion(SQLModel, table=True):
    """One card.

    `changes` is a list of `{task_id, field, from, to, task_version}`. `applied` is what an accept really
    changed, `[{task_id, field, from, to}]`, kept so that it can be undone.
    """

    __tablename__ = "agent_suggestions"
    __table_args__ = (
        one_of("agent", AGENTS),
        one_of("status", STATUSES),
        one_of("source", SOURCES),
        Index("uq_agent_suggestions_user_id_fingerprint", "user_id", "fingerprint", unique=True),
        Index("ix_agent_suggestions_user_created", "user_id", "created_at"),
        Index(
            "ix_agent_suggestions_active",
            "user_id",
            "status",
            postgresql_where=text("status IN ('open', 'snoozed')"),
        ),
    )

    id: UUID = id_field()
    user_id: UUID = user_id_field()
    agent: str = Field(max_length=20)
    rule: str = Field(max_length=50)
    title: str = Field(max_length=200)
    reason: str = Field(max_length=500)
    evidence: dict[str, Any] = Field(sa_type=JSONB)
    changes: list[dict[str, Any]] = Field(sa_type=JSONB)
    fingerprint: str = Field(max_length=128)
    status: str = defaulted("'open'", max_length=12)
    source: str = defaulted("'rules'", max_length=10)
    created_at: datetime = now_field()
    expires_at: datetime
    snoozed_until: datetime | None = None
    decided_at: datetime | None = None
    dismiss_reason: str | None = Field(default=None, sa_type=Text)
    applied: list[dict[str, Any]] | None = Field(default=None, sa_type=JSONB)
    request_id: str | None = Field(default=None, sa_type=String(128))


class RuleState(SQLModel, table=True):
    """How a user has answered one rule: dismissals in a row, and until when it stays quiet.

    `muted_until` is `infinity` when the user switched the rule off.
    """

    __tablename__ = "suggestion_rule_states"

    user_id: UUID = user_id_field(primary_key=True)
    rule: str = Field(primary_key=True, max_length=50)
    dismissals: int = defaulted("0")
    backoff_days: int = defaulted("0")
    muted_until: datetime | None = None
    updated_at: datetime = now_field()


class TaskMute(SQLModel, table=True):
    """One rule that shall not speak of one task any more."""

    __tablename__ = "suggestion_task_mutes"

    user_id: UUID = user_id_field(primary_key=True)
    task_id: UUID = Field(foreign_key="tasks.id", ondelete="CASCADE", primary_key=True, index=True)
    rule: str = Field(primary_key=True, max_length=50)
    created_at: datetime = now_field()
