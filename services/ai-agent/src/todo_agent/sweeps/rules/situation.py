"""What the rules look at: a snapshot, and which of its tasks a rule may still speak about."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cached_property

from todo_agent.backend.dto import Snapshot, Task
from todo_agent.sweeps.fingerprint import Spoken
from todo_agent.sweeps.rules.day_plan import DayPlan

SETTLED_AFTER = timedelta(hours=12)


class Situation:
    """One evaluation. A task that a card has taken is gone for the rules that follow."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._spoken = Spoken(snapshot.recent_fingerprints)
        self._taken = {task_id for card in snapshot.open_suggestions for task_id in card.task_ids}
        self._muted = {(mute.task_id, mute.rule) for mute in snapshot.muted_task_rules}

    @property
    def now(self) -> datetime:
        return self.snapshot.now

    @cached_property
    def today(self) -> date:
        """The date on the user's calendar."""
        return self.snapshot.local_now.date()

    @cached_property
    def truncated(self) -> bool:
        """Whether the user has more open tasks than the snapshot shows."""
        return self.snapshot.tasks_total > len(self.snapshot.tasks)

    def day_plan(self) -> DayPlan:
        """A fresh plan of the coming days, for one card to fill."""
        return DayPlan(self.snapshot)

    def available(self, rule: str) -> list[Task]:
        """Tasks without a card that `rule` may speak about and has not spoken about as they are now."""
        return [
            task
            for task in self.snapshot.tasks
            if task.id not in self._taken
            and (task.id, rule) not in self._muted
            and not self._spoken.knows(rule, task)
        ]

    def has_spoken(self, rule: str, tasks: Iterable[Task]) -> bool:
        """Whether the user has passed over a card of `rule` about one of these tasks as it is now."""
        return any(self._spoken.knows(rule, task) for task in tasks)

    def take(self, tasks: tuple[Task, ...]) -> None:
        """Keep the rules that follow from speaking about these tasks too."""
        self._taken.update(task.id for task in tasks)

    def waiting_since(self, rule: str) -> list[datetime]:
        """When each waiting card of this rule was made."""
        return [card.created_at for card in self.snapshot.open_suggestions if card.rule == rule]

    def is_overdue(self, task: Task) -> bool:
        return task.overdue_at is not None and task.overdue_at <= self.now

    def days_until_due(self, task: Task) -> int | None:
        """Calendar days from the user's today; None for a task without a date."""
        return None if task.due_date is None else (task.due_date - self.today).days

    def untouched(self, task: Task) -> timedelta:
        """How long nobody has changed the task."""
        return self.now - task.updated_at

    def is_settled(self, task: Task) -> bool:
        """Whether nobody has just made up their mind about the task, by an edit or by accepting a card."""
        return task.version == 1 or self.untouched(task) >= SETTLED_AFTER
