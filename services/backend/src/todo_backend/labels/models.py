"""The registry of a user's labels; tasks carry the names (docs/adr/0004)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from todo_backend.db.columns import defaulted, id_field, now_field, one_of, user_id_field
from todo_backend.projects.models import COLORS


class Label(SQLModel, table=True):
    """A label; names are unique for a user, whatever their case."""

    __tablename__ = "labels"
    __table_args__ = (
        one_of("color", COLORS),
        Index("uq_labels_user_id_name", "user_id", text("lower(name)"), unique=True),
    )

    id: UUID = id_field()
    user_id: UUID = user_id_field()
    name: str = Field(max_length=60)
    color: str = defaulted("'gray'", max_length=10)
    created_at: datetime = now_field()
    updated_at: datetime = now_field()
