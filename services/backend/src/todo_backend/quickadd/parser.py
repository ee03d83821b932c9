"""Quick add: a line of text becomes a draft of a task, with an account of how it was read.

Rules that hold everywhere:

- Of kinds that a task has once, the last one in the text counts: people add them at the end. Earlier ones
  stay in the title. Labels add up, to 20.
- Nothing is lost: each word is in the title or in the span of something understood.
- A title that would be empty is the whole text; what was understood still counts.
- What could be read in two ways says how it was read.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from todo_backend.quickadd import clock, dates, lexicon, marks, numeric_dates, repeats
from todo_backend.quickadd.days import short_date
from todo_backend.quickadd.draft import Draft, Understood
from todo_backend.quickadd.scan import Clock, Day, Found, Meaning, Moment, Name, Repeat, Scan
from todo_backend.quickadd.tokens import Token, tokenize

MAX_LABELS = 20
MAX_NAME = {"project": 100, "label": 60}

_DATED = {"date", "recurrence"}
_PUNCTUATION = " ,;:.!?()[]{}"

Reader = Callable[[Scan, int], Found | None]


def _readers() -> dict[str, tuple[Reader, ...]]:
    """Which readers try a word; the first to understand it wins."""
    readers: dict[str, list[Reader]] = {}
    for words, reader in (
        (lexicon.EVERY, repeats.read_every),
        (repeats.ADVERBS, repeats.read_adverb),
        (lexicon.ENGLISH_PLURAL_WEEKDAYS, repeats.read_plural_weekday),
        (lexicon.GERMAN_PLURAL_WEEKDAYS, repeats.read_plural_weekday),
        (lexicon.DAY_OFFSETS, dates.read_relative_day),
        (("day",), dates.read_day_after),
        (("tonight",), dates.read_tonight),
        (lexicon.ALL_WEEKDAYS, dates.read_weekday),
        (lexicon.NEXT, dates.read_next),
        (lexicon.THIS | lexicon.COMING, dates.read_this),
        (lexicon.WEEKEND, dates.read_weekend),
        (("in",), dates.read_in),
        (lexicon.NUMBERS, dates.read_from_now),
        (lexicon.ENDS, dates.read_short_end),
        (("end", "ende"), dates.read_end),
        (lexicon.MONTHS, numeric_dates.read_month_day),
        (("halb", "viertel"), clock.read_german_half),
        (("half", "quarter"), clock.read_half_past),
        ({*lexicon.DAY_PARTS, "morgen"}, _read_day_part),
        (marks.PRIORITIES, marks.read_priority),
    ):
        for word in words:
            readers.setdefault(word, []).append(reader)
    return {word: tuple(found) for word, found in readers.items()}


def _read_day_part(scan: Scan, place: int) -> Found | None:
    """`morgen` is the morning where it is not tomorrow."""
    if scan.word(place) != "morgen":
        return clock.read_day_part(scan, place)
    return Found(place, place + 1, Clock(time(9), "morning")) if scan.beside(place, (Day, Repeat)) else None


_READERS = _readers()
_DIGIT_READERS: tuple[Reader, ...] = (numeric_dates.read_number_date, clock.read_time, dates.read_from_now)
_NAME_READERS: tuple[Reader, ...] = (marks.read_name,)


def parse(
    text: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    ignore: frozenset[tuple[int, int]] = frozenset(),
    projects: Mapping[str, str] | None = None,
) -> Draft:
    """Read one line of quick-add text.

    `now` is aware; `zone` is the user's. `ignore` holds spans (start, end) of `text` in code points that are
    taken literally: the parts a user took back. `projects` are the names that exist by their lower case:
    other ones stay in the title and get a remark; None takes any. Pure, and raises nothing whatever the
    text is.
    """
    scan = Scan(tokenize(text, ignore), now.astimezone(zone), zone, projects=projects)
    _read(scan)
    parts = _winners(scan)
    day, at, timezone = _due(scan, parts)
    names = [part.meaning for part in parts if isinstance(part.meaning, Name)]
    repeat = next((part.meaning for part in parts if isinstance(part.meaning, Repeat)), None)
    spans = _spans(scan, text, parts)
    alone = _relative(day, scan.today) if not any(_kinds(part.meaning) & _DATED for part in parts) else ""
    return Draft(
        title=_title(text, scan.tokens, spans),
        priority=next((name.text for name in names if name.kind == "priority"), None),
        due_date=day,
        due_time=at,
        due_timezone=timezone,
        project=next((name.text for name in names if name.kind == "project"), None),
        labels=_labels(names),
        recurrence=repeat.rule.text() if repeat else None,
        understood=tuple(
            _understood(text, span, part.meaning, day=day, at=at, alone=alone)
            for span, part in zip(spans, parts, strict=True)
        ),
        remarks=tuple(
            f"There is no project “{name}”; the words stay in the title."
            for name in scan.unknown_projects[:3]
        ),
    )


def _read(scan: Scan) -> None:
    place, end = 0, len(scan.words)
    while place < end:
        word = scan.words[place]
        place = _read_one(scan, place, word) if word else place + 1


def _read_one(scan: Scan, place: int, word: str) -> int:
    readers = _READERS.get(word)
    if readers is None:
        if word[0] in "#@":
            readers = _NAME_READERS
        elif word[0].isdecimal():
            readers = _DIGIT_READERS
        else:
            return place + 1
    for reader in readers:
        found = reader(scan, place)
        if found and not (scan.found and found.first < scan.found[-1].after):
            scan.found.append(found)
            return found.after
    return place + 1


def _winners(scan: Scan) -> list[Found]:
    """The parts that count, in the order of the text: of single kinds the last."""
    taken: set[str] = set()
    labels: set[str] = set()
    chosen: list[Found] = []
    for found in reversed(scan.found):
        kinds = _kinds(found.meaning)
        if kinds == {"label"}:
            chosen.append(found)
        elif not kinds & taken:
            taken |= kinds
            chosen.append(found)
    chosen.reverse()
    kept: list[Found] = []
    for found in chosen:
        name = found.meaning
        if isinstance(name, Name) and len(name.text) > MAX_NAME.get(name.kind, 100):
            continue
        if isinstance(name, Name) and name.kind == "label":
            if len(labels | {name.text.casefold()}) > MAX_LABELS:
                continue
            labels.add(name.text.casefold())
        kept.append(_with_leads(scan, found, kept[-1].after if kept else 0))
    return kept


def _kinds(meaning: Meaning) -> set[str]:
    match meaning:
        case Day():
            return {"date"}
        case Clock():
            return {"time"}
        case Moment():
            return {"date", "time"}
        case Repeat():
            return {"recurrence"}
        case Name(kind=kind):
            return {kind}


def _with_leads(scan: Scan, found: Found, from_place: int) -> Found:
    first = found.first
    while first > from_place and scan.word(first - 1) in found.leads:
        first -= 1
    return found if first == found.first else found.at(first)


def _due(scan: Scan, parts: list[Found]) -> tuple[date | None, time | None, str | None]:
    """Date, time and zone of all parts together."""
    day = next((part.meaning for part in parts if isinstance(part.meaning, Day)), None)
    at = next((part.meaning for part in parts if isinstance(part.meaning, Clock)), None)
    repeat = next((part.meaning for part in parts if isinstance(part.meaning, Repeat)), None)
    moment = next((part.meaning for part in parts if isinstance(part.meaning, Moment)), None)
    if moment:
        return moment.at.date(), moment.at.time(), None
    clock_time = _clock_time(at, day) or (day.time if day else None) or (repeat.time if repeat else None)
    timezone = at.zone if at else None
    if day:
        return day.date, clock_time, timezone
    here = scan.now.astimezone(ZoneInfo(timezone)) if timezone else scan.now
    if repeat and repeat.rule.frequency == "HOURLY" and not clock_time:
        later = (here + timedelta(hours=repeat.rule.interval)).replace(second=0, microsecond=0)
        return later.date(), later.time(), None
    if not clock_time and not repeat:
        return None, None, None
    earliest = here.date()
    if clock_time and clock_time <= here.time():
        earliest += timedelta(1)
    return repeat.rule.first(earliest) if repeat else earliest, clock_time, timezone


def _clock_time(at: Clock | None, day: Day | None) -> time | None:
    """The time, in the evening when the day says so: "tonight at 8"."""
    if at is None:
        return None
    if day and day.evening and at.bare and 1 <= at.time.hour <= 11:
        return at.time.replace(hour=at.time.hour + 12)
    return at.time


def _labels(names: list[Name]) -> tuple[str, ...]:
    labels: dict[str, str] = {}
    for name in names:
        if name.kind == "label":
            labels.setdefault(name.text.casefold(), name.text)
    return tuple(labels.values())


def _spans(scan: Scan, text: str, parts: list[Found]) -> list[tuple[int, int]]:
    """Each part's place in the text, with the comma behind it and the brackets around it."""
    spans: list[tuple[int, int]] = []
    for index, part in enumerate(parts):
        first, after = part.first, part.after
        if scan.word(first - 1) in {"(", "["} and scan.word(after) in {")", "]"}:
            first, after = first - 1, after + 1
        start, end = scan.tokens[first].start, scan.tokens[after - 1].end
        limit = parts[index + 1].first if index + 1 < len(parts) else len(scan.tokens)
        while after < limit and scan.word(after) in {",", ";", ".", ":"} and scan.tokens[after].start == end:
            end, after = scan.tokens[after].end, after + 1
        spans.append((start, end))
    return spans


def _title(text: str, tokens: list[Token], spans: list[tuple[int, int]]) -> str:
    """What is left of the text, quotes dropped; the whole text when nothing is."""
    cuts: list[tuple[int, int, str | None]] = [(start, end, None) for start, end in spans]
    cuts += [(token.start, token.end, token.quoted) for token in tokens if token.quoted is not None]
    title, place, gap = "", 0, False
    for start, end, instead in [*sorted(cuts, key=lambda cut: cut[0]), (len(text), len(text), "")]:
        for piece in (text[place:start], instead or ""):
            if not gap:
                title += piece
            elif piece.strip():
                title, gap = _over_gap(title, piece.lstrip()), False
        place, gap = end, gap or instead is None
    title = " ".join(title.split())
    quoted = any(token.quoted and token.quoted.strip() for token in tokens)
    if quoted or any(character not in _PUNCTUATION for character in title):
        return title
    return " ".join(text.split())


def _over_gap(title: str, following: str) -> str:
    """Both sides of a part that was taken out; punctuation moves up."""
    return title.rstrip() + ("" if following[0] in ")]},;:.!?" else " ") + following


def _relative(day: date | None, today: date) -> str:
    """The day that a time got, because none was named."""
    if day is None:
        return ""
    return {0: "today", 1: "tomorrow"}.get((day - today).days, "") + f", {short_date(day)}"


def _understood(
    text: str, span: tuple[int, int], meaning: Meaning, *, day: date | None, at: time | None, alone: str
) -> Understood:
    """`alone` is the day in words, for a time without one."""
    start, end = span
    part = text[start:end]
    match meaning:
        case Day():
            says = short_date(meaning.date) + (f", {at:%H:%M}" if meaning.time and at == meaning.time else "")
            return Understood(start, end, part, "date", meaning.date.isoformat(), _noted(says, meaning.note))
        case Clock():
            shown = at or meaning.time
            note = "" if shown != meaning.time else meaning.note
            says = (
                f"{shown:%H:%M}"
                + (f" {meaning.zone}" if meaning.zone else "")
                + (f" {alone}" if alone else "")
            )
            return Understood(start, end, part, "time", f"{shown:%H:%M}", _noted(says, note))
        case Moment():
            says = f"{short_date(meaning.at.date())}, {meaning.at:%H:%M}"
            return Understood(start, end, part, "moment", f"{meaning.at:%Y-%m-%dT%H:%M}", says)
        case Repeat():
            return Understood(
                start, end, part, "recurrence", meaning.rule.text(), meaning.rule.says(day or date.max)
            )
        case Name(kind="priority"):
            return Understood(start, end, part, "priority", meaning.text, f"priority {meaning.text[1]}")
        case Name(kind=kind):
            return Understood(start, end, part, kind, meaning.text, f"{kind} {meaning.text}")  # type: ignore[arg-type]  # project or label


def _noted(says: str, note: str) -> str:
    return f"{says} ({note})" if note else says
