"""Times of day: 5pm, 17:30, at 9, um 9 Uhr, 17 Uhr 30, noon, tomorrow morning, heute Abend."""

import re
from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from todo_backend.quickadd.lexicon import ALL_WEEKDAYS, DAY_PARTS, FIXED_DAY_PARTS, NUMBERS, TIME_LEADS
from todo_backend.quickadd.scan import Clock, Day, Found, Repeat, Scan

_TIME = re.compile(r"([0-9]{1,2})(?:([:.])([0-9]{2}))?(am|pm|a\.m|p\.m|a\.m\.|p\.m\.|h)?\.?")
_MERIDIEM = {"am": "am", "a.m": "am", "pm": "pm", "p.m": "pm"}
_BARE_LEADS = frozenset(("at", "um", "gegen", "@"))
_IN = frozenset(("in", "am", "at", "im"))
_LATE = frozenset(["afternoon", "evening", "night", "nachmittag", "nachmittags", "abend", "abends", "nacht"])
_ZONE = re.compile(r"[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_+-]+){1,2}|UTC|GMT")
_AFTER_GERMAN_AM = frozenset(("morgen", "abend", "mittag", "nachmittag", "vormittag", "wochenende"))


def read_time(scan: Scan, place: int) -> Found | None:
    """A time that begins with a digit, with the part of the day that follows: `8 in the evening`."""
    read = _clock(scan, place)
    return (
        _with_zone(scan, _with_part_behind(scan, Found(place, read[1], read[0], TIME_LEADS)))
        if read
        else None
    )


def read_german_half(scan: Scan, place: int) -> Found | None:
    """`halb 6`, `viertel nach 5`, `viertel vor 5`."""
    word, shift, at = scan.word(place), -30, place + 1
    if word == "viertel":
        if scan.word(at) not in {"nach", "vor"}:
            return None
        shift, at = (15 if scan.word(at) == "nach" else -15), at + 1
    return _shifted(scan, place, at, shift=shift)


def read_half_past(scan: Scan, place: int) -> Found | None:
    """`half past 5`, `quarter to 5`, `quarter past 5`."""
    word, link = scan.word(place), scan.word(place + 1)
    if link not in {"past", "to"} or (word == "half" and link == "to"):
        return None
    minutes = 30 if word == "half" else 15
    return _shifted(scan, place, place + 2, shift=minutes if link == "past" else -minutes)


def _shifted(scan: Scan, first: int, at: int, *, shift: int) -> Found | None:
    word = scan.word(at)
    hour = int(word) if word.isdecimal() and len(word) <= 2 else NUMBERS.get(word, 99)
    if word in {"a", "an"} or hour > 23:
        return None
    minutes = (hour * 60 + shift) % 1440
    clock = Clock(time(minutes // 60, minutes % 60), bare=True)
    after = scan.skip(at + 1, "uhr")
    return _with_zone(scan, _with_part_behind(scan, Found(first, after, clock, TIME_LEADS)))


def read_day_part(scan: Scan, place: int) -> Found | None:
    """`noon`, `in the morning`, and `morning` or `Abend` beside a day; else they are words."""
    word, first = scan.word(place), place
    if scan.word(first - 1) in {"the", "der"}:
        first -= 1
    introduced = scan.word(first - 1) in _IN and (first < place or scan.word(first - 1) in {"am", "at", "im"})
    if introduced:
        first -= 1
    beside = scan.beside(first, (Day, Repeat)) or scan.beside(place, (Day, Repeat))
    led = word in FIXED_DAY_PARTS and scan.word(place - 1) in TIME_LEADS
    alone = word in FIXED_DAY_PARTS and scan.ends(place + 1)
    adverb = word in {"morgens", "abends", "nachts", "vormittags", "nachmittags"} and scan.ends(place + 1)
    if not (beside or introduced or led or alone or adverb):
        return None
    if not introduced:
        first = place
    part = Clock(time(DAY_PARTS[word]), _part_note(word))
    return _with_clock_behind(scan, Found(first, place + 1, part, TIME_LEADS), word)


def _part_note(word: str) -> str:
    if word in FIXED_DAY_PARTS:
        return "the start of the day" if DAY_PARTS[word] == 0 else ""
    return f"taken for {word}"


def _with_clock_behind(scan: Scan, found: Found, part: str) -> Found:
    """`tomorrow evening at 8`: the clock says it more exactly than the part of the day."""
    at = scan.skip(found.after, "at", "um", "gegen", "@")
    read = _clock(scan, at)
    if not read:
        return found
    clock, after = read
    return _with_zone(scan, found.of(_moved(clock, part)).until(after))


def _with_part_behind(scan: Scan, found: Found) -> Found:
    """`8 in the evening`, `8 Uhr abends`, `um 9 am Abend`."""
    at = found.after
    if scan.word(at) == "in" and scan.word(at + 1) in {"the", "der"}:
        at += 2
    elif scan.word(at) in {"at", "am"}:
        at += 1
    part = scan.word(at)
    if part not in DAY_PARTS or part in FIXED_DAY_PARTS or not isinstance(found.meaning, Clock):
        return found
    return found.of(_moved(found.meaning, part)).until(at + 1)


def _moved(clock: Clock, part: str) -> Clock:
    """The bare hour in the half of the day that the part names."""
    if clock.bare and part in _LATE and 1 <= _plain_hour(clock) <= 11:
        return Clock(clock.time.replace(hour=_plain_hour(clock) + 12), part)
    if clock.bare and part not in _LATE and clock.note:
        return Clock(clock.time.replace(hour=_plain_hour(clock)), part)
    return clock


def _plain_hour(clock: Clock) -> int:
    """The hour as it was written, before it was taken for the afternoon."""
    return clock.time.hour - 12 if clock.note else clock.time.hour


def _clock(scan: Scan, place: int) -> tuple[Clock, int] | None:
    """The time that begins there and the place behind it."""
    match = _TIME.fullmatch(scan.word(place))
    if not match:
        return None
    hour, dot, minute, suffix = int(match[1]), match[2], int(match[3] or 0), match[4]
    after = place + 1
    meridiem = "am" if suffix and suffix[0] == "a" else "pm" if suffix and suffix[0] == "p" else None
    german = suffix == "h"
    led = scan.word(place - 1) in _BARE_LEADS
    if suffix is None:
        meridiem = _meridiem_behind(scan, after)
        if meridiem:
            after += 1
            after = scan.skip(after, ".") if scan.tokens[after - 1].word in {"a.m", "p.m"} else after
        elif scan.word(after) == "uhr":
            german, after = True, after + 1
            if match[3] is None and _minutes(scan, after) is not None:
                minute, after = _minutes(scan, after) or 0, after + 1
        elif scan.word(after) == "o'clock":
            led, after = True, after + 1
        elif match[3] is None and not led:
            return None
    if dot == "." and not (meridiem or german or led):
        return None  # "17.30" alone is as well a price
    return _made(
        hour,
        minute,
        meridiem,
        after,
        bare=match[3] is None and not german,
        english=scan.word(place - 1) != "um",
    )


def _made(
    hour: int, minute: int, meridiem: str | None, after: int, *, bare: bool, english: bool
) -> tuple[Clock, int] | None:
    if meridiem:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if meridiem == "pm" else 0)
        bare = False
    if hour > 23 or minute > 59:
        return None
    if bare and english and 1 <= hour <= 6:
        return Clock(time(hour + 12, minute), f"{hour} read as the afternoon", bare=True), after
    return Clock(time(hour, minute), bare=meridiem is None and hour <= 12), after


def _meridiem_behind(scan: Scan, place: int) -> str | None:
    """`5 pm`; but the `am` of "9 am Montag" and "8 am Abend" is German."""
    word = scan.word(place)
    behind = scan.word(place + 1)
    if word == "am" and (
        behind in _AFTER_GERMAN_AM or (behind in ALL_WEEKDAYS and not behind.endswith("day"))
    ):
        return None
    return _MERIDIEM.get(word)


def _minutes(scan: Scan, place: int) -> int | None:
    word = scan.word(place).rstrip(".")
    return int(word) if len(word) == 2 and word.isdecimal() and word.isascii() and int(word) < 60 else None


def _with_zone(scan: Scan, found: Found) -> Found:
    """`17:00 Europe/Berlin`, `17:00 UTC`."""
    if not scan.word(found.after) or not isinstance(found.meaning, Clock):
        return found
    name = scan.tokens[found.after].raw
    if not _ZONE.fullmatch(name):
        return found
    try:
        zone = ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return found
    clock = found.meaning
    return found.of(Clock(clock.time, clock.note, zone, bare=clock.bare)).until(found.after + 1)
