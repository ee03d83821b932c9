"""Which users an agent has to look at, and when (docs/adr/0003)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from todo_backend.db.columns import defaulted, one_of, user_id_field
from todo_backend.suggestions.models import AGENTS


class SweepState(SQLModel, table=True):
    """One row for each user and agent; `due_at` is null while there is nothing to look at."""

    __tablename__ = "sweep_state"
    __table_args__ = (
        one_of("agent", AGENTS),
        Index("ix_sweep_state_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )

    user_id: UUID = user_id_field(primary_key=True)
    agent: str = Field(primary_key=True, max_length=20)
    due_at: datetime | None = None
    dirty: bool = defaulted("false")
    fence: int = defaulted("0", sa_type=BigInteger)
    lease_until: datetime | None = None
    lease_owner: str | None = Field(default=None, max_length=200)
    attempts: int = defaulted("0")
