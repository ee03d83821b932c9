"""One overdue task gets a new date, several are spread over days with room."""

from typing import Any

import pytest
from tests.agent.builders import a_task, an_open_card, cards, changes_of, completions, the_card

RENT = a_task("rent", "2026-11-20", title="Pay rent")
FULL = 6
BUSY_WEEK = {f"2026-11-{day}": FULL for day in range(21, 31)}


def proposed(task: dict[str, Any], **fields: Any) -> str | None:
    return changes_of(the_card("overdue", [task], **fields))[task["id"]]["due_date"]


def test_the_first_overdue_task_of_a_new_user_gets_one_clear_card() -> None:
    card = the_card("overdue", [RENT])

    assert card.rule == "overdue"
    assert card.title == "Move “Pay rent” to Mon 23 Nov?"
    assert card.reason == "It was due on Fri 20 Nov. Mon 23 Nov is still free."
    assert card.evidence == {
        "task_ids": ["rent"],
        "counts": {"days_overdue": 1, "other_tasks_that_day": 0},
        "dates": {"was_due": "2026-11-20", "proposed": "2026-11-23"},
    }
    assert [change.model_dump(by_alias=True) for change in card.changes] == [
        {"task_id": "rent", "field": "due_date", "from": "2026-11-20", "to": "2026-11-23", "task_version": 1}
    ]


def test_a_task_that_is_not_overdue_yet_gets_none() -> None:
    assert cards("overdue", [a_task("a", "2026-11-21"), a_task("b", "2026-11-21 13:01"), a_task("c")]) == ()


@pytest.mark.parametrize(
    ("priority", "day"),
    [("p1", "2026-11-21"), ("p2", "2026-11-21"), ("p3", "2026-11-22"), ("p4", "2026-11-23")],
)
def test_the_more_important_the_sooner(priority: str, day: str) -> None:
    assert proposed(RENT | {"priority": priority}) == day


@pytest.mark.parametrize(
    ("now", "due", "day"),
    [
        ("2026-11-21T14:59:00Z", "2026-11-20", "2026-11-21"),  # 15:59 in Berlin: the day still has room
        ("2026-11-21T15:00:00Z", "2026-11-20", "2026-11-22"),
        ("2026-11-21T15:59:00Z", "2026-11-20 17:59", "2026-11-21"),  # an hour's notice is enough
        ("2026-11-21T16:00:00Z", "2026-11-20 17:59", "2026-11-22"),
        ("2026-11-21T12:00:00Z", "2026-11-21 09:00", "2026-11-22"),
    ],
)
def test_an_urgent_task_moves_to_today_while_enough_of_it_is_left(now: str, due: str, day: str) -> None:
    assert proposed(a_task("a", due, priority="p1"), now=now) == day


def test_a_time_is_kept_and_meant_in_its_own_zone() -> None:
    # 20:30 in Tokyo was over at 12:30 in Berlin: too late for today although 20:30 in Berlin is not.
    task = a_task("a", "2026-11-20 20:30", priority="p1", due_timezone="Asia/Tokyo")

    assert changes_of(the_card("overdue", [task])) == {"a": {"due_date": "2026-11-22"}}


@pytest.mark.parametrize(
    ("priority", "load", "day", "because"),
    [
        ("p1", {"2026-11-21": FULL}, "2026-11-22", "Sun 22 Nov is still free."),
        (
            "p1",
            BUSY_WEEK | {"2026-11-24": 5},
            "2026-11-24",
            "Tue 24 Nov is your lightest day in the week ahead, with 5 tasks.",
        ),
        (
            "p3",
            {f"2026-11-{day}": 3 for day in range(21, 29)} | {"2026-11-25": 1},
            "2026-11-25",
            "Wed 25 Nov is your lightest day in the week ahead, with 1 task.",
        ),
        (
            "p3",
            {f"2026-11-{day}": 3 for day in range(21, 29)},
            "2026-11-22",
            "Sun 22 Nov has room for it, with 3 tasks so far.",
        ),
        ("p4", BUSY_WEEK, "2026-12-01", "Tue 1 Dec is still free."),
        (
            "p1",
            BUSY_WEEK | {"2026-11-23": 4, "2026-11-24": 4},
            "2026-11-23",
            "Mon 23 Nov is the first day with room for it.",
        ),
    ],
)
def test_the_day_follows_the_load_and_the_reason_says_so(
    priority: str, load: dict[str, int], day: str, because: str
) -> None:
    card = the_card("overdue", [RENT | {"priority": priority}], load=load)

    assert changes_of(card)["rent"]["due_date"] == day
    assert card.reason.endswith(because)


def test_when_every_day_is_full_the_least_full_is_proposed() -> None:
    load = {f"2026-11-{day}": 9 for day in range(21, 31)} | {f"2026-12-{day:02}": 9 for day in range(1, 19)}

    card = the_card("overdue", [RENT], load=load | {"2026-11-26": 8})

    assert changes_of(card)["rent"]["due_date"] == "2026-11-26"
    assert card.reason.endswith("The coming days are full; Thu 26 Nov has 8 tasks.")
    several = the_card("overdue", [RENT, a_task("b", "2026-11-20")], load=load)
    assert several.reason.endswith("The coming days are full, least so from Mon 23 Nov to Tue 24 Nov.")


def test_the_habit_chooses_among_equal_days_and_avoids_days_off() -> None:
    habit = completions(2, 4, 9, 4, 4, 0, 0)

    card = the_card("overdue", [RENT | {"priority": "p3"}], completions=habit)

    assert changes_of(card)["rent"]["due_date"] == "2026-11-25"
    assert card.reason.endswith("Wed 25 Nov is still free, and Wednesday is when you finish the most.")
    # Sunday would come first for a p1 whose Saturday is over, but this user rests at weekends.
    assert proposed(RENT | {"priority": "p1"}, completions=habit) == "2026-11-23"


def test_a_weekday_is_called_the_best_only_when_it_is() -> None:
    card = the_card("overdue", [RENT], completions=completions(5, 5, 5, 5, 5, 5, 5))

    assert card.reason == "It was due on Fri 20 Nov. Mon 23 Nov is still free."


def test_several_overdue_tasks_get_one_card_that_spreads_them() -> None:
    tasks = [a_task(f"t{n:02}", "2026-11-19", priority="p1") for n in range(8)] + [RENT]

    card = the_card("overdue", tasks, load={"2026-11-22": 4})

    days = [change.to for change in card.changes]
    assert days == ["2026-11-21"] * 6 + ["2026-11-22"] * 2 + ["2026-11-23"]
    assert card.title == "Find new dates for 9 tasks?"
    assert card.reason == (
        "9 tasks are past their dates, the oldest since Thu 19 Nov. "
        "There is room for them from Sat 21 Nov to Mon 23 Nov."
    )
    assert card.evidence["counts"] == {"overdue": 9, "days_used": 3}


def test_a_card_takes_25_changes_and_the_most_important_tasks_get_them() -> None:
    tasks = [a_task(f"low{n}", "2026-11-10", priority="p3") for n in range(20)]
    tasks += [a_task(f"high{n}", "2026-11-19", priority="p1") for n in range(10)]

    changed = list(changes_of(the_card("overdue", tasks)))

    assert len(changed) == 25
    assert all(task_id.startswith("high") for task_id in changed[:10])


def test_a_waiting_card_is_left_alone_and_only_new_tasks_get_another() -> None:
    old, new = RENT, a_task("new", "2026-11-21 12:30")
    waiting = [an_open_card("overdue", "rent", created_at="2026-11-21T11:00:00Z")]

    assert cards("overdue", [old], open_suggestions=waiting) == ()
    assert list(changes_of(the_card("overdue", [old, new], open_suggestions=waiting))) == ["new"]


def test_tasks_that_did_not_fit_on_a_waiting_card_wait_with_it() -> None:
    tasks = [a_task(f"t{n}", "2026-11-19") for n in range(30)]
    waiting = [an_open_card("overdue", *(f"t{n}" for n in range(25)))]

    assert cards("overdue", tasks, open_suggestions=waiting) == ()


def test_a_task_added_with_a_past_date_is_new_although_its_date_is_old() -> None:
    added = a_task("added", "2026-11-10", updated_at="2026-11-21T11:30:00Z")

    assert list(
        changes_of(the_card("overdue", [added], open_suggestions=[an_open_card("overdue", "x")]))
    ) == ["added"]


def test_no_third_card_while_two_wait() -> None:
    waiting = [an_open_card("overdue", "a"), an_open_card("overdue", "b")]
    added = a_task("added", "2026-11-10", updated_at="2026-11-21T11:59:00Z")

    assert cards("overdue", [added], open_suggestions=waiting) == ()
