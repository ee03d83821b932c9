"""Dates, evidence and changes in words."""

from datetime import date
from typing import Any

import pytest

from todo_frontend.backend.dto import Change
from todo_frontend.cards import change_value, evidence_facts
from todo_frontend.formatting import browser, relative_days, short_date

TODAY = date(2026, 11, 21)
ID = "0199f1d2-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ("2026-11-21", "Today"),
        ("2026-11-22", "Tomorrow"),
        ("2026-11-20", "Yesterday"),
        ("2026-12-04", "Fri 4 Dec"),
        ("2027-01-01", "Fri 1 Jan 2027"),
    ],
)
def test_short_dates(day: str, text: str) -> None:
    assert short_date(date.fromisoformat(day), TODAY) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ("2026-11-22", ""),
        ("2026-11-18", "3 days ago"),
        ("2026-11-24", "in 3 days"),
        ("2026-12-05", "in 2 weeks"),
    ],
)
def test_distances(day: str, text: str) -> None:
    assert relative_days(date.fromisoformat(day), TODAY) == text


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("due_date", "2026-11-22", "Tomorrow"),
        ("due_date", None, "No date"),
        ("due_date", "someday", "someday"),
        ("due_time", "17:00:00", "17:00"),
        ("priority", "p1", "P1 · Urgent"),
        ("project_id", None, "Inbox"),
        ("labels", ["a", "b"], "a, b"),
        ("labels", [], "None"),
        ("title", "Call", "Call"),
        ("mystery", 5, "5"),
    ],
)
def test_sides_of_a_change(field: str, value: Any, text: str) -> None:
    change = Change.model_validate(
        {"task_id": ID, "task_title": "t", "field": field, "from": None, "to": value}
    )
    assert change_value(change, value, TODAY, ()) == text


def test_evidence_becomes_lines_without_ids() -> None:
    evidence = {
        "task_ids": [ID],
        "counts": {"days_overdue": 3, "average": 1.25, "whole": 2.0},
        "dates": {"due": "2026-11-20", "load": {"2026-11-24": 1}},
        "nothing": None,
        "flag": True,
    }
    assert evidence_facts(evidence, TODAY) == [
        "Days overdue: 3",
        "Average: 1.2",
        "Whole: 2",
        "Due: Yesterday",
        "Tue 24 nov: 1",
        "Flag: yes",
    ]


@pytest.mark.parametrize(
    "odd", [None, "text", 5, [], ["a", {"b": [1, {"c": None}]}], {"a": {"b": {"c": []}}}]
)
def test_any_evidence_can_be_shown(odd: Any) -> None:
    assert all(isinstance(line, str) for line in evidence_facts(odd, TODAY))


def test_browsers_have_names() -> None:
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    assert browser(firefox) == "Firefox on Linux"
    assert browser("curl/8") == "Unknown browser"
    assert browser(None) == "Unknown browser"
