"""Dates with a number for the day: 2026-12-24, 24.12., 3/4, 3 dec, dec 3rd 2027, on the 15th."""

import re
from datetime import date

from todo_backend.quickadd.days import DAY_NAMES, MONTH_NAMES, coming, is_possible, on_day
from todo_backend.quickadd.lexicon import DAY_LEADS, MONTHS
from todo_backend.quickadd.month_day_zones import MONTH_FIRST_ZONES
from todo_backend.quickadd.scan import Day, Found, Scan

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})(?:(\.)([0-9]{4}|[0-9]{2})?)?")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})(?:/([0-9]{4}|[0-9]{2}))?")
_DAY_NUMBER = re.compile(r"([0-9]{1,2})(\.|st|nd|rd|th)?")
_YEAR = re.compile(r"20[0-9]{2}")
_BEFORE_DOTTED = frozenset(["am", "bis", "zum", "den", "on", "by", "due", "until", "ab", "vom", "dem"])
_BEFORE_ORDINAL = frozenset(["on", "by", "due", "until", "till", "am", "bis", "zum", "den", "starting"])


def read_number_date(scan: Scan, place: int) -> Found | None:
    """Any date that begins with a digit."""
    word = scan.word(place)
    if found := _ISO.fullmatch(word):
        return _exact(place, place + 1, int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTTED.fullmatch(word):
        if not found[3] and scan.word(place - 1) not in _BEFORE_DOTTED:
            return None  # "24.12" alone is as well a price or a version
        return _named(scan, place, place + 1, month=int(found[2]), day=int(found[1]), year=found[4])
    if found := _SLASHED.fullmatch(word):
        return _slashed(scan, place, int(found[1]), int(found[2]), year=found[3])
    return _day_month(scan, place) or _ordinal_day(scan, place)


def read_month_day(scan: Scan, place: int) -> Found | None:
    """`dec 3rd 2027`, `December 3, 2027`; the month stands at `place`."""
    after = scan.skip(place + 1, ".")
    number = _DAY_NUMBER.fullmatch(scan.word(after))
    if not number or (number[2] == "." and not scan.ends(after + 1)):
        return None
    month = MONTHS[scan.word(place)]
    year_at = scan.skip(after + 1, ",")
    if _YEAR.fullmatch(scan.word(year_at)):
        return _named(scan, place, year_at + 1, month=month, day=int(number[1]), year=scan.word(year_at))
    if number[2] is None and scan.word(after + 1) in {"uhr", "am", "pm", "a.m", "p.m"}:
        return None  # "may 5 pm"
    return _named(scan, place, after + 1, month=month, day=int(number[1]), year=None)


def _day_month(scan: Scan, place: int) -> Found | None:
    number = _DAY_NUMBER.fullmatch(scan.word(place))
    month_at = scan.skip(place + 1, "of")
    month = MONTHS.get(scan.word(month_at))
    if not number or not month:
        return None
    after = month_at + 1
    dotted = scan.skip(after, ".", ",")
    if _YEAR.fullmatch(scan.word(dotted)):
        return _named(scan, place, dotted + 1, month=month, day=int(number[1]), year=scan.word(dotted))
    return _named(scan, place, after, month=month, day=int(number[1]), year=None)


def _ordinal_day(scan: Scan, place: int) -> Found | None:
    """`on the 15th`, `am 15.`: the next month that has the day."""
    number = _DAY_NUMBER.fullmatch(scan.word(place))
    if not number or not number[2]:
        return None
    first = place - 1 if scan.word(place - 1) == "the" else place
    german = number[2] == "."
    if scan.word(first - 1) not in _BEFORE_ORDINAL or (
        german and scan.word(place - 1) not in {"am", "bis", "zum", "den"}
    ):
        return None
    day = int(number[1])
    today = scan.today
    for month in range(today.month - 1, today.month + 12):
        year, index = today.year + month // 12, month % 12 + 1
        candidate = on_day(year, index, day)
        if candidate.day == day and candidate >= today:
            note = f"the next {scan.tokens[place].raw}"
            return Found(first, place + 1, Day(candidate, note), DAY_LEADS)
    return None


def _slashed(scan: Scan, place: int, left: int, right: int, *, year: str | None) -> Found | None:
    month_first = scan.zone.key in MONTH_FIRST_ZONES
    if left > 12 or right > 12:
        month_first, note = right > 12, ""
    elif left == right:
        note = ""
    else:
        note = "month before day" if month_first else "day before month"
    month, day = (left, right) if month_first else (right, left)
    return _named(scan, place, place + 1, month=month, day=day, year=year, note=note)


def _named(
    scan: Scan, first: int, after: int, *, month: int, day: int, year: str | None, note: str = ""
) -> Found | None:
    if not 1 <= month <= 12:
        return None
    if year:
        return _exact(first, after, int(year) + (2000 if len(year) == 2 else 0), month, day, note)
    coming_day = coming(month, day, today=scan.today)
    if coming_day is None:
        return None
    if coming_day.year > scan.today.year:
        passed = f"{day} {MONTH_NAMES[month - 1]} {scan.today.year} is over"
        if (month, day) == (2, 29):
            passed = "the next leap year"
        note = f"{note}; {passed}" if note else passed
    return Found(first, after, Day(coming_day, note), DAY_LEADS)


def _exact(first: int, after: int, year: int, month: int, day: int, note: str = "") -> Found | None:
    try:
        exact = date(year, month, day)
    except ValueError:
        return None
    return Found(first, after, Day(exact, note), DAY_LEADS) if is_possible(exact) else None


def agrees(found: Found, weekday: int) -> Found:
    """The date after a weekday ("Friday, 27 Nov"). The date wins; the contradiction is told."""
    day = found.meaning
    if not isinstance(day, Day) or day.date.weekday() == weekday:
        return found
    note = f"a {DAY_NAMES[day.date.weekday()]}, not a {DAY_NAMES[weekday]}"
    return found.of(Day(day.date, f"{day.note}; {note}" if day.note else note))
