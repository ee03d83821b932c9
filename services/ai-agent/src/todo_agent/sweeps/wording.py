"""Every sentence on a card. Facts go in, plain text comes out; nothing here decides anything.

Dates are written out and never as "tomorrow": a card may be read days after it was made.
"""

import unicodedata
from collections.abc import Sequence
from datetime import date

from todo_agent.backend.dto import Priority, Task
from todo_agent.sweeps.rules.day_plan import Placement

MAX_TITLE_LENGTH = 80
_JOINERS = "\u200c\u200d"  # invisible, but emoji and several scripts need them
_UNNAMED = "this task"


def plain_title(title: str) -> str:
    """A task's title as one line of plain text: no control or direction characters, at most 80 characters."""
    kept = (_visible(char) for char in title)
    line = " ".join("".join(kept).split())
    if len(line) > MAX_TITLE_LENGTH:
        line = line[: MAX_TITLE_LENGTH - 1].rstrip() + "…"
    return line.strip(_JOINERS) or _UNNAMED


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Zl", "Zp", "Cc"):
        return " "
    return "" if category in ("Cf", "Cs") and char not in _JOINERS else char


def day_name(day: date, today: date) -> str:
    """`Mon 23 Nov`, with the year when it is not the current one."""
    text = f"{day:%a} {day.day} {day:%b}"
    return text if day.year == today.year else f"{text} {day.year}"


def tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count} tasks"


def move_one_title(task: Task, day: date, today: date) -> str:
    return f"Move “{plain_title(task.title)}” to {day_name(day, today)}?"


def move_one_reason(task: Task, placement: Placement, today: date) -> str:
    return f"{_was_due(task, today)} {placement_reason(placement, today)}"


def spread_title(count: int) -> str:
    return f"Find new dates for {tasks(count)}?"


def spread_reason(count: int, placements: Sequence[Placement], *, oldest: date, today: date) -> str:
    days = sorted(placement.day for placement in placements)
    first, last = day_name(days[0], today), day_name(days[-1], today)
    span = f"on {first}" if first == last else f"from {first} to {last}"
    full = any(placement.why == "least_full" for placement in placements)
    room = f"The coming days are full, least so {span}." if full else f"There is room for them {span}."
    return f"{tasks(count)} are past their dates, the oldest since {day_name(oldest, today)}. {room}"


def let_one_go_title(task: Task) -> str:
    return f"Let “{plain_title(task.title)}” go?"


def let_many_go_title(count: int) -> str:
    return f"Let {count} old dates go?"


def let_go_reason(count: int, *, oldest: date, today: date) -> str:
    if count == 1:
        return (
            f"Its date was {day_name(oldest, today)}. Without one, the task stays in your list and can wait."
        )
    return (
        f"{count} tasks had dates more than three weeks ago, the oldest {day_name(oldest, today)}. "
        "Without dates, they stay in your list and can wait."
    )


def raise_one_title(task: Task, to: Priority) -> str:
    return f"Raise “{plain_title(task.title)}” to {to}?"


def raise_many_title(count: int) -> str:
    return f"Raise the priority of {count} tasks that are due soon?"


def raise_reason(count: int, *, last: date, lowest: Priority, today: date) -> str:
    if count == 1:
        return f"It is due on {day_name(last, today)} and still {lowest}."
    return f"These {count} tasks are due by {day_name(last, today)} and still have a low priority."


def lower_urgent_title(count: int, urgent: int) -> str:
    return f"Lower {count} of your {urgent} p1 tasks to p2?"


def lower_urgent_reason(count: int, *, urgent: int, open_tasks: int) -> str:
    these = "This one is" if count == 1 else f"These {count} are"
    return f"{urgent} of your {open_tasks} open tasks are p1. {these} not due in the next two days."


def schedule_title(task: Task, day: date, today: date) -> str:
    return f"Plan “{plain_title(task.title)}” for {day_name(day, today)}?"


def lower_one_title(task: Task, to: Priority) -> str:
    return f"Lower “{plain_title(task.title)}” to {to}?"


def stale_reason(since: date, today: date) -> str:
    return f"It is p1, has no date, and has not changed since {day_name(since, today)}."


def lighten_title(count: int, day: date, today: date) -> str:
    return f"Move {tasks(count)} away from {day_name(day, today)}?"


def lighten_reason(due: int, capacity: int, day: date, *, learned: bool, today: date) -> str:
    if learned:
        return (
            f"{due} tasks are due on {day_name(day, today)}, and you usually finish about {capacity} "
            f"on a {day:%A}."
        )
    return (
        f"{due} tasks are due on {day_name(day, today)}, more than the {capacity} that fit well into one day."
    )


def placement_reason(placement: Placement, today: date) -> str:
    """Why that day."""
    day = day_name(placement.day, today)
    best = f", and {placement.day:%A} is when you finish the most" if placement.is_best_weekday else ""
    match placement.why:
        case "free":
            return f"{day} is still free{best}."
        case "lightest":
            return f"{day} is your lightest day in the week ahead, with {tasks(placement.others)}{best}."
        case "first_room":
            return f"{day} is the first day with room for it{best}."
        case "room":
            return f"{day} has room for it, with {tasks(placement.others)} so far{best}."
        case "least_full":
            return f"The coming days are full; {day} has {tasks(placement.others)}."


def _was_due(task: Task, today: date) -> str:
    return (
        "It is past its date."
        if task.due_date is None
        else f"It was due on {day_name(task.due_date, today)}."
    )
