"""When to look at a user again, if no task changes before."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from todo_agent.sweeps.quiet_hours import next_time, quiet_until
from todo_agent.sweeps.rules.prioritization import JUST_CREATED
from todo_agent.sweeps.rules.situation import Situation

HeldBack = Literal["quiet", "hour", "slots"]
"""Why a card was not posted: quiet hours, too many this hour, too many waiting for the user."""

MORNING = time(8)
_HOUR = timedelta(hours=1)
_SOONEST = timedelta(seconds=1)


def next_due_at(agent: str, situation: Situation, held_back: HeldBack | None = None) -> datetime | None:
    """The earliest moment at which a rule could have something new to say, or None without open tasks.

    That is when the next task becomes overdue, when whatever held a card back is over, and the next morning
    when there are tasks about which a rule may change its mind from one day to the next.
    """
    if not situation.snapshot.tasks:
        return None
    moments = [*_own_moments(agent, situation), *_end_of(held_back, situation)]
    if not moments:
        return None
    return max(min(moments), situation.now + _SOONEST).astimezone(UTC)


def _own_moments(agent: str, situation: Situation) -> Iterator[datetime]:
    if agent == "overdue":
        yield from _overdue_moments(situation)
    else:
        yield from _prioritization_moments(situation)


def _overdue_moments(situation: Situation) -> Iterator[datetime]:
    instants = [task.overdue_at for task in situation.snapshot.tasks if task.overdue_at is not None]
    yield from (instant for instant in instants if instant > situation.now)
    if any(instant <= situation.now for instant in instants):
        yield _morning(situation)


def _prioritization_moments(situation: Situation) -> Iterator[datetime]:
    tasks = [task for task in situation.snapshot.tasks if not situation.is_overdue(task)]
    if any(task.due_date is not None or task.priority == "p1" for task in tasks):
        yield _morning(situation)
    settled = [task.created_at + JUST_CREATED for task in tasks if task.due_date is not None]
    yield from (moment for moment in settled if moment > situation.now)


def _end_of(held_back: HeldBack | None, situation: Situation) -> Iterator[datetime]:
    if held_back == "quiet" and (end := quiet_until(situation.snapshot)) is not None:
        yield end
    elif held_back == "hour":
        yield _end_of_hour_budget(situation)
    elif held_back == "slots":
        yield _morning(situation)


def _end_of_hour_budget(situation: Situation) -> datetime:
    """When the oldest known card of the last hour stops counting; in an hour when none is known."""
    cards = [card.created_at for card in situation.snapshot.open_suggestions]
    return min((made for made in cards if made > situation.now - _HOUR), default=situation.now) + _HOUR


def _morning(situation: Situation) -> datetime:
    return next_time(situation.snapshot, MORNING)
