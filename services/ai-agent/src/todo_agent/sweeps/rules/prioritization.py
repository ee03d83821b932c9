"""Priorities that no longer say what comes first. Overdue tasks are left to the overdue agent.

No rule here speaks while an earlier card of the same rule waits for the user.
"""

from datetime import date, timedelta

from todo_agent.backend.dto import MAX_CHANGES, Priority, Task
from todo_agent.sweeps import wording
from todo_agent.sweeps.rules.candidate import Candidate, new_date, new_priority
from todo_agent.sweeps.rules.situation import Situation

DUE_SOON = "due_soon"
SOON_DAYS = 2
MAX_RAISED = 5
RAISED: Priority = "p2"

TOO_MANY_URGENT = "too_many_urgent"
MANY_URGENT = 5
URGENT_SHARE = 0.8
KEPT_URGENT = 3

STALE_URGENT = "stale_urgent"
STALE_AFTER = timedelta(days=14)
LOWER_AFTER = timedelta(days=42)

JUST_CREATED = timedelta(seconds=20)
"""Somebody who has just added a task may be adding more, and one card for all of them is calmer."""


def raise_due_soon(situation: Situation) -> Candidate | None:
    """Tasks due within two days that are still p3 or p4, the soonest five.

    Silent as long as one of them is there that the user has been asked about before and left as it is.
    """
    low = [task for task in situation.snapshot.tasks if _is_low_but_soon(situation, task)]
    if situation.waiting_since(DUE_SOON) or situation.has_spoken(DUE_SOON, low):
        return None
    soon = [task for task in situation.available(DUE_SOON) if _is_low_but_soon(situation, task)]
    if not soon or any(is_just_created(situation, task) for task in soon):
        return None
    tasks = sorted(soon, key=lambda task: (str(task.due_date), task.priority, task.id))[:MAX_RAISED]
    last = max(task.due_date for task in tasks if task.due_date is not None)
    count = len(tasks)
    return Candidate(
        rule=DUE_SOON,
        title=wording.raise_one_title(tasks[0], RAISED) if count == 1 else wording.raise_many_title(count),
        reason=wording.raise_reason(count, last=last, lowest=tasks[0].priority, today=situation.today),
        tasks=tuple(tasks),
        changes=tuple(new_priority(task, RAISED) for task in tasks),
        counts={"due_soon": count},
        dates={"due_by": last},
    )


def is_just_created(situation: Situation, task: Task) -> bool:
    return situation.now - task.created_at < JUST_CREATED


def _is_low_but_soon(situation: Situation, task: Task) -> bool:
    days = situation.days_until_due(task)
    return (
        task.priority in ("p3", "p4")
        and days is not None
        and 0 <= days <= SOON_DAYS
        and not situation.is_overdue(task)
        and situation.is_settled(task)
    )


def lower_some_urgent(situation: Situation) -> Candidate | None:
    """When nearly everything is p1: keep what is due within two days, at least three, and lower the rest."""
    every = situation.snapshot.tasks
    urgent = [task for task in every if task.priority == "p1"]
    if situation.truncated or len(urgent) < MANY_URGENT or len(urgent) < URGENT_SHARE * len(every):
        return None
    if situation.waiting_since(TOO_MANY_URGENT):
        return None
    kept = {task.id for task in _soonest_first(urgent)[:KEPT_URGENT]}
    tasks = tuple(
        task
        for task in _soonest_first(situation.available(TOO_MANY_URGENT))
        if task.priority == "p1" and task.id not in kept and _can_wait(situation, task)
    )[:MAX_CHANGES]
    if not tasks:
        return None
    return Candidate(
        rule=TOO_MANY_URGENT,
        title=wording.lower_urgent_title(len(tasks), len(urgent)),
        reason=wording.lower_urgent_reason(len(tasks), urgent=len(urgent), open_tasks=len(every)),
        tasks=tasks,
        changes=tuple(new_priority(task, "p2") for task in tasks),
        counts={"p1": len(urgent), "open": len(every), "to_lower": len(tasks)},
        dates={},
    )


def _soonest_first(tasks: list[Task]) -> list[Task]:
    return sorted(tasks, key=lambda task: (task.due_date or date.max, task.created_at, task.id))


def _can_wait(situation: Situation, task: Task) -> bool:
    days = situation.days_until_due(task)
    due_later = days is None or days > SOON_DAYS
    return due_later and not situation.is_overdue(task) and situation.is_settled(task)


def wake_stale_urgent(situation: Situation) -> Candidate | None:
    """The p1 without a date that has been untouched longest: a date after two weeks, p2 after six."""
    if situation.waiting_since(STALE_URGENT):
        return None
    stale = [task for task in situation.available(STALE_URGENT) if is_stale_urgent(situation, task)]
    if not stale:
        return None
    task = min(stale, key=lambda task: (task.updated_at, task.id))
    return _lower_stale(situation, task) if _is_given_up(situation, task) else _plan_stale(situation, task)


def is_stale_urgent(situation: Situation, task: Task) -> bool:
    return task.priority == "p1" and task.due_date is None and situation.untouched(task) >= STALE_AFTER


def _is_given_up(situation: Situation, task: Task) -> bool:
    return situation.untouched(task) >= LOWER_AFTER


def _plan_stale(situation: Situation, task: Task) -> Candidate | None:
    placement = situation.day_plan().place(task)
    if placement is None:
        return None
    because = wording.placement_reason(placement, situation.today)
    return Candidate(
        rule=STALE_URGENT,
        title=wording.schedule_title(task, placement.day, situation.today),
        reason=f"{wording.stale_reason(_unchanged_since(situation, task), situation.today)} {because}",
        tasks=(task,),
        changes=(new_date(task, placement.day),),
        counts={"days_unchanged": situation.untouched(task).days, "other_tasks_that_day": placement.others},
        dates={"unchanged_since": _unchanged_since(situation, task), "proposed": placement.day},
    )


def _lower_stale(situation: Situation, task: Task) -> Candidate:
    since = _unchanged_since(situation, task)
    return Candidate(
        rule=STALE_URGENT,
        title=wording.lower_one_title(task, "p2"),
        reason=wording.stale_reason(since, situation.today),
        tasks=(task,),
        changes=(new_priority(task, "p2"),),
        counts={"days_unchanged": situation.untouched(task).days},
        dates={"unchanged_since": since},
    )


def _unchanged_since(situation: Situation, task: Task) -> date:
    return task.updated_at.astimezone(situation.snapshot.zone).date()
