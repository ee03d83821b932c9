"""The SQL of accounts and sessions."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.accounts.models import User
from todo_backend.db.ids import new_id

_FIND_PASSWORD = text("SELECT id, password_hash FROM users WHERE email = :email AND disabled_at IS NULL")
_PASSWORD_OF = text("SELECT email, password_hash FROM users WHERE id = :user_id AND disabled_at IS NULL")
_PROFILE = text("SELECT id, email, name, timezone, created_at FROM users WHERE id = :user_id")
_INSERT_USER = text(
    """
    INSERT INTO users (id, email, name, password_hash, timezone)
    VALUES (:id, :email, :name, :password_hash, :timezone)
    ON CONFLICT (email) DO NOTHING
    RETURNING id
    """
)
# FOR SHARE waits for a password change that is under way and then looks again: whoever verified the old
# password must not get a session that the change was meant to end.
_OPEN_SESSION = text(
    """
    WITH owner AS (
        SELECT id, email, name, timezone, created_at FROM users
         WHERE id = :user_id AND password_hash = :password_hash AND disabled_at IS NULL
           FOR SHARE
    ), opened AS (
        INSERT INTO sessions (id, user_id, token_hash, user_agent, expires_at)
        SELECT :id, owner.id, :token_hash, :user_agent, now() + make_interval(days => :days) FROM owner
        RETURNING expires_at
    )
    SELECT owner.*, opened.expires_at FROM owner, opened
    """
)
_REPLACE_PASSWORD = text(
    """
    UPDATE users SET password_hash = :new, updated_at = now()
     WHERE id = :user_id AND password_hash = :old
    RETURNING id
    """
)
_DELETE_USER = text("DELETE FROM users WHERE id = :user_id AND password_hash = :password_hash RETURNING id")
_LIST_SESSIONS = text(
    """
    SELECT id, created_at, last_seen_at, expires_at, user_agent,
           id IS NOT DISTINCT FROM CAST(:current AS uuid) AS current
      FROM sessions
     WHERE user_id = :user_id AND expires_at > now()
       AND last_seen_at > now() - make_interval(days => :idle_days)
     ORDER BY last_seen_at DESC, id DESC
    """
)
_END_SESSION = text("DELETE FROM sessions WHERE id = :id AND user_id = :user_id RETURNING id")
_END_OTHER_SESSIONS = text(
    "DELETE FROM sessions WHERE user_id = :user_id AND id IS DISTINCT FROM CAST(:current AS uuid)"
)
_PURGE_SESSIONS = text(
    """
    DELETE FROM sessions
     WHERE expires_at <= now() OR last_seen_at <= now() - make_interval(days => :idle_days)
    RETURNING id
    """
)
_PURGE_THROTTLES = text(
    """
    DELETE FROM login_throttles
     WHERE last_failed_at < now() - interval '1 day' AND coalesce(blocked_until < now(), true)
    RETURNING key
    """
)


async def find_password(session: AsyncSession, email: str) -> Row[Any] | None:
    """`(id, password_hash)` of the enabled account with this address."""
    return (await session.execute(_FIND_PASSWORD, {"email": email})).one_or_none()


async def password_of(session: AsyncSession, user_id: UUID) -> Row[Any]:
    """`(email, password_hash)` of the caller."""
    return (await session.execute(_PASSWORD_OF, {"user_id": user_id})).one()


async def profile(session: AsyncSession, user_id: UUID) -> Row[Any]:
    """The columns of `Profile`."""
    return (await session.execute(_PROFILE, {"user_id": user_id})).one()


async def insert_user(
    session: AsyncSession, *, email: str, name: str, password_hash: str, timezone: str
) -> UUID | None:
    """The new user's id, or None when the address has an account."""
    values = {"id": new_id(), "email": email, "name": name}
    values |= {"password_hash": password_hash, "timezone": timezone}
    user_id: UUID | None = await session.scalar(_INSERT_USER, values)
    return user_id


async def open_session(
    session: AsyncSession,
    user_id: UUID,
    *,
    password_hash: str,
    token_hash: bytes,
    user_agent: str,
    days: int,
) -> Row[Any] | None:
    """The columns of `Profile` and `expires_at`; None when the verified hash is no longer the user's."""
    values = {"id": new_id(), "user_id": user_id, "password_hash": password_hash}
    values |= {"token_hash": token_hash, "user_agent": user_agent, "days": days}
    return (await session.execute(_OPEN_SESSION, values)).one_or_none()


async def update_user(session: AsyncSession, user_id: UUID, values: dict[str, Any]) -> None:
    """Set columns of the user."""
    await session.execute(
        update(User).where(User.id == user_id).values(**values, updated_at=text("now()"))  # type: ignore[arg-type]  # SQLModel types columns as values
    )


async def replace_password(session: AsyncSession, user_id: UUID, *, old: str, new: str) -> bool:
    """Whether the hash was `old` and is now `new`."""
    values = {"user_id": user_id, "old": old, "new": new}
    return await session.scalar(_REPLACE_PASSWORD, values) is not None


async def delete_user(session: AsyncSession, user_id: UUID, *, password_hash: str) -> bool:
    """Delete the user with everything that is theirs, unless the verified hash is no longer the user's."""
    values = {"user_id": user_id, "password_hash": password_hash}
    return await session.scalar(_DELETE_USER, values) is not None


async def list_sessions(
    session: AsyncSession, user_id: UUID, *, current: UUID | None, idle_days: int
) -> list[Row[Any]]:
    """The columns of `SessionOut` for every session that still holds, the last used first."""
    values = {"user_id": user_id, "current": current, "idle_days": idle_days}
    return list(await session.execute(_LIST_SESSIONS, values))


async def end_session(session: AsyncSession, user_id: UUID, session_id: UUID) -> bool:
    """Whether there was such a session of this user."""
    return await session.scalar(_END_SESSION, {"id": session_id, "user_id": user_id}) is not None


async def end_other_sessions(session: AsyncSession, user_id: UUID, *, current: UUID | None) -> None:
    """End every session of the user but `current`."""
    await session.execute(_END_OTHER_SESSIONS, {"user_id": user_id, "current": current})


async def purge_sessions(session: AsyncSession, *, idle_days: int) -> int:
    """Housekeeping: remove sessions that no longer hold. Returns how many."""
    return await _count(session, _PURGE_SESSIONS, {"idle_days": idle_days})


async def purge_throttles(session: AsyncSession) -> int:
    """Housekeeping: remove counters that no longer matter. Returns how many."""
    return await _count(session, _PURGE_THROTTLES, {})


async def _count(session: AsyncSession, deletion: TextClause, values: dict[str, Any]) -> int:
    return len((await session.execute(deletion, values)).all())
