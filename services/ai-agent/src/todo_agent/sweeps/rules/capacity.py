"""More due today than fits: which tasks to move to days with room."""

from todo_agent.backend.dto import MAX_CHANGES, Task
from todo_agent.sweeps import wording
from todo_agent.sweeps.rules.candidate import Candidate, new_date
from todo_agent.sweeps.rules.situation import Situation

RULE = "day_too_full"


def lighten_today(situation: Situation) -> Candidate | None:
    """One card a day that moves as many tasks as today has too many, least important first."""
    plan = situation.day_plan()
    due, capacity = plan.load(situation.today), plan.capacity(situation.today)
    if due <= capacity or _has_spoken_today(situation):
        return None
    movable = sorted(
        (task for task in situation.available(RULE) if _can_move(situation, task)), key=_last_first
    )
    placed = [
        (task, placement)
        for task in movable[: min(due - capacity, MAX_CHANGES)]
        if (placement := plan.place(task, not_before=1)) is not None
    ]
    if not placed:
        return None
    today, days = situation.today, sorted(placement.day for _, placement in placed)
    return Candidate(
        rule=RULE,
        title=(
            wording.move_one_title(placed[0][0], days[0], today)
            if len(placed) == 1
            else wording.lighten_title(len(placed), today, today)
        ),
        reason=wording.lighten_reason(due, capacity, today, learned=plan.knows_habit, today=today),
        tasks=tuple(task for task, _ in placed),
        changes=tuple(new_date(task, placement.day) for task, placement in placed),
        counts={"due_that_day": due, "usually_done": capacity, "to_move": len(placed)},
        dates={"day": today, "first_proposed": days[0], "last_proposed": days[-1]},
    )


def _has_spoken_today(situation: Situation) -> bool:
    due_today = (task for task in situation.snapshot.tasks if task.due_date == situation.today)
    return bool(situation.waiting_since(RULE)) or situation.has_spoken(RULE, due_today)


def _can_move(situation: Situation, task: Task) -> bool:
    """Not what is urgent, bound to a time, or just decided."""
    return (
        task.due_date == situation.today
        and task.due_time is None
        and task.priority != "p1"
        and not situation.is_overdue(task)
        and situation.is_settled(task)
    )


def _last_first(task: Task) -> tuple[int, float, str]:
    """The lowest priority first, and among equals the one that was added last."""
    return -int(task.priority[1]), -task.created_at.timestamp(), task.id
