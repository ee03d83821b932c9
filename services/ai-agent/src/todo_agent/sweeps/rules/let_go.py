"""Tasks that have been overdue for weeks: clearing the date is as good an answer as a new one."""

from todo_agent.backend.dto import MAX_CHANGES, Change, Task
from todo_agent.sweeps import wording
from todo_agent.sweeps.rules.candidate import Candidate, no_date
from todo_agent.sweeps.rules.situation import Situation

RULE = "let_go"
LONG_OVERDUE_DAYS = 21


def is_long_overdue(situation: Situation, task: Task) -> bool:
    days = situation.days_until_due(task)
    return situation.is_overdue(task) and days is not None and days <= -LONG_OVERDUE_DAYS


def propose(situation: Situation) -> Candidate | None:
    """One card that clears the dates of long overdue tasks, oldest first; none while another waits."""
    if situation.waiting_since(RULE):
        return None
    old = [task for task in situation.available(RULE) if is_long_overdue(situation, task)]
    tasks, changes = _as_many_as_fit(sorted(old, key=lambda task: (str(task.due_date), task.id)))
    dates = [task.due_date for task in tasks if task.due_date is not None]
    if not dates:
        return None
    oldest = dates[0]
    return Candidate(
        rule=RULE,
        title=wording.let_one_go_title(tasks[0])
        if len(tasks) == 1
        else wording.let_many_go_title(len(tasks)),
        reason=wording.let_go_reason(len(tasks), oldest=oldest, today=situation.today),
        tasks=tasks,
        changes=changes,
        counts={"tasks": len(tasks), "days_overdue": (situation.today - oldest).days},
        dates={"oldest_was_due": oldest},
    )


def _as_many_as_fit(tasks: list[Task]) -> tuple[tuple[Task, ...], tuple[Change, ...]]:
    """Whole tasks only: a date is never cleared without its time."""
    fitting: list[Task] = []
    changes: list[Change] = []
    for task in tasks:
        clearing = no_date(task)
        if len(changes) + len(clearing) > MAX_CHANGES:
            break
        fitting.append(task)
        changes.extend(clearing)
    return tuple(fitting), tuple(changes)
