"""What the readers of dates, times and rules share: the words of one text and the moment it was written."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from todo_backend.quickadd.recurrence import Rule
from todo_backend.quickadd.tokens import Token

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Day:
    """A date, and perhaps the time that comes with the word: "tonight"."""

    date: dt.date
    note: str = ""
    """Why this date, where it is not plain."""
    time: dt.time | None = None
    evening: bool = False
    """A bare hour beside it is in the second half of the day: "tonight at 8"."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day."""

    time: dt.time
    note: str = ""
    zone: str | None = None
    bare: bool = False
    """An hour without am, pm or minutes, which a word like "tonight" may move to the evening."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Date and time at once: "in 2 hours"."""

    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Name:
    """A priority, project or label."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """A rule, and perhaps the time that comes with the word: "every morning"."""

    rule: Rule
    time: dt.time | None = None


Meaning = Day | Clock | Moment | Name | Repeat


@dataclass(frozen=True, slots=True)
class Found:
    """The tokens `first` up to, not including, `after` mean something."""

    first: int
    after: int
    meaning: Meaning
    leads: frozenset[str] = NOTHING
    """Words that belong to the match when they stand directly before it."""

    def of(self, meaning: Meaning) -> "Found":
        """The same place with another meaning."""
        return replace(self, meaning=meaning)

    def at(self, first: int) -> "Found":
        """The same match, begun earlier."""
        return replace(self, first=first)

    def until(self, after: int) -> "Found":
        """The same match, ended elsewhere."""
        return replace(self, after=after)


@dataclass(slots=True)
class Scan:
    """One reading of one text. Beyond its ends stand empty words, which match nothing."""

    tokens: list[Token]
    now: dt.datetime
    """In the user's zone."""
    zone: ZoneInfo
    words: list[str] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    projects: Mapping[str, str] | None = None
    """Names that exist by their lower case; None takes any name."""
    unknown_projects: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.words = [token.word for token in self.tokens]

    @property
    def today(self) -> dt.date:
        """The day on the user's calendar."""
        return self.now.date()

    def word(self, place: int) -> str:
        """The word there in lower case, or ""."""
        return self.words[place] if 0 <= place < len(self.words) else ""

    def skip(self, place: int, *words: str) -> int:
        """The place after the word there when it is one of these, else the place itself."""
        return place + 1 if self.word(place) in words else place

    def beside(self, place: int, kind: type | tuple[type, ...]) -> bool:
        """Whether the last thing found ends right before `place`, commas aside, and is of that kind."""
        if not self.found:
            return False
        last = self.found[-1]
        return isinstance(last.meaning, kind) and (
            last.after == place or (last.after == place - 1 and self.word(place - 1) == ",")
        )

    def ends(self, place: int) -> bool:
        """Whether no word follows, only punctuation."""
        return all(word in {".", "!", "?", ")", "]", "}"} for word in self.words[place:]) and all(
            token.quoted is None for token in self.tokens[place:]
        )
