"""Opaque cursors for keyset pagination: where the last page ended, and which list it belongs to."""

import hashlib
import math
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson

from todo_backend.tasks.errors import InvalidCursor

KeyKind = Literal["double precision", "timestamptz", "text"]


@dataclass(frozen=True, slots=True)
class Cursor:
    """The sort key, as text that PostgreSQL wrote, and the id of the last item of a page."""

    key: str
    id: UUID


def encode(cursor: Cursor, *, list_name: str) -> str:
    """The cursor for a list, as unpadded base64url."""
    raw = orjson.dumps([cursor.key, str(cursor.id), _checksum(list_name)])
    return urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str, *, list_name: str, kind: KeyKind) -> Cursor:
    """The cursor in `text`, whose key PostgreSQL can read as a `kind`.

    Raises `InvalidCursor` when it is broken, forged or was made for another list.
    """
    try:
        values: list[Any] = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        key, last_id, checksum = values
        if checksum != _checksum(list_name) or not _IS_KEY[kind](key):
            raise InvalidCursor
        return Cursor(key, UUID(last_id))
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidCursor from error


def _is_number(key: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", key, re.ASCII) is not None and math.isfinite(float(key))


def _is_instant(key: str) -> bool:
    if re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00", key, re.ASCII) is None:
        return False
    datetime.fromisoformat(key)
    return True


def _is_text(key: str) -> bool:
    return key.isascii() and "\0" not in key


# Cursors are not secret and not signed: what stands in one is checked before it reaches a query.
_IS_KEY: dict[KeyKind, Callable[[str], bool]] = {
    "double precision": _is_number,
    "timestamptz": _is_instant,
    "text": _is_text,
}


def _checksum(list_name: str) -> str:
    return hashlib.sha256(list_name.encode()).hexdigest()[:12]
