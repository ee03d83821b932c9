"""What holds for every text that anybody could type."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from todo_backend.quickadd.draft import Draft
from todo_backend.quickadd.lexicon import ALL_WORDS
from todo_backend.quickadd.parser import parse
from todo_backend.quickadd.recurrence import Rule

_ZONES = st.sampled_from(
    [
        "Europe/Berlin",
        "America/New_York",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "Australia/Lord_Howe",
        "UTC",
    ]
).map(ZoneInfo)
_NOWS = st.integers(0, 100 * 366 * 86400).map(
    lambda seconds: datetime(1999, 1, 1, tzinfo=UTC) + timedelta(0, seconds)
)
_SIGNS = (
    '"" " “x” „y“ ! ? , ; . : ( ) [ ] every! ev! 24.12. 24.12.26 3/4 3/4/27 2026-12-24 31.2. 29.2. 17:30 5pm'
)
_MORE = '9 am 12 3rd 15th 1. 15. p1 p4 P2 #home #"Two words" #42 @bills @"a b" bob@example.com İ ß ﬁ 2027 5'
_PIECES = [
    *sorted(ALL_WORDS),
    *_SIGNS.split(),
    *_MORE.split(),
    "milk",
    "Bob",
    "#home,",
    "Europe/Berlin",
    "UTC",
    "every",
]
_PHRASES = st.lists(st.sampled_from(_PIECES), max_size=14).map(" ".join)
_TEXTS = _PHRASES | st.text(max_size=60) | st.lists(_PHRASES | st.text(max_size=8), max_size=4).map("".join)
_QUOTES = str.maketrans("", "", '"“”„')


def _letters(text: str) -> str:
    return "".join(text.split()).translate(_QUOTES)


def _outside(text: str, draft: Draft) -> str:
    kept, place = "", 0
    for part in draft.understood:
        kept += text[place : part.start] + " "
        place = part.end
    return kept + text[place:]


@settings(max_examples=600, deadline=None)
@given(text=_TEXTS, now=_NOWS, zone=_ZONES)
@example(text='""', now=datetime(2026, 11, 21, tzinfo=UTC), zone=ZoneInfo("UTC"))
@example(text="every year on 29 feb", now=datetime(2026, 11, 21, tzinfo=UTC), zone=ZoneInfo("UTC"))
def test_spans_lie_in_the_text_and_no_word_is_lost(text: str, now: datetime, zone: ZoneInfo) -> None:
    draft = parse(text, now=now, zone=zone)

    end = 0
    for part in draft.understood:
        assert end <= part.start < part.end <= len(text)
        assert part.text == text[part.start : part.end]
        assert part.says
        end = part.end
    assert _letters(draft.title) in {_letters(_outside(text, draft)), _letters(text)}
    assert bool(draft.title) == bool(text.strip())


@settings(max_examples=600, deadline=None)
@given(text=_TEXTS, now=_NOWS, zone=_ZONES)
def test_a_draft_as_text_is_the_same_draft(text: str, now: datetime, zone: ZoneInfo) -> None:
    draft = parse(text, now=now, zone=zone)

    assert parse(draft.as_text(), now=now, zone=zone) == draft
    assert parse(draft.as_text(), now=now + timedelta(days=400), zone=ZoneInfo("Asia/Tokyo")) == draft


@settings(max_examples=300, deadline=None)
@given(text=_TEXTS, now=_NOWS, zone=_ZONES)
def test_what_is_taken_back_is_a_word_again(text: str, now: datetime, zone: ZoneInfo) -> None:
    draft = parse(text, now=now, zone=zone)
    for part in draft.understood:
        again = parse(text, now=now, zone=zone, ignore=frozenset([(part.start, part.end)]))
        assert all(other.end <= part.start or part.end <= other.start for other in again.understood)
    everything = parse(text, now=now, zone=zone, ignore=frozenset([(0, len(text))]))
    assert not everything.understood
    assert (everything.due_date, everything.labels, everything.project) == (None, (), None)


@settings(max_examples=300, deadline=None)
@given(text=_TEXTS, now=_NOWS, zone=_ZONES)
def test_rules_read_back_and_times_have_dates(text: str, now: datetime, zone: ZoneInfo) -> None:
    draft = parse(text, now=now, zone=zone)

    if draft.recurrence:
        assert Rule.from_text(draft.recurrence).text() == draft.recurrence
        assert len(draft.recurrence) <= 200
        assert draft.due_date
    if draft.due_time or draft.due_timezone:
        assert draft.due_date
    if draft.due_date:
        assert draft.due_date.year >= 1970
