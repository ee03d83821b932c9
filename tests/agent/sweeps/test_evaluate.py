"""What keeps a card from being posted, and when the agent looks again."""

from typing import Any

import pytest
from tests.agent.builders import a_snapshot, a_task, an_open_card, cards, the_card

from todo_agent.sweeps.evaluate import evaluate

RENT = a_task("rent", "2026-11-20", title="Pay rent")
OLD = a_task("old", "2026-01-01")


def next_look(agent: str, tasks: list[dict[str, Any]], **fields: Any) -> str | None:
    moment = evaluate(agent, a_snapshot(tasks, **fields)).next_due_at
    return None if moment is None else moment.strftime("%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    "unwanted",
    [
        {"muted_rules": ["overdue"]},
        {"muted_task_rules": [{"task_id": "rent", "rule": "overdue"}]},
        {"open_slots": 0},
        {"open_slots": -1},
        {"hour_budget": 0},
        {"quiet_hours": {"start": "13:00", "end": "14:00"}},
        {"quiet_hours": {"start": "22:00", "end": "13:01"}},
        {"open_suggestions": [an_open_card("due_soon", "rent")]},
    ],
    ids=str,
)
def test_nothing_is_posted_when(unwanted: dict[str, Any]) -> None:
    assert cards("overdue", [RENT], **unwanted) == ()


@pytest.mark.parametrize(
    "harmless",
    [
        {"muted_rules": ["let_go"]},
        {"muted_task_rules": [{"task_id": "rent", "rule": "let_go"}, {"task_id": "x", "rule": "overdue"}]},
        {"quiet_hours": {"start": "22:00", "end": "13:00"}},
        {"quiet_hours": {"start": "13:00", "end": "13:00"}},
        {"recent_fingerprints": ["a" * 64, "", "99", "00" + "x" * 43]},
    ],
    ids=str,
)
def test_a_card_is_posted_in_spite_of(harmless: dict[str, Any]) -> None:
    assert the_card("overdue", [RENT], **harmless).rule == "overdue"


def test_the_most_useful_card_gets_the_last_slot() -> None:
    assert the_card("overdue", [RENT, OLD], open_slots=1).rule == "overdue"


def test_the_same_situation_is_never_said_twice_not_even_in_company() -> None:
    said = [the_card("overdue", [RENT, a_task("b", "2026-11-20")]).fingerprint]
    tasks = [RENT, a_task("b", "2026-11-20"), a_task("new", "2026-11-20")]

    assert the_card("overdue", tasks, recent_fingerprints=said).evidence["task_ids"] == ["new"]
    changed = RENT | {"due_date": "2026-11-19"}
    assert the_card("overdue", [changed], recent_fingerprints=said).evidence["task_ids"] == ["rent"]


def test_no_tasks_no_next_look() -> None:
    assert next_look("overdue", []) is None
    assert next_look("prioritization", []) is None


@pytest.mark.parametrize(
    ("agent", "tasks", "fields", "expected"),
    [
        ("overdue", [a_task("a")], {}, None),
        ("overdue", [a_task("a", "2026-12-24")], {}, "12-24 23:00:00"),
        ("overdue", [a_task("a", "2026-11-21 18:30"), a_task("b", "2026-11-22")], {}, "11-21 17:30:00"),
        ("overdue", [RENT], {}, "11-22 07:00:00"),
        ("overdue", [RENT], {"now": "2026-11-21T05:00:00Z"}, "11-21 07:00:00"),
        ("overdue", [RENT], {"quiet_hours": {"start": "12:00", "end": "15:30"}}, "11-21 14:30:00"),
        ("overdue", [OLD], {"quiet_hours": {"start": "10:00", "end": "09:00"}}, "11-22 07:00:00"),
        ("overdue", [RENT], {"open_slots": 0}, "11-22 07:00:00"),
        ("overdue", [RENT], {"hour_budget": 0}, "11-21 13:00:00"),
        (
            "overdue",
            [RENT],
            {"hour_budget": 0, "open_suggestions": [an_open_card("x", created_at="2026-11-21T11:20:00Z")]},
            "11-21 12:20:00",
        ),
        ("prioritization", [a_task("a")], {}, None),
        ("prioritization", [RENT], {}, None),
        ("prioritization", [a_task("a", "2026-12-24")], {}, "11-22 07:00:00"),
        ("prioritization", [a_task("a", priority="p1")], {}, "11-22 07:00:00"),
        (
            "prioritization",
            [a_task("a", "2026-11-22", created_at="2026-11-21T11:59:50Z")],
            {},
            "11-21 12:00:10",
        ),
    ],
)
def test_the_next_look_is_when_something_could_be_new(
    agent: str, tasks: list[dict[str, Any]], fields: dict[str, Any], expected: str | None
) -> None:
    assert next_look(agent, tasks, **fields) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # Clocks in Berlin skip 02:00 to 03:00 on 29 March 2026 and show it twice on 25 October.
        ("2026-03-28T22:00:00Z", "03-29 01:30:00"),
        ("2026-10-24T22:00:00Z", "10-25 00:30:00"),
        ("2026-10-25T01:10:00Z", "10-25 01:30:00"),
    ],
)
def test_quiet_hours_end_right_on_the_nights_when_the_clocks_change(now: str, expected: str) -> None:
    quiet = {"start": "22:00", "end": "02:30"}

    assert next_look("overdue", [OLD], now=now, quiet_hours=quiet) == expected
