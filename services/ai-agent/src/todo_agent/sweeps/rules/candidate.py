"""What a rule hands over: a card before the limits have been asked."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from todo_agent.backend.dto import Change, ChangeField, Priority, SuggestionDraft, Task
from todo_agent.sweeps.fingerprint import fingerprint


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A card about `tasks`. `evidence` holds `task_ids`, `counts` and `dates`, facts only."""

    rule: str
    title: str
    reason: str
    tasks: tuple[Task, ...]
    changes: tuple[Change, ...]
    counts: dict[str, int]
    dates: dict[str, date]

    def draft(self) -> SuggestionDraft:
        """The card in the form that the backend takes."""
        evidence: dict[str, Any] = {
            "task_ids": [task.id for task in self.tasks],
            "counts": self.counts,
            "dates": {name: day.isoformat() for name, day in self.dates.items()},
        }
        return SuggestionDraft(
            rule=self.rule,
            title=self.title,
            reason=self.reason,
            evidence=evidence,
            changes=self.changes,
            fingerprint=fingerprint(self.rule, self.tasks),
        )


def new_date(task: Task, day: date) -> Change:
    """Move the task to `day`; its time, if it has one, stays."""
    before = None if task.due_date is None else task.due_date.isoformat()
    return _change(task, "due_date", before, day.isoformat())


def new_priority(task: Task, priority: Priority) -> Change:
    return _change(task, "priority", task.priority, priority)


def no_date(task: Task) -> tuple[Change, ...]:
    """Clear the date, and with it the time and its zone, each named as a change of its own."""
    before: dict[ChangeField, str | None] = {
        "due_date": None if task.due_date is None else task.due_date.isoformat(),
        "due_time": None if task.due_time is None else task.due_time.isoformat(),
        "due_timezone": task.due_timezone,
    }
    return tuple(_change(task, field, value, None) for field, value in before.items() if value is not None)


def _change(task: Task, field: ChangeField, before: str | None, after: str | None) -> Change:
    return Change(task_id=task.id, field=field, from_=before, to=after, task_version=task.version)
