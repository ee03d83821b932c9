"""Tasks overdue for weeks: clearing the date is an answer of its own."""

from tests.agent.builders import a_task, an_open_card, cards, changes_of, the_card


def test_after_three_weeks_letting_go_is_proposed_instead_of_a_new_date() -> None:
    assert the_card("overdue", [a_task("a", "2026-11-01")]).rule == "overdue"

    card = the_card("overdue", [a_task("a", "2026-10-31", title="Learn the ukulele")])

    assert card.rule == "let_go"
    assert card.title == "Let “Learn the ukulele” go?"
    assert card.reason == "Its date was Sat 31 Oct. Without one, the task stays in your list and can wait."
    assert changes_of(card) == {"a": {"due_date": None}}


def test_the_time_and_its_zone_go_with_the_date_and_are_named() -> None:
    card = the_card("overdue", [a_task("a", "2026-10-01 17:00", due_timezone="Asia/Tokyo")])

    assert [(change.field, change.from_, change.to) for change in card.changes] == [
        ("due_date", "2026-10-01", None),
        ("due_time", "17:00:00", None),
        ("due_timezone", "Asia/Tokyo", None),
    ]


def test_several_share_a_card_and_recent_ones_get_theirs() -> None:
    old = [a_task(f"old{n}", f"2025-0{n}-01") for n in range(1, 4)]

    recent, let_go = cards("overdue", [*old, a_task("rent", "2026-11-20")])

    assert list(changes_of(recent)) == ["rent"]
    assert let_go.title == "Let 3 old dates go?"
    assert "the oldest Wed 1 Jan 2025." in let_go.reason
    assert list(changes_of(let_go)) == ["old1", "old2", "old3"]


def test_a_date_is_never_cleared_without_its_time() -> None:
    card = the_card("overdue", [a_task(f"t{n:02}", "2026-10-01 17:00") for n in range(20)])

    assert len(card.changes) == 24
    assert all(change == {"due_date": None, "due_time": None} for change in changes_of(card).values())


def test_no_second_card_while_one_waits() -> None:
    waiting = [an_open_card("let_go", "a")]

    assert cards("overdue", [a_task("b", "2026-10-01")], open_suggestions=waiting) == ()
