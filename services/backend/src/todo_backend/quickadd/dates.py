"""Dates in words: today, friday, next fri, this weekend, next month, in 2 weeks, end of month."""

import re
from datetime import UTC, date, time, timedelta

from todo_backend.quickadd.days import DAY_NAMES, MONTH_NAMES, add_months, after, coming, monday_of, on_day
from todo_backend.quickadd.lexicon import (
    ALL_WEEKDAYS,
    COMING,
    DAY_LEADS,
    DAY_OFFSETS,
    DAY_PARTS,
    ENDS,
    MONTHS,
    NEAR_LEADS,
    NEXT,
    NOT_BEFORE_SHORT_WEEKDAY,
    NUMBERS,
    SHORT_UNITS,
    SHORT_WEEKDAYS,
    THIS,
    UNITS,
    WEEKDAYS,
    WEEKEND,
)  # fmt: skip
from todo_backend.quickadd.numeric_dates import agrees, read_month_day, read_number_date
from todo_backend.quickadd.scan import Day, Found, Moment, Repeat, Scan

_COMPACT = re.compile(r"([0-9]{1,3})(min|m|h|d|w)")
_NUMBER = re.compile(r"[0-9]{1,3}")
_MAKES_A_DAY = DAY_LEADS - {"for", "from", "bis"} | {"bis"}
_LIKE_A_TIME = re.compile(r"[0-9]{1,2}(?:[:.][0-9]{2})?(?:am|pm)?|[0-9]{1,2}[:.][0-9]{2}")


def read_relative_day(scan: Scan, place: int) -> Found | None:
    """`today`, `morgen`, `the day after tomorrow`."""
    offset = DAY_OFFSETS[scan.word(place)]
    if scan.word(place) == "morgen" and scan.beside(place, (Day, Repeat)):
        return None  # "heute morgen", "jeden Montag morgen": the morning
    return Found(place, place + 1, Day(scan.today + timedelta(offset)), NEAR_LEADS)


def read_day_after(scan: Scan, place: int) -> Found | None:
    """`day after tomorrow`, `the day after tomorrow`."""
    if scan.words[place : place + 3] != ["day", "after", "tomorrow"]:
        return None
    first = place - 1 if scan.word(place - 1) == "the" else place
    return Found(first, place + 3, Day(scan.today + timedelta(2)), NEAR_LEADS)


def read_tonight(scan: Scan, place: int) -> Found | None:
    """`tonight`: this evening, unless a time stands beside it."""
    return Found(place, place + 1, Day(scan.today, time=time(19), evening=True), NEAR_LEADS)


def read_weekday(scan: Scan, place: int) -> Found | None:
    """`friday`, `Fri 27 Nov`: the next one after today, or the date that follows."""
    weekday = ALL_WEEKDAYS[scan.word(place)]
    dated = _date_after_weekday(scan, place, weekday)
    if dated:
        return dated
    if scan.word(place) in SHORT_WEEKDAYS and not _is_a_day(scan, place):
        return None
    return Found(place, place + 1, Day(after(scan.today, weekday)), DAY_LEADS)


def _date_after_weekday(scan: Scan, place: int, weekday: int) -> Found | None:
    at = scan.skip(scan.skip(place + 1, ",", "."), "the", "den", "der", "dem")
    word = scan.word(at)
    if word in MONTHS:
        found = read_month_day(scan, at)
    elif word[:1].isdecimal():
        found = read_number_date(scan, at)
    else:
        return None
    return agrees(found, weekday).at(place) if found else None


def _is_a_day(scan: Scan, place: int) -> bool:
    """Whether a short weekday is one here, and not an ordinary word."""
    before, behind = scan.word(place - 1), scan.skip(place + 1, ",", ".")
    if before in _MAKES_A_DAY:
        return True
    following = scan.word(behind)
    if following and (
        following in DAY_PARTS
        or following in {"at", "um", "gegen", "@", "eod"}
        or following[0] in "#@"
        or (len(following) == 2 and following[0] == "p" and following[1] in "1234")
        or (":" in following and _LIKE_A_TIME.fullmatch(following))
        or (following.endswith(("am", "pm")) and _LIKE_A_TIME.fullmatch(following))
        or (following.isdecimal() and scan.word(behind + 1) in {"uhr", "am", "pm"})
    ):
        return before not in NOT_BEFORE_SHORT_WEEKDAY
    return scan.ends(place + 1) and before not in NOT_BEFORE_SHORT_WEEKDAY


def read_next(scan: Scan, place: int) -> Found | None:
    """`next fri` is in the next calendar week; `next week`, `next month`, `next weekend`."""
    word, today = scan.word(place + 1), scan.today
    next_monday = monday_of(today) + timedelta(7)
    if word in ALL_WEEKDAYS:
        weekday = ALL_WEEKDAYS[word]
        note = f"{DAY_NAMES[weekday]} of next week"
        return Found(place, place + 2, Day(next_monday + timedelta(weekday), note), DAY_LEADS)
    if word in WEEKEND:
        return Found(place, place + 2, Day(next_monday + timedelta(5), "weekend of next week"), DAY_LEADS)
    unit = UNITS.get(word)
    if unit == "week":
        return Found(place, place + 2, Day(next_monday, "Monday of next week"), DAY_LEADS)
    if unit == "month":
        first = add_months(today.replace(day=1), 1)
        return Found(place, place + 2, Day(first, "first day of next month"), DAY_LEADS)
    if unit == "year":
        return Found(place, place + 2, Day(date(today.year + 1, 1, 1), "first day of next year"), DAY_LEADS)
    return None


def read_this(scan: Scan, place: int) -> Found | None:
    """`this friday`, `this weekend`, `coming monday`, `this evening`."""
    word, today = scan.word(place + 1), scan.today
    if word in ALL_WEEKDAYS:
        start = today if scan.word(place) in COMING else today - timedelta(1)
        return Found(place, place + 2, Day(after(start, ALL_WEEKDAYS[word])), DAY_LEADS)
    if word in WEEKEND:
        return Found(place, place + 2, _weekend(scan), DAY_LEADS)
    if word in {"morning", "afternoon", "evening"} and scan.word(place) in THIS:
        part = Day(today, time=time(DAY_PARTS[word]), evening=word != "morning")
        return Found(place, place + 2, part, NEAR_LEADS)
    return None


def read_weekend(scan: Scan, place: int) -> Found | None:
    """`at the weekend`, `am Wochenende`; the bare word is a word."""
    first = place - 1 if scan.word(place - 1) in {"the", "am"} else place
    english = scan.word(first) == "the" and scan.word(first - 1) in {"at", "on"}
    if english or scan.word(first) == "am":
        return Found(first - 1 if english else first, place + 1, _weekend(scan), DAY_LEADS)
    return None


def _weekend(scan: Scan) -> Day:
    if scan.today.weekday() == 6:
        return Day(scan.today, "this weekend, today is its last day")
    return Day(monday_of(scan.today) + timedelta(5), "this weekend")


def read_in(scan: Scan, place: int) -> Found | None:
    """`in 2 weeks`, `in an hour`, `in einem Monat`, `in half an hour`, `in 3d`, `in december`."""
    word = scan.word(place + 1)
    if word in MONTHS:
        return _in_month(scan, place)
    if compact := _COMPACT.fullmatch(word):
        return _later(scan, place, place + 2, amount=int(compact[1]), unit=SHORT_UNITS[compact[2]])
    if word == "half" and scan.words[place + 2 : place + 4] == ["an", "hour"]:
        return _later(scan, place, place + 4, amount=30, unit="minute")
    if word in {"einer", "ner"} and scan.words[place + 2 : place + 4] == ["halben", "stunde"]:
        return _later(scan, place, place + 4, amount=30, unit="minute")
    amount, unit_at = _amount(scan, place + 1)
    unit = UNITS.get(scan.word(unit_at))
    return _later(scan, place, unit_at + 1, amount=amount, unit=unit) if amount and unit else None


def read_from_now(scan: Scan, place: int) -> Found | None:
    """`2 weeks from now`, `a week from today`."""
    amount, unit_at = _amount(scan, place)
    unit = UNITS.get(scan.word(unit_at))
    if (
        not amount
        or not unit
        or scan.word(unit_at + 1) != "from"
        or scan.word(unit_at + 2) not in {"now", "today"}
    ):
        return None
    return _later(scan, place, unit_at + 3, amount=amount, unit=unit)


def _amount(scan: Scan, place: int) -> tuple[int, int]:
    """A number there and the place behind it; 0 when there is none."""
    word = scan.word(place)
    if scan.words[place : place + 3] == ["a", "couple", "of"]:
        return 2, place + 3
    if _NUMBER.fullmatch(word):
        return int(word), place + 1
    return NUMBERS.get(word, 0), place + 1


def _later(scan: Scan, first: int, behind: int, *, amount: int, unit: str) -> Found | None:
    today = scan.today
    try:
        if unit in {"minute", "hour"}:
            ahead = timedelta(minutes=amount) if unit == "minute" else timedelta(hours=amount)
            # Added in UTC: an hour is an hour on the days when clocks change too.
            at = (scan.now.astimezone(UTC) + ahead).astimezone(scan.zone).replace(second=0, microsecond=0)
            return Found(first, behind, Moment(at))
        if unit in {"month", "quarter", "year"}:
            months = amount * {"month": 1, "quarter": 3, "year": 12}[unit]
            day = add_months(today, months)
        else:
            day = today + timedelta(amount * {"day": 1, "week": 7, "fortnight": 14}[unit])
    except (OverflowError, ValueError):
        return None
    return Found(first, behind, Day(day))


def _in_month(scan: Scan, place: int) -> Found | None:
    month, today = MONTHS[scan.word(place + 1)], scan.today
    year = scan.word(place + 2)
    if len(year) == 4 and year.isdecimal() and year.startswith("20"):
        first = date(int(year), month, 1)
        return Found(place, place + 3, Day(first, f"first day of {MONTH_NAMES[month - 1]} {year}"))
    day = coming(month, 1, today=today)
    return Found(place, place + 2, Day(day, f"first day of {MONTH_NAMES[month - 1]}")) if day else None


def read_end(scan: Scan, place: int) -> Found | None:
    """`end of month`, `end of the week`, `Ende des Monats`, `Ende nächster Woche`."""
    at = scan.skip(scan.skip(place + 1, "of", "des", "der"), "the", "this")
    following = scan.word(at) in NEXT
    word = scan.word(at + following)
    unit = UNITS.get(word) or {"tages": "day", "monats": "month", "jahres": "year"}.get(word)
    if unit not in {"day", "week", "month", "year"} or (at == place + 1 and not following):
        return None
    first = place - 1 if scan.word(place - 1) == "the" else place
    return _end(scan, first, at + following + 1, unit=unit, ahead=int(following))


def read_short_end(scan: Scan, place: int) -> Found | None:
    """`eod`, `eow`, `eom`, `eoy`."""
    unit = ENDS[scan.word(place)]
    if unit == "day" and scan.beside(place, Day):
        return None  # "tomorrow eod"
    return _end(scan, place, place + 1, unit=unit, ahead=0)


def _end(scan: Scan, first: int, behind: int, *, unit: str, ahead: int) -> Found:
    today = scan.today
    if unit == "day":
        followed = DAY_OFFSETS.get(scan.word(behind))
        if followed is not None:
            return Found(first, behind + 1, Day(today + timedelta(followed), "end of the day"), NEAR_LEADS)
        weekday = WEEKDAYS.get(scan.word(scan.skip(behind, "on", "am")))
        if weekday is not None:
            at = scan.skip(behind, "on", "am")
            return Found(first, at + 1, Day(after(today, weekday), "end of the day"), NEAR_LEADS)
        return Found(first, behind, Day(today + timedelta(ahead), "end of the day"), DAY_LEADS)
    if unit == "week":
        friday = monday_of(today) + timedelta(4 + 7 * ahead)
        if friday < today:
            friday += timedelta(7)
        return Found(first, behind, Day(friday, "end of the working week"), DAY_LEADS)
    if unit == "month":
        month = add_months(today.replace(day=1), ahead)
        return Found(first, behind, Day(on_day(month.year, month.month, -1), "end of the month"), DAY_LEADS)
    return Found(first, behind, Day(date(today.year + ahead, 12, 31), "end of the year"), DAY_LEADS)
