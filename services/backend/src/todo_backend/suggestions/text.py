"""Text for cards: written by rules or a model, around titles that anybody may have written."""

import re
import unicodedata
from typing import Any

import orjson
from pydantic_core import PydanticCustomError

from todo_backend.suggestions.limits import MAX_EVIDENCE_BYTES

# Marks that change the direction of what follows (Unicode TR 9 section 2): they could make a card show
# something else than it does.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NUL_OR_SURROGATE = re.compile(rb"\\u0000")


def plain(value: str) -> str:
    """One line without control and direction characters."""
    visible = "".join(" " if unicodedata.category(one) in {"Cc", "Zl", "Zp"} else one for one in value)
    line = re.sub(r"\s+", " ", _DIRECTION.sub("", visible)).strip()
    if not line:
        raise PydanticCustomError("empty_text", "must contain visible characters")
    return line


def storable_facts(value: dict[str, Any]) -> dict[str, Any]:
    """Refuse evidence that is too large, nested too deeply or has text that PostgreSQL cannot store."""
    try:
        written = orjson.dumps(value)
    except (TypeError, ValueError) as error:
        raise PydanticCustomError("invalid_evidence", "must be plain JSON") from error
    if len(written) > MAX_EVIDENCE_BYTES:
        raise PydanticCustomError("evidence_too_large", "must have at most 8 kB")
    if _NUL_OR_SURROGATE.search(written):
        raise PydanticCustomError("invalid_characters", "must not contain NUL")
    return value
