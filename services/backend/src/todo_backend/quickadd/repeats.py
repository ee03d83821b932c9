"""Rules in words: every weekday, every mon and thu, every! 2 weeks, jeden Montag, alle 2 Wochen, täglich."""

import re
from datetime import date, time

from todo_backend.quickadd.dates import read_in, read_next, read_relative_day, read_this, read_weekday
from todo_backend.quickadd.lexicon import (
    ALL_WEEKDAYS,
    COMING,
    DAY_OFFSETS,
    DAY_PARTS,
    ENGLISH_PLURAL_WEEKDAYS,
    GERMAN_SECOND,
    LISTED_WEEKDAYS,
    MONTHS,
    NEXT,
    NUMBERS,
    ORDINAL_WORDS,
    OTHER,
    REPEAT_LEADS,
    THIS,
    UNITS,
    WEEKEND,
    WORKDAYS,
)  # fmt: skip
from todo_backend.quickadd.numeric_dates import read_month_day, read_number_date
from todo_backend.quickadd.recurrence import Frequency, Rule
from todo_backend.quickadd.scan import Day, Found, Repeat, Scan

_WORKDAYS = (0, 1, 2, 3, 4)
_FREQUENCY: dict[str, tuple[Frequency, int]] = {
    "hour": ("HOURLY", 1), "day": ("DAILY", 1), "week": ("WEEKLY", 1), "fortnight": ("WEEKLY", 2),
    "month": ("MONTHLY", 1), "quarter": ("MONTHLY", 3), "year": ("YEARLY", 1),
}  # fmt: skip
ADVERBS: dict[str, Rule] = {
    **dict.fromkeys(("hourly", "stündlich"), Rule(frequency="HOURLY")),
    **dict.fromkeys(("daily", "täglich", "taeglich"), Rule(frequency="DAILY")),
    **dict.fromkeys(("weekly", "wöchentlich", "woechentlich"), Rule(frequency="WEEKLY")),
    **dict.fromkeys(("biweekly", "fortnightly"), Rule(frequency="WEEKLY", interval=2)),
    **dict.fromkeys(("monthly", "monatlich"), Rule(frequency="MONTHLY")),
    **dict.fromkeys(("quarterly", "vierteljährlich"), Rule(frequency="MONTHLY", interval=3)),
    **dict.fromkeys(("yearly", "annually", "jährlich", "jaehrlich"), Rule(frequency="YEARLY")),
    "werktags": Rule(frequency="WEEKLY", weekdays=_WORKDAYS),
    "wochenends": Rule(frequency="WEEKLY", weekdays=(5,)),
}
_ORDINAL = re.compile(r"([0-9]{1,2})(\.|st|nd|rd|th)")
_NUMBER = re.compile(r"[0-9]{1,3}")
_AND = frozenset((",", "and", "und", "&", "+"))
_LINKS = ("on", "am", "the", "den", "dem", "der", "jeden", "every")

Read = tuple[Rule, int, time | None]
"""A rule, the place behind it, and the time that it names."""


def read_adverb(scan: Scan, place: int) -> Found | None:
    """`daily`, `wöchentlich`, `werktags`; as the first word of a text they describe ("daily report")."""
    rule = ADVERBS[scan.word(place)]
    if place == 0 and not scan.ends(place + 1) and scan.word(place).endswith("ly"):
        return None
    return _finish(scan, place, (rule, place + 1, None), completion=False)


def read_plural_weekday(scan: Scan, place: int) -> Found | None:
    """`on mondays`, `montags`, `dienstags und freitags`."""
    if scan.word(place) in ENGLISH_PLURAL_WEEKDAYS and scan.word(place - 1) != "on":
        return None
    first = place - 1 if scan.word(place - 1) == "on" else place
    days, after = _weekdays(scan, place)
    return _finish(scan, first, (Rule(frequency="WEEKLY", weekdays=days), after, None), completion=False)


def read_every(scan: Scan, place: int) -> Found | None:
    """`every …`, and `every! …` for what is counted from its completion."""
    at = place + 1
    completion = scan.word(at) == "!" and scan.tokens[at].start == scan.tokens[place].end
    at += completion
    read = _counted(scan, at) or _on_days(scan, at) or _ordinal(scan, at) or _yearly(scan, at, interval=1)
    return _finish(scan, place, read, completion=completion) if read else None


def _finish(scan: Scan, first: int, read: Read, *, completion: bool) -> Found:
    rule, after, at_time = read
    until, after = _until(scan, after)
    rule = Rule(
        frequency=rule.frequency, interval=rule.interval, weekdays=rule.weekdays, nth=rule.nth,
        month_day=rule.month_day, month=rule.month, until=until, from_completion=completion,
    )  # fmt: skip
    return Found(first, after, Repeat(rule, at_time), REPEAT_LEADS)


def _counted(scan: Scan, place: int) -> Read | None:
    """`2 weeks`, `other day`, `month`, `week on mon`, `month on the 15th`, `other tuesday`."""
    word, interval, at = scan.word(place), 1, place
    if word in OTHER:
        interval, at = 2, place + 1
    elif _NUMBER.fullmatch(word) or (word in NUMBERS and word not in {"a", "an"}):
        interval, at = int(word) if word.isdecimal() else NUMBERS[word], place + 1
    elif word in ORDINAL_WORDS or _ORDINAL.fullmatch(word):
        number, behind = _which(scan, place)
        german_other = (
            word in GERMAN_SECOND and scan.word(behind) in ALL_WEEKDAYS and not _of_month(scan, behind + 1)[0]
        )
        if number > 1 and (german_other or _repeats_unit(scan, behind)):
            interval, at = number, behind
    if interval < 1:
        return None
    unit = _FREQUENCY.get(UNITS.get(scan.word(at), ""))
    if unit:
        frequency, factor = unit
        return _placed(scan, at + 1, frequency=frequency, interval=interval * factor)
    if at > place and interval > 1 and not _NUMBER.fullmatch(word) and scan.word(at) in LISTED_WEEKDAYS:
        days, after = _weekdays(scan, at)
        return Rule(frequency="WEEKLY", interval=interval, weekdays=days), after, None
    return None


def _repeats_unit(scan: Scan, place: int) -> bool:
    """`every 2nd day`, but not `every 2nd day of the month`."""
    return scan.word(place) in UNITS and not _of_month(scan, place + 1)[0]


def _placed(scan: Scan, place: int, *, frequency: Frequency, interval: int) -> Read:
    """The day within the period, when one is named."""
    plain = Rule(frequency=frequency, interval=interval)
    at = place
    while scan.word(at) in _LINKS:
        at += 1
    if frequency == "WEEKLY" and at > place:
        days, after = _weekdays(scan, at)
        if days:
            return Rule(frequency="WEEKLY", interval=interval, weekdays=days), after, None
    if frequency == "MONTHLY" and at > place:
        return _in_month(scan, at, interval=interval) or (plain, place, None)
    if frequency == "YEARLY" and at > place:
        return _yearly(scan, at, interval=interval) or (plain, place, None)
    return plain, place, None


def _on_days(scan: Scan, place: int) -> Read | None:
    """`weekday`, `weekend`, `mon and thu`, `morning`."""
    word = scan.word(place)
    if word in WORKDAYS:
        return Rule(frequency="WEEKLY", weekdays=_WORKDAYS), place + 1, None
    if word in WEEKEND:
        return Rule(frequency="WEEKLY", weekdays=(5,)), place + 1, None
    if word in DAY_PARTS or word == "morgen":
        return Rule(frequency="DAILY"), place + 1, time(DAY_PARTS.get(word, 9))
    days, after = _weekdays(scan, place)
    return (Rule(frequency="WEEKLY", weekdays=days), after, None) if days else None


def _weekdays(scan: Scan, place: int) -> tuple[tuple[int, ...], int]:
    """All weekdays listed there, sorted, and the place behind them."""
    days: set[int] = set()
    after = at = place
    while True:
        parts = scan.word(at).split(",")
        if not all(part in LISTED_WEEKDAYS for part in parts):
            return tuple(sorted(days)), after
        days.update(LISTED_WEEKDAYS[part] for part in parts)
        after = at = at + 1
        while scan.word(at) in _AND:
            at += 1
        if at == after:
            return tuple(sorted(days)), after


def _ordinal(scan: Scan, place: int) -> Read | None:
    """`last friday`, `3rd tuesday of the month`, `15th`, `last day of the month`, `3rd of april`."""
    if scan.word(place) not in ORDINAL_WORDS and not _ORDINAL.fullmatch(scan.word(place)):
        return None
    return _yearly(scan, place, interval=1) or _in_month(scan, place, interval=1)


def _in_month(scan: Scan, place: int, *, interval: int) -> Read | None:
    number, at = _which(scan, place)
    if not number:
        return None
    word = scan.word(at)
    if word in ALL_WEEKDAYS and number <= 5:
        after = _of_month(scan, at + 1)[1]
        return (
            Rule(frequency="MONTHLY", interval=interval, weekdays=(ALL_WEEKDAYS[word],), nth=number),
            after,
            None,
        )
    if UNITS.get(word) == "day":
        at += 1
    elif scan.word(place) in ORDINAL_WORDS:
        return None  # "every last drop", "every first time"
    return Rule(frequency="MONTHLY", interval=interval, month_day=number), _of_month(scan, at)[1], None


def _which(scan: Scan, place: int) -> tuple[int, int]:
    """The ordinal there, 0 when there is none, and the place behind it."""
    word = scan.word(place)
    if word in ORDINAL_WORDS:
        return ORDINAL_WORDS[word], place + 1
    match = _ORDINAL.fullmatch(word)
    return (int(match[1]), place + 1) if match and 1 <= int(match[1]) <= 31 else (0, place)


def _of_month(scan: Scan, place: int) -> tuple[bool, int]:
    """Whether `of the month` stands there, and the place behind it."""
    if scan.word(place) == "of" and scan.word(scan.skip(place + 1, "the", "each", "every")) == "month":
        return True, scan.skip(place + 1, "the", "each", "every") + 1
    if scan.word(place) in {"im", "des"} and scan.word(place + 1) in {"monat", "monats"}:
        return True, place + 2
    return False, place


def _yearly(scan: Scan, place: int, *, interval: int) -> Read | None:
    """`3 april`, `april 3rd`, `24.12.`: a day of the year."""
    word = scan.word(place)
    found = read_month_day(scan, place) if word in MONTHS else _with_month(scan, place)
    if not found or not isinstance(found.meaning, Day):
        return None
    day = found.meaning.date
    return Rule(frequency="YEARLY", interval=interval, month=day.month, month_day=day.day), found.after, None


def _with_month(scan: Scan, place: int) -> Found | None:
    word = scan.word(place)
    named = scan.word(scan.skip(place + 1, "of")) in MONTHS
    return read_number_date(scan, place) if word[:1].isdecimal() and (named or word.count(".") == 2) else None


def _until(scan: Scan, place: int) -> tuple[date | None, int]:
    """`until 3 dec` behind a rule is its end."""
    if scan.word(place) not in {"until", "till", "bis"}:
        return None, place
    at = scan.skip(place + 1, "the", "zum", "am")
    word = scan.word(at)
    found: Found | None = None
    if word in MONTHS:
        found = read_month_day(scan, at)
    elif word in DAY_OFFSETS:
        found = read_relative_day(scan, at)
    elif word in ALL_WEEKDAYS:
        found = read_weekday(scan, at)
    elif word in NEXT:
        found = read_next(scan, at)
    elif word in COMING | THIS:
        found = read_this(scan, at)
    elif word == "in":
        found = read_in(scan, at)
    elif word[:1].isdecimal():
        found = read_number_date(scan, at)
    return (found.meaning.date, found.after) if found and isinstance(found.meaning, Day) else (None, place)
