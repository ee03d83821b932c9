"""Opaque cursors for keyset pagination: where the last page ended, and which list it belongs to."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from todo_backend.tasks.errors import InvalidCursor


@dataclass(frozen=True, slots=True)
class Cursor:
    """The sort key (text as PostgreSQL wrote it, None for null) and the id of the last task of a page."""

    key: str | None
    id: UUID


def encode(cursor: Cursor, *, list_name: str) -> str:
    """The cursor for a list, as unpadded base64url."""
    raw = orjson.dumps([cursor.key, str(cursor.id), _checksum(list_name)])
    return urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str, *, list_name: str) -> Cursor:
    """The cursor in `text`. Raises `InvalidCursor` when it is broken or was made for another list."""
    try:
        values: list[Any] = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        key, task_id, checksum = values
        if checksum != _checksum(list_name) or not (key is None or isinstance(key, str)):
            raise InvalidCursor
        return Cursor(key, UUID(task_id))
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidCursor from error


def _checksum(list_name: str) -> str:
    return hashlib.sha256(list_name.encode()).hexdigest()[:12]
