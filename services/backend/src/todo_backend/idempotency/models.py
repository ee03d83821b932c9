"""Answers kept for `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from todo_backend.db.columns import now_field, user_id_field


class IdempotencyKey(SQLModel, table=True):
    """The first answer to a key, stored in the transaction that had the effect."""

    __tablename__ = "idempotency_keys"

    user_id: UUID = user_id_field(primary_key=True)
    key: str = Field(primary_key=True, max_length=255)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    status: int
    headers: dict[str, Any] = Field(sa_type=JSONB)
    body: str = Field(sa_type=Text)
    created_at: datetime = now_field(index=True)
