"""Where a task fits: the load of the coming days, the user's habit, and how much a day takes."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from todo_agent.backend.dto import Snapshot, Task

HORIZON_DAYS = 28
"""As far as the snapshot's load reaches."""

DEFAULT_CAPACITY = 6
MIN_CAPACITY = 3
_HABIT_DAYS = 60
_ENOUGH_COMPLETIONS = 20
_RARE_SHARE = 0.04  # of all completions; an even week would give each day 0.14

_LATEST_HOUR_FOR_TODAY = 16
_NEEDED_NOTICE = timedelta(hours=1)

Why = Literal["free", "lightest", "first_room", "room", "least_full"]


@dataclass(frozen=True)
class Placement:
    """A day for a task, how many tasks it had before, and what speaks for it."""

    day: date
    others: int
    why: Why
    is_best_weekday: bool


class DayPlan:
    """The user's next four weeks. Placing a task adds to the load that the next one sees."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._local_now = snapshot.local_now
        self._today = self._local_now.date()
        self._load = dict(snapshot.load)
        self._per_weekday = snapshot.completions.per_weekday
        self._completed = sum(self._per_weekday)

    def load(self, day: date) -> int:
        return self._load.get(day, 0)

    def capacity(self, day: date) -> int:
        """How many tasks the user usually finishes on that weekday; 6 until there is enough history."""
        if self._completed < _ENOUGH_COMPLETIONS:
            return DEFAULT_CAPACITY
        usual = self._per_weekday[day.weekday()] / (_HABIT_DAYS / 7)
        return max(MIN_CAPACITY, math.ceil(usual))

    @property
    def knows_habit(self) -> bool:
        return self._completed >= _ENOUGH_COMPLETIONS

    def place(self, task: Task, *, not_before: int = 0) -> Placement | None:
        """Pick a day by the task's priority and count the task there; None when no day is possible.

        p1 and p2 get the first day with room, from today if enough of it is left. p3 gets the lightest of the
        coming seven days, p4 the lightest of the seven after tomorrow. `not_before` is in days from today.
        """
        possible = [day for day in self._days(not_before, HORIZON_DAYS) if self._is_possible(task, day)]
        if not possible:
            return None
        placement = self._choose(task, possible)
        self._load[placement.day] = placement.others + 1
        return placement

    def _choose(self, task: Task, possible: list[date]) -> Placement:
        liked = [day for day in possible if not self._is_rare(day)] or possible
        urgent = task.priority in ("p1", "p2")
        first = self._today + timedelta(days=0 if urgent else 1 if task.priority == "p3" else 2)
        window = [day for day in liked if first <= day < first + timedelta(days=7)]
        with_room = [day for day in window if self._has_room(day)]
        later = [day for day in liked if day >= first and self._has_room(day)]
        if with_room:
            day = with_room[0] if urgent else min(with_room, key=self._weight)
        elif later:
            day = later[0]
        else:
            day = min(window or liked, key=self._weight)
        return self._placement(day, possible)

    def _placement(self, day: date, possible: list[date]) -> Placement:
        return Placement(day, self.load(day), self._why(day, possible), self._is_best_weekday(day))

    def _is_best_weekday(self, day: date) -> bool:
        most, second = sorted(self._per_weekday, reverse=True)[:2]
        return self.knows_habit and self._per_weekday[day.weekday()] == most > second

    def _why(self, day: date, possible: list[date]) -> Why:
        """The strongest thing that can truly be said for the day, whatever led to it."""
        coming_week = [other for other in possible if other <= max(day, self._today + timedelta(days=7))]
        if self.load(day) == 0:
            return "free"
        if not self._has_room(day):
            return "least_full"
        if all(self.load(other) > self.load(day) for other in coming_week if other != day):
            return "lightest"
        if not any(self._has_room(other) for other in possible if other < day):
            return "first_room"
        return "room"

    def _weight(self, day: date) -> tuple[int, int, date]:
        """Lightest first, then the weekday on which more gets done, then the earliest."""
        habit = self._per_weekday[day.weekday()] if self.knows_habit else 0
        return self.load(day), -habit, day

    def _has_room(self, day: date) -> bool:
        return self.load(day) < self.capacity(day)

    def _is_rare(self, day: date) -> bool:
        return self.knows_habit and self._per_weekday[day.weekday()] < _RARE_SHARE * self._completed

    def _days(self, first: int, last: int) -> Iterable[date]:
        return (self._today + timedelta(days=offset) for offset in range(first, last))

    def _is_possible(self, task: Task, day: date) -> bool:
        """A change, and one that leaves the user enough of the day."""
        if day == task.due_date:
            return False
        zone = ZoneInfo(task.due_timezone) if task.due_timezone else self._snapshot.zone
        if task.due_time is not None:
            due = datetime.combine(day, task.due_time.replace(tzinfo=None), tzinfo=zone)
            return due >= self._snapshot.now + _NEEDED_NOTICE
        latest = datetime.combine(day, time(_LATEST_HOUR_FOR_TODAY), tzinfo=zone)
        return self._snapshot.now < latest
