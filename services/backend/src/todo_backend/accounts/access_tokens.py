"""Personal access tokens: what scripts and MCP hosts use instead of a password."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.accounts.errors import InvalidField, TokenNotFound, TooManyTokens
from todo_backend.accounts.schemas import NewToken, TokenCreated, TokenOut
from todo_backend.auth.errors import InsufficientScope
from todo_backend.auth.principal import Principal
from todo_backend.auth.scopes import USER_SCOPES
from todo_backend.auth.tokens import ACCESS_TOKEN_PREFIX, hash_token, new_token
from todo_backend.db.ids import new_id

MOST_TOKENS = 50

_COLUMNS = "id, name, scopes, created_at, expires_at, last_used_at"
_LIST = text(f"SELECT {_COLUMNS} FROM access_tokens WHERE user_id = :user_id ORDER BY id DESC")  # noqa: S608  (constants)
_COUNT = text("SELECT count(*) FROM access_tokens WHERE user_id = :user_id")
_INSERT = text(
    f"""
    INSERT INTO access_tokens (id, user_id, name, token_hash, scopes, expires_at)
    SELECT :id, :user_id, :name, :token_hash, CAST(:scopes AS varchar[]), CAST(:expires_at AS timestamptz)
     WHERE coalesce(CAST(:expires_at AS timestamptz) > now(), true)
    RETURNING {_COLUMNS}
    """
)
_DELETE = text("DELETE FROM access_tokens WHERE id = :id AND user_id = :user_id RETURNING id")


async def list_tokens(session: AsyncSession, user_id: UUID) -> list[TokenOut]:
    """All tokens of the user, the newest first, also those that have expired."""
    return [TokenOut(**_fields(row)) for row in await session.execute(_LIST, {"user_id": user_id})]


async def create_token(session: AsyncSession, caller: Principal, wanted: NewToken) -> TokenCreated:
    """A new token with at most the scopes of the caller's own.

    Raises `InsufficientScope`, `TooManyTokens`, and `InvalidField` when `expires_at` has passed.
    """
    beyond = [scope for scope in wanted.scopes if scope not in caller.scopes]
    if beyond:
        raise InsufficientScope(beyond)
    if await session.scalar(_COUNT, {"user_id": caller.user_id}) >= MOST_TOKENS:
        raise TooManyTokens
    token = new_token(ACCESS_TOKEN_PREFIX)
    values = {
        "id": new_id(),
        "user_id": caller.user_id,
        "name": wanted.name,
        "token_hash": hash_token(token),
        "scopes": [scope for scope in USER_SCOPES if scope in wanted.scopes],
        "expires_at": wanted.expires_at,
    }
    row = (await session.execute(_INSERT, values)).one_or_none()
    if row is None:
        raise InvalidField("body.expires_at", "must lie in the future", "expiry_passed")
    return TokenCreated(**_fields(row), token=token)


async def delete_token(session: AsyncSession, user_id: UUID, token_id: UUID) -> None:
    """Revoke a token, and with it every short token exchanged for it. Raises `TokenNotFound`."""
    if await session.scalar(_DELETE, {"id": token_id, "user_id": user_id}) is None:
        raise TokenNotFound


def _fields(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)  # noqa: SLF001  (SQLAlchemy's public name for a row's mapping)
