"""Overdue tasks get a new date: one task a day that suits it, several one card that spreads them."""

from datetime import timedelta

from todo_agent.backend.dto import MAX_CHANGES, Task
from todo_agent.sweeps import wording
from todo_agent.sweeps.rules.candidate import Candidate, new_date
from todo_agent.sweeps.rules.day_plan import Placement
from todo_agent.sweeps.rules.let_go import is_long_overdue
from todo_agent.sweeps.rules.situation import Situation

RULE = "overdue"
MAX_OPEN_CARDS = 2

_POSTING_TAKES = timedelta(seconds=30)
"""A task that became overdue this long before a card was made may have missed its snapshot."""


def propose(situation: Situation) -> Candidate | None:
    """One card for every overdue task that no card has been made for yet."""
    plan = situation.day_plan()
    placed = [
        (task, placement)
        for task in _most_important_first(_waiting(situation))[:MAX_CHANGES]
        if (placement := plan.place(task)) is not None
    ]
    if not placed:
        return None
    return _move_one(situation, *placed[0]) if len(placed) == 1 else _spread(situation, placed)


def _waiting(situation: Situation) -> list[Task]:
    """Overdue tasks to speak about. While a card waits for the user, only those that are newer than it."""
    tasks = [
        task
        for task in situation.available(RULE)
        if task.due_date is not None and situation.is_overdue(task) and not is_long_overdue(situation, task)
    ]
    cards = situation.waiting_since(RULE)
    if not cards:
        return tasks
    if len(cards) >= MAX_OPEN_CARDS:
        return []
    since = max(cards) - _POSTING_TAKES
    return [task for task in tasks if task.updated_at > since or (task.overdue_at or task.updated_at) > since]


def _most_important_first(tasks: list[Task]) -> list[Task]:
    return sorted(tasks, key=lambda task: (task.priority, task.overdue_at or task.updated_at, task.id))


def _move_one(situation: Situation, task: Task, placement: Placement) -> Candidate:
    assert task.due_date is not None  # noqa: S101  # for the type checker: _waiting keeps dated tasks only
    return Candidate(
        rule=RULE,
        title=wording.move_one_title(task, placement.day, situation.today),
        reason=wording.move_one_reason(task, placement, situation.today),
        tasks=(task,),
        changes=(new_date(task, placement.day),),
        counts={
            "days_overdue": (situation.today - task.due_date).days,
            "other_tasks_that_day": placement.others,
        },
        dates={"was_due": task.due_date, "proposed": placement.day},
    )


def _spread(situation: Situation, placed: list[tuple[Task, Placement]]) -> Candidate:
    days = sorted(placement.day for _, placement in placed)
    oldest = min(task.due_date for task, _ in placed if task.due_date is not None)
    return Candidate(
        rule=RULE,
        title=wording.spread_title(len(placed)),
        reason=wording.spread_reason(
            len(placed), [placement for _, placement in placed], oldest=oldest, today=situation.today
        ),
        tasks=tuple(task for task, _ in placed),
        changes=tuple(new_date(task, placement.day) for task, placement in placed),
        counts={"overdue": len(placed), "days_used": len(set(days))},
        dates={"oldest_was_due": oldest, "first_proposed": days[0], "last_proposed": days[-1]},
    )
