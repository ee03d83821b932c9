"""From a snapshot to the cards to post and the time of the next look. Pure: no clock, no network."""

from dataclasses import dataclass
from datetime import datetime

from todo_agent.backend.dto import Snapshot, SuggestionDraft
from todo_agent.sweeps.quiet_hours import quiet_until
from todo_agent.sweeps.rules import RULES
from todo_agent.sweeps.rules.candidate import Candidate
from todo_agent.sweeps.rules.situation import Situation
from todo_agent.sweeps.schedule import HeldBack, next_due_at


@dataclass(frozen=True)
class Evaluation:
    drafts: tuple[SuggestionDraft, ...]
    next_due_at: datetime | None


def evaluate(agent: str, snapshot: Snapshot) -> Evaluation:
    """What `agent` has to say about this user. Raises KeyError for an agent that does not exist."""
    situation = Situation(snapshot)
    candidates = _candidates(agent, situation)
    allowed, held_back = _within_limits(candidates, snapshot)
    return Evaluation(
        drafts=tuple(candidate.draft() for candidate in allowed),
        next_due_at=next_due_at(agent, situation, held_back),
    )


def _candidates(agent: str, situation: Situation) -> list[Candidate]:
    found: list[Candidate] = []
    for name, propose in RULES[agent]:
        if name in situation.snapshot.muted_rules:
            continue
        candidate = propose(situation)
        if candidate is not None:
            situation.take(candidate.tasks)
            found.append(candidate)
    return found


def _within_limits(
    candidates: list[Candidate], snapshot: Snapshot
) -> tuple[list[Candidate], HeldBack | None]:
    """The cards that may be posted now, and what holds back the rest."""
    if candidates and quiet_until(snapshot) is not None:
        return [], "quiet"
    allowed = max(0, min(snapshot.open_slots, snapshot.hour_budget))
    if len(candidates) <= allowed:
        return candidates, None
    return candidates[:allowed], "hour" if snapshot.hour_budget <= snapshot.open_slots else "slots"
