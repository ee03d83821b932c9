"""What quick add makes of hundreds of texts; the file is for every client that shows it."""

import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from todo_backend.quickadd.draft import Draft
from todo_backend.quickadd.parser import parse

_FILE = Path(__file__).parents[2] / "vectors" / "quick_add.json"
_VECTORS: list[dict[str, Any]] = json.loads(_FILE.read_text())


def _name(vector: dict[str, Any]) -> str:
    return f"{vector['text']} [{vector['now'][:16]} {vector['zone']}]"


def _expected(fields: dict[str, Any]) -> Draft:
    return Draft(
        title=fields["title"],
        priority=fields.get("priority"),
        due_date=date.fromisoformat(fields["due_date"]) if "due_date" in fields else None,
        due_time=time.fromisoformat(fields["due_time"]) if "due_time" in fields else None,
        due_timezone=fields.get("due_timezone"),
        project=fields.get("project"),
        labels=tuple(fields.get("labels", ())),
        recurrence=fields.get("recurrence"),
        understood=(),
    )


@pytest.mark.parametrize("vector", _VECTORS, ids=_name)
def test_text_is_read_as_the_vectors_say(vector: dict[str, Any]) -> None:
    now, zone = datetime.fromisoformat(vector["now"]), ZoneInfo(vector["zone"])
    draft = parse(vector["text"], now=now, zone=zone)
    assert draft == _expected(vector["draft"])
    assert vector.get("says", "") in "; ".join(part.says for part in draft.understood)
    assert parse(draft.as_text(), now=now, zone=zone) == draft


def test_the_vectors_are_many_and_different() -> None:
    assert len({_name(vector) for vector in _VECTORS}) == len(_VECTORS) >= 300
