"""One effect for any number of tries.

A POST with an `Idempotency-Key` stores its answer in the transaction that has the effect. The same key and
request get that answer again, for 24 hours; tries that run at the same time wait for the first.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.auth.principal import Principal
from todo_backend.deps import SessionDep
from todo_backend.idempotency.errors import IdempotencyKeyInvalid, IdempotencyKeyReused, Replay

KEY = r"^[ -~]{1,255}$"

# One lock for each user and key, held to the end of the transaction.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:user_id || '/' || :key, 0))")
_FIND = text(
    "SELECT fingerprint, status, headers, body FROM idempotency_keys"
    " WHERE user_id = :user_id AND key = :key AND created_at > now() - interval '24 hours'"
)
_STORE = text(
    """
    INSERT INTO idempotency_keys (user_id, key, fingerprint, status, headers, body, created_at)
    VALUES (:user_id, :key, :fingerprint, :status, CAST(:headers AS jsonb), :body, now())
    ON CONFLICT (user_id, key) DO UPDATE
       SET fingerprint = excluded.fingerprint, status = excluded.status, headers = excluded.headers,
           body = excluded.body, created_at = now()
    """
)

_FORGET = text(
    """
    DELETE FROM idempotency_keys WHERE (user_id, key) IN (
        SELECT user_id, key FROM idempotency_keys WHERE created_at <= now() - interval '24 hours'
         LIMIT :limit FOR UPDATE SKIP LOCKED
    ) RETURNING 1
    """
)


class Answers:
    """How a route gives its answer, so that it can be given again."""

    def __init__(
        self, session: AsyncSession, user_id: UUID, *, key: str | None = None, fingerprint: bytes = b""
    ) -> None:
        self._session = session
        self._user_id = user_id
        self._key = key
        self._fingerprint = fingerprint

    async def give(
        self, model: BaseModel, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        """The response for `model`; stored first when the request carries a key."""
        body, sent = model.model_dump_json(by_alias=True), dict(headers or {})
        if self._key is not None:
            await self._session.execute(
                _STORE,
                {
                    "user_id": self._user_id,
                    "key": self._key,
                    "fingerprint": self._fingerprint,
                    "status": status,
                    "headers": orjson.dumps(sent).decode(),
                    "body": body,
                },
            )
        return Response(body, status, sent, media_type="application/json")


async def get_answers(
    request: Request,
    session: SessionDep,
    idempotency_key: Annotated[str | None, Header(json_schema_extra={"pattern": KEY})] = None,
) -> Answers:
    """The `Answers` of this request; declare it after the caller, whose key it is.

    Raises `Replay` with the first answer, `IdempotencyKeyReused` when the key came with another request and
    `IdempotencyKeyInvalid` when it is not one.
    """
    principal: Principal = request.state.principal
    if idempotency_key is None:
        return Answers(session, principal.user_id)
    if not re.fullmatch(KEY, idempotency_key):
        raise IdempotencyKeyInvalid
    key = {"user_id": principal.user_id, "key": idempotency_key}
    await session.execute(_LOCK, {"user_id": str(principal.user_id), "key": idempotency_key})
    fingerprint = await _fingerprint(request)
    stored = (await session.execute(_FIND, key)).one_or_none()
    if stored is None:
        return Answers(session, principal.user_id, key=idempotency_key, fingerprint=fingerprint)
    if stored.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    raise Replay(status=stored.status, headers=stored.headers, body=stored.body)


async def _fingerprint(request: Request) -> bytes:
    """What makes two requests the same: method, path with query, and body."""
    head = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(head + await request.body()).digest()


async def replay(_request: Request, error: Exception) -> Response:
    """Exception handler for `Replay`."""
    assert isinstance(error, Replay)  # noqa: S101  (registered for this type only)
    headers = {**error.headers, "Idempotency-Replayed": "true"}
    return Response(error.body, error.status, headers, media_type="application/json")


async def forget_answers(session: AsyncSession, *, limit: int) -> int:
    """Housekeeping: remove up to `limit` answers that nobody can ask for any more. Returns how many."""
    return len((await session.execute(_FORGET, {"limit": limit})).all())


AnswersDep = Annotated[Answers, Depends(get_answers)]
