"""Titles of tasks are somebody else's text."""

from datetime import date

import pytest

from todo_agent.sweeps.wording import day_name, plain_title


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("  Pay\trent\n now ", "Pay rent now"),
        ("evil\u202etxt.exe", "eviltxt.exe"),
        ("\u2066a\u2069\u200e\u200f\ufeffb\x1b[31m\x00", "ab [31m"),
        ("line\u2028two", "line two"),
        ("👩\u200d👩\u200d👧 party", "👩\u200d👩\u200d👧 party"),
        ("<b>bold</b> & {x} %s", "<b>bold</b> & {x} %s"),
        ("x" * 81, "x" * 79 + "…"),
        ("x" * 80, "x" * 80),
        ("\u200d\u202e \n", "this task"),
    ],
)
def test_titles_become_one_plain_line(title: str, plain: str) -> None:
    assert plain_title(title) == plain


def test_dates_name_the_year_when_it_is_another() -> None:
    assert day_name(date(2026, 12, 1), date(2026, 11, 21)) == "Tue 1 Dec"
    assert day_name(date(2027, 1, 4), date(2026, 11, 21)) == "Mon 4 Jan 2027"
