"""What quick add makes of a line of text."""

import re
from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

from todo_backend.quickadd.lexicon import ALL_WORDS
from todo_backend.quickadd.recurrence import Rule

Kind = Literal["date", "time", "moment", "recurrence", "priority", "project", "label"]

_PLAIN_NAME = re.compile(r"[^\W\d_][\w-]*")
_PLAIN_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Understood:
    """One part of the text that became more than a word of the title."""

    start: int
    """Where it begins in the text, in characters (code points)."""
    end: int
    """Where it ends; exclusive."""
    text: str
    """The part itself: `text[start:end]`."""
    kind: Kind
    value: str
    """For programs: `2026-11-27`, `17:00`, `2026-11-27T17:00`, `p1`, a name, or an RFC 5545 rule."""
    says: str
    """For people: how it was read, `Fri 27 Nov 2026`; with the reason where it could be read otherwise."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A task that does not exist yet. Two drafts are equal when they would make the same task."""

    title: str
    priority: str | None
    due_date: date | None
    due_time: time | None
    due_timezone: str | None
    """IANA name, only when the text names one; otherwise times are in the user's own zone."""
    project: str | None
    labels: tuple[str, ...]
    recurrence: str | None
    """RFC 5545 section 3.3.10 rule text; see `todo_backend.quickadd.recurrence.Rule`."""
    understood: tuple[Understood, ...] = field(compare=False)
    remarks: tuple[str, ...] = field(default=(), compare=False)
    """What the user should know about what was not understood, in sentences."""

    def as_text(self) -> str:
        """The same draft as quick-add text, with nothing left to interpretation: `parse` gives it back."""
        parts = [self.title if _is_plain(self.title) else _quote(self.title)] if self.title else []
        if self.due_date:
            parts.append(self.due_date.isoformat())
        if self.due_time:
            parts.append(self.due_time.strftime("%H:%M"))
        if self.due_timezone:
            parts.append(self.due_timezone)
        if self.recurrence:
            parts.append(Rule.from_text(self.recurrence).words())
        if self.priority:
            parts.append(self.priority)
        if self.project:
            parts.append("#" + _name(self.project))
        parts.extend("@" + _name(label) for label in self.labels)
        return " ".join(parts)


def _is_plain(title: str) -> bool:
    return all(_PLAIN_WORD.fullmatch(word) and word.lower() not in ALL_WORDS for word in title.split(" "))


def _name(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else _quote(name)


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
