"""Who uses the platform and how they prove it."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from todo_backend.db.columns import defaulted, id_field, now_field, one_of, user_id_field

THEMES = ("system", "light", "dark")


class User(SQLModel, table=True):
    """An account with its preferences. `email` is stored trimmed and in lower case."""

    __tablename__ = "users"
    __table_args__ = (one_of("theme", THEMES),)

    id: UUID = id_field()
    email: str = Field(max_length=320, unique=True)
    name: str = Field(max_length=200)
    password_hash: str = Field(max_length=255)
    timezone: str = Field(max_length=64)
    autonomous_agents_enabled: bool = defaulted("true")
    overdue_agent_enabled: bool = defaulted("true")
    prioritization_agent_enabled: bool = defaulted("true")
    quiet_hours_start: time | None = None
    quiet_hours_end: time | None = None
    email_reminders: bool = defaulted("true")
    theme: str = defaulted("'system'", max_length=10)
    disabled_at: datetime | None = None
    created_at: datetime = now_field()
    updated_at: datetime = now_field()


class Session(SQLModel, table=True):
    """A signed-in browser or client. Only the SHA-256 of its token is stored."""

    __tablename__ = "sessions"

    id: UUID = id_field()
    user_id: UUID = user_id_field(index=True)
    token_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    user_agent: str = Field(max_length=300)
    created_at: datetime = now_field()
    last_seen_at: datetime = now_field()
    expires_at: datetime = Field(index=True)


class AccessToken(SQLModel, table=True):
    """A personal access token. Only the SHA-256 of the token is stored."""

    __tablename__ = "access_tokens"

    id: UUID = id_field()
    user_id: UUID = user_id_field(index=True)
    name: str = Field(max_length=100)
    token_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    scopes: list[str] = Field(sa_type=ARRAY(String(50)))
    created_at: datetime = now_field()
    expires_at: datetime | None = None
    last_used_at: datetime | None = None


class LoginThrottle(SQLModel, table=True):
    """Failed log-ins of one account or one address. `key` is a hash, so that no address is kept."""

    __tablename__ = "login_throttles"

    key: str = Field(primary_key=True, sa_type=Text)
    failures: int
    last_failed_at: datetime = now_field()
    blocked_until: datetime | None = None
