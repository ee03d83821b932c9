"""Arithmetic with days. Nothing here knows what time it is."""

import calendar
from datetime import date, timedelta

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


_FIRST, _LAST = date(1970, 1, 1), date(9999, 12, 30)


def is_possible(day: date) -> bool:
    """Whether a task can be due on it."""
    return _FIRST <= day <= _LAST


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return on_day(year, month + 1, day.day)


def on_day(year: int, month: int, number: int) -> date:
    """Day `number` of a month, or its last day (also for -1)."""
    last = calendar.monthrange(year, month)[1]
    return date(year, month, last if number < 0 else min(number, last))


def monday_of(day: date) -> date:
    """The first day of that calendar week (ISO 8601: weeks begin on Monday)."""
    return day - timedelta(day.weekday())


def after(day: date, weekday: int) -> date:
    """The next such weekday after `day`; one week later when `day` is one."""
    return day + timedelta((weekday - day.weekday() - 1) % 7 + 1)


def coming(month: int, number: int, *, today: date) -> date | None:
    """The next day of that name, today included; None when no year has it."""
    for year in range(today.year, today.year + 9):  # 29 February: eight years lie around 1900, 2100
        try:
            day = date(year, month, number)
        except ValueError:
            continue
        if day >= today:
            return day
    return None


def short_date(day: date) -> str:
    """`Fri 27 Nov 2026`, in English whatever the locale."""
    return f"{DAY_NAMES[day.weekday()][:3]} {day.day} {MONTH_NAMES[day.month - 1][:3]} {day.year}"


def ordinal(number: int) -> str:
    """`1st`, `22nd`, `13th`."""
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
