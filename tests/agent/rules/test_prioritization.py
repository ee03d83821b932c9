"""Priorities that no longer say what comes first."""

from typing import Any

import pytest
from tests.agent.builders import NOW, a_task, an_open_card, cards, changes_of, the_card

AGENT = "prioritization"


@pytest.mark.parametrize(
    ("due", "priority"),
    [("2026-11-21", "p4"), ("2026-11-22", "p4"), ("2026-11-23", "p3"), ("2026-11-21 18:00", "p3")],
)
def test_a_task_due_soon_is_raised(due: str, priority: str) -> None:
    card = the_card(AGENT, [a_task("a", due, priority=priority, title="File taxes")])

    assert card.rule == "due_soon"
    assert changes_of(card) == {"a": {"priority": "p2"}}
    assert card.title == "Raise “File taxes” to p2?"
    assert card.reason.endswith(f"and still {priority}.")


@pytest.mark.parametrize(
    "task",
    [
        a_task("not soon", "2026-11-24"),
        a_task("high already", "2026-11-21", priority="p2"),
        a_task("overdue", "2026-11-21 12:00"),
        a_task("no date"),
        a_task("just edited", "2026-11-21", version=2, updated_at="2026-11-21T01:00:00Z"),
        a_task("just created", "2026-11-21", created_at="2026-11-21T11:59:45Z"),
    ],
    ids=lambda task: str(task["id"]),
)
def test_other_tasks_are_not(task: dict[str, Any]) -> None:
    assert cards(AGENT, [task]) == ()


def test_several_due_soon_share_a_card_of_the_soonest_five() -> None:
    tasks = [a_task(f"t{n}", f"2026-11-{23 - n // 3}") for n in range(9)]

    card = the_card(AGENT, tasks, load={})

    assert list(changes_of(card)) == ["t6", "t7", "t8", "t3", "t4"]
    assert card.title == "Raise the priority of 5 tasks that are due soon?"
    assert card.reason == "These 5 tasks are due by Sun 22 Nov and still have a low priority."


def test_a_user_who_left_one_as_it_is_is_not_asked_about_the_next() -> None:
    passed_over, another = a_task("a", "2026-11-22"), a_task("b", "2026-11-22")
    said = [the_card(AGENT, [passed_over]).fingerprint]

    assert cards(AGENT, [passed_over, another], recent_fingerprints=said) == ()
    accepted = passed_over | {"priority": "p2"}
    assert list(changes_of(the_card(AGENT, [accepted, another], recent_fingerprints=said))) == ["b"]


def test_when_everything_is_p1_all_but_the_soonest_are_lowered() -> None:
    tasks = [a_task(f"t{n}", f"2026-12-0{n}", priority="p1") for n in range(1, 6)]
    tasks += [a_task("later", priority="p1"), a_task("low")]

    card = the_card(AGENT, tasks)

    assert changes_of(card) == {task_id: {"priority": "p2"} for task_id in ("t4", "t5", "later")}
    assert card.title == "Lower 3 of your 6 p1 tasks to p2?"
    assert card.reason == "6 of your 7 open tasks are p1. These 3 are not due in the next two days."
    assert card.evidence["counts"] == {"p1": 6, "open": 7, "to_lower": 3}


@pytest.mark.parametrize(
    ("p1", "others", "expected"), [(4, 0, False), (5, 0, True), (5, 1, True), (5, 2, False), (8, 2, True)]
)
def test_five_and_four_fifths_is_too_many(p1: int, others: int, expected: bool) -> None:
    tasks = [a_task(f"t{n}", priority="p1") for n in range(p1)] + [a_task(f"o{n}") for n in range(others)]

    assert bool(cards(AGENT, tasks)) is expected


def test_nothing_due_within_two_days_is_lowered_and_a_cut_list_is_not_judged() -> None:
    soon = [a_task(f"t{n}", "2026-11-22", priority="p1") for n in range(6)]
    undated = [a_task(f"t{n}", priority="p1") for n in range(6)]

    assert cards(AGENT, soon) == ()
    assert cards(AGENT, undated, tasks_total=600) == ()


@pytest.mark.parametrize(
    ("updated_at", "change", "title"),
    [
        ("2026-11-07T12:00:00Z", {"due_date": "2026-11-21"}, "Plan “Call the bank” for Sat 21 Nov?"),
        ("2026-10-10T11:00:00Z", {"priority": "p2"}, "Lower “Call the bank” to p2?"),
    ],
)
def test_a_p1_untouched_for_two_weeks_is_planned_and_after_six_lowered(
    updated_at: str, change: dict[str, str], title: str
) -> None:
    task = a_task("a", priority="p1", title="Call the bank", updated_at=updated_at)

    card = the_card(AGENT, [task])

    assert card.rule == "stale_urgent"
    assert card.title == title
    assert changes_of(card) == {"a": change}
    assert card.reason.startswith("It is p1, has no date, and has not changed since Sat ")


def test_a_p1_with_a_date_or_touched_lately_is_left_alone() -> None:
    old = "2026-10-10T11:00:00Z"
    dated = a_task("a", "2026-12-24", priority="p1", updated_at=old)
    fresh = a_task("b", priority="p1", updated_at="2026-11-07T12:00:01Z")

    assert cards(AGENT, [dated, fresh]) == ()


def test_only_the_longest_untouched_gets_a_card() -> None:
    tasks = [a_task(f"t{day}", priority="p1", updated_at=f"2026-11-0{day}T12:00:00Z") for day in (3, 1, 2)]

    assert list(changes_of(the_card(AGENT, tasks))) == ["t1"]


@pytest.mark.parametrize("rule", ["due_soon", "too_many_urgent", "stale_urgent", "day_too_full"])
def test_a_rule_is_silent_while_its_card_waits(rule: str) -> None:
    tasks = {
        "due_soon": [a_task("a", "2026-11-21")],
        "too_many_urgent": [a_task(f"t{n}", priority="p1") for n in range(6)],
        "stale_urgent": [a_task("a", priority="p1", updated_at="2026-11-01T12:00:00Z")],
        "day_too_full": [a_task(f"t{n}", "2026-11-21", priority="p2") for n in range(7)],
    }[rule]

    assert the_card(AGENT, tasks).rule == rule
    assert cards(AGENT, tasks, open_suggestions=[an_open_card(rule, "other", created_at=NOW)]) == ()
