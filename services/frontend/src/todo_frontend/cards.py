"""Suggestion cards in words: their changes, the facts behind them, the choices they offer. Pure functions."""

import hashlib
from datetime import date, timedelta
from typing import Any

from todo_frontend.backend.dto import Change, Overview, Project
from todo_frontend.formatting import PRIORITIES, clock, short_date

SNOOZES = {
    "3h": ("for 3 hours", timedelta(hours=3)),
    "1d": ("for a day", timedelta(days=1)),
    "3d": ("for 3 days", timedelta(days=3)),
    "1w": ("for a week", timedelta(weeks=1)),
}
SCOPES = {
    "this": "Only this suggestion",
    "task": "Nothing like it for this task again",
    "rule": "Nothing of this kind again",
}


def fingerprint(overview: Overview) -> str:
    """Changes when the region would look different, so that unchanged cards are left alone in the browser."""
    cards = [f"{card.id}{card.status}" for card in (*overview.suggestions, *overview.decided)]
    notes = [f"{note.code}{note.rule}" for note in overview.notices]
    state = "|".join(
        (*cards, *notes, str(overview.preferences.autonomous_agents_enabled), str(overview.today))
    )
    return hashlib.sha256(state.encode()).hexdigest()[:12]


def change_value(change: Change, value: Any, today: date, projects: tuple[Project, ...]) -> str:
    """One side of a change in words: `{"field": "due_date", "to": "2026-11-23"}` reads "Mon 23 Nov"."""
    if change.field == "project_id":
        return next((project.name for project in projects if str(project.id) == value), "Inbox")
    if value in (None, "", []):
        return "No date" if change.field == "due_date" else "None"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    text = str(value)
    words = {
        "due_date": lambda: _date_words(text, today),
        "due_time": lambda: clock(text),
        "priority": lambda: f"{text.upper()} · {PRIORITIES.get(text, '')}".rstrip(" ·"),
    }
    return words.get(change.field, lambda: text)()


def evidence_facts(evidence: Any, today: date) -> list[str]:
    """The facts behind a suggestion, one line each. Ids are left out: they say nothing to a person.

    Evidence is free-form JSON, usually `{"counts": {"days_overdue": 3}, "dates": {"due": "2026-11-18"}}`.
    """
    lines: list[str] = []
    _collect(evidence, "", today, lines)
    return lines[:12]


def _collect(node: Any, name: str, today: date, lines: list[str]) -> None:
    if name.endswith(("_id", "_ids")) or node in (None, "", [], {}):
        return
    if isinstance(node, dict):
        for key, value in node.items():
            _collect(value, str(key), today, lines)
        return
    text = ", ".join(_words(item, today) for item in node) if isinstance(node, list) else _words(node, today)
    lines.append(f"{_date_words(name, today).replace('_', ' ').capitalize()}: {text}" if name else text)


def _words(value: Any, today: date) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and not value.is_integer():
        return f"{value:.1f}"
    if isinstance(value, int | float):
        return str(int(value))
    if isinstance(value, dict):
        return ", ".join(f"{key} {_words(item, today)}" for key, item in value.items())
    return _date_words(str(value), today)


def _date_words(text: str, today: date) -> str:
    try:
        return short_date(date.fromisoformat(text[:10]), today) if len(text) >= 10 else text
    except ValueError:
        return text
