"""Users for tests: signed in at once, without a hash that takes its time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import argon2
import httpx

from todo_backend.accounts.models import Session, User
from todo_backend.auth.tokens import SESSION_PREFIX, hash_token, new_token
from todo_backend.db.engine import Database
from todo_backend.db.ids import new_id

PASSWORD = "a long enough passphrase"

CHEAP_ARGON2: dict[str, Any] = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user with a session; `client` sends its token."""

    id: UUID
    email: str
    password: str
    token: str
    session_id: UUID
    client: httpx.AsyncClient


@cache
def _password_hash() -> str:
    return argon2.PasswordHasher(**CHEAP_ARGON2).hash(PASSWORD)


async def sign_in(
    database: Database, transport: httpx.AsyncBaseTransport, base_url: str, **columns: Any
) -> SignedIn:
    """Insert a user with `columns` and a session of theirs."""
    user_id, session_id, token = new_id(), new_id(), new_token(SESSION_PREFIX)
    email = columns.pop("email", f"{user_id}@example.com")
    values: dict[str, Any] = {"name": "Ada", "timezone": "UTC", "password_hash": _password_hash()} | columns
    async with database.system_session() as session:
        session.add(User(id=user_id, email=email, **values))
        await session.flush()
        session.add(
            Session(
                id=session_id,
                user_id=user_id,
                token_hash=hash_token(token),
                user_agent="tests",
                expires_at=datetime.now(UTC) + timedelta(days=1),
            )
        )
    client = httpx.AsyncClient(
        transport=transport, base_url=base_url, headers={"Authorization": f"Bearer {token}"}
    )
    return SignedIn(user_id, email, PASSWORD, token, session_id, client)
