"""More due today than fits."""

from tests.agent.builders import a_task, cards, changes_of, completions, the_card


def test_what_is_too_much_for_today_moves_to_days_with_room() -> None:
    tasks = [a_task(f"t{n}", "2026-11-21", priority="p2") for n in range(6)]
    tasks += [a_task("p3", "2026-11-21", priority="p3"), a_task("p4", "2026-11-21")]

    card = next(card for card in cards("prioritization", tasks) if card.rule == "day_too_full")

    assert changes_of(card) == {"p4": {"due_date": "2026-11-23"}, "p3": {"due_date": "2026-11-22"}}
    assert card.title == "Move 2 tasks away from Sat 21 Nov?"
    assert card.reason == "8 tasks are due on Sat 21 Nov, more than the 6 that fit well into one day."


def test_six_fit() -> None:
    assert cards("prioritization", [a_task(f"t{n}", "2026-11-21", priority="p2") for n in range(6)]) == ()


def test_the_capacity_is_learned_from_what_the_user_completes_on_that_weekday() -> None:
    tasks = [a_task(f"t{n}", "2026-11-21", priority="p2", title="Iron") for n in range(5)]
    habit = completions(60, 60, 60, 60, 60, 30, 9)

    card = the_card("prioritization", tasks, completions=habit)

    assert card.title == "Move “Iron” to Mon 23 Nov?"
    assert card.reason == "5 tasks are due on Sat 21 Nov, and you usually finish about 4 on a Saturday."


def test_what_is_urgent_bound_to_a_time_or_just_decided_stays() -> None:
    tasks = [a_task(f"urgent{n}", "2026-11-21", priority="p1") for n in range(3)]
    tasks += [a_task(f"timed{n}", "2026-11-21 18:00", priority="p2") for n in range(3)]
    edited = {"version": 3, "updated_at": "2026-11-21T11:00:00Z"}
    tasks += [a_task(f"edited{n}", "2026-11-21", priority="p2", **edited) for n in range(3)]

    assert cards("prioritization", tasks) == ()


def test_it_speaks_once_a_day() -> None:
    tasks = [a_task(f"t{n}", "2026-11-21", priority="p2") for n in range(8)]
    said = [the_card("prioritization", tasks).fingerprint]

    assert cards("prioritization", tasks, recent_fingerprints=said) == ()


def test_a_moved_task_is_not_raised_in_the_same_breath() -> None:
    tasks = [a_task(f"t{n}", "2026-11-21") for n in range(8)]

    full, soon = cards("prioritization", tasks)

    assert (full.rule, soon.rule) == ("day_too_full", "due_soon")
    assert not set(changes_of(full)) & set(changes_of(soon))
