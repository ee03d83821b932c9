"""Projects group tasks; a task without one is in the Inbox."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Double, Index, text
from sqlmodel import Field, SQLModel

from todo_backend.db.columns import defaulted, id_field, now_field, one_of, user_id_field

COLORS = ("gray", "red", "orange", "amber", "green", "teal", "blue", "purple", "pink")


class Project(SQLModel, table=True):
    """A named list of tasks; names are unique for a user, whatever their case."""

    __tablename__ = "projects"
    __table_args__ = (
        one_of("color", COLORS),
        Index("uq_projects_user_id_name", "user_id", text("lower(name)"), unique=True),
    )

    id: UUID = id_field()
    user_id: UUID = user_id_field()
    name: str = Field(max_length=100)
    color: str = defaulted("'purple'", max_length=10)
    position: float = Field(sa_type=Double)
    created_at: datetime = now_field()
    updated_at: datetime = now_field()
