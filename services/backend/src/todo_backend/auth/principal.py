"""Who is asking."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from todo_backend.auth.credentials import Credential
from todo_backend.auth.errors import InsufficientScope
from todo_backend.auth.tokens import Kind
from todo_kit.problem import Unauthorized

_TOUCH_SESSION = text("UPDATE sessions SET last_seen_at = now() WHERE id = :id")
_TOUCH_ACCESS_TOKEN = text("UPDATE access_tokens SET last_used_at = now() WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller whose credential holds and whose scopes suffice for the route."""

    kind: Kind
    user_id: UUID
    timezone: str
    now: datetime
    """The database's clock at the start of the transaction that found the caller."""
    scopes: frozenset[str]
    session_id: UUID | None = None
    token_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ServicePrincipal:
    """The autonomous agent itself, which belongs to no user."""

    scopes: frozenset[str]


async def find_principal(
    executor: AsyncSession | AsyncConnection, credential: Credential, required: list[str]
) -> Principal:
    """The caller behind a user's credential.

    Raises `Unauthorized` when it was revoked or has expired, `InsufficientScope` when it lacks `required`.
    """
    if credential.kind == "service":
        raise InsufficientScope(required)
    row = (await executor.execute(text(credential.caller_sql), credential.params)).one_or_none()
    principal = principal_of(credential, row, required)
    if row is not None and row.stale:
        await touch(executor, principal)
    return principal


def principal_of(credential: Credential, row: Any, required: list[str]) -> Principal:
    """The caller of a row that `Credential.caller_sql` found; the same errors as `find_principal`."""
    if row is None or row.user_id is None:
        raise Unauthorized
    scopes = credential.scopes(row.scopes)
    if not scopes.issuperset(required):
        raise InsufficientScope(required)
    return Principal(
        credential.kind, row.user_id, row.timezone, row.now, scopes, row.session_id, row.token_id
    )


async def touch(executor: AsyncSession | AsyncConnection, principal: Principal) -> None:
    """Write down that the credential was used just now."""
    if principal.session_id:
        await executor.execute(_TOUCH_SESSION, {"id": principal.session_id})
    else:
        await executor.execute(_TOUCH_ACCESS_TOKEN, {"id": principal.token_id})
