"""How tables are named and the column shapes that several of them share."""

from typing import Any

from sqlalchemy import CheckConstraint, text
from sqlmodel import Field, SQLModel

from todo_backend.db.ids import new_id

# Set before any table is declared: every model imports its columns from here.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def id_field() -> Any:
    """The primary key, a UUIDv7 made by the application."""
    return Field(default_factory=new_id, primary_key=True)


def user_id_field(*, primary_key: bool = False, index: bool = False) -> Any:
    """The owner; every row of a user goes with the user."""
    return Field(foreign_key="users.id", ondelete="CASCADE", primary_key=primary_key, index=index)


def now_field(*, index: bool = False) -> Any:
    """A timestamp that the database sets to its own clock on insert."""
    return defaulted("now()", index=index)


def defaulted(value: str, **kwargs: Any) -> Any:
    """A column that the database fills with the SQL expression `value` when an insert leaves it out."""
    return Field(default=None, nullable=False, sa_column_kwargs={"server_default": text(value)}, **kwargs)


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A CHECK for an enumeration kept as VARCHAR: easier to extend than a native enum."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
