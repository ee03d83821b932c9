"""The rules: pure functions from a situation to at most one card each.

Within one agent they run in this order, and a task that one has taken is gone for the next. Across agents
they cannot meet: overdue tasks belong to `overdue`, all others to `prioritization`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from todo_agent.sweeps.rules import capacity, let_go, overdue, prioritization
from todo_agent.sweeps.rules.candidate import Candidate
from todo_agent.sweeps.rules.situation import Situation

Rule = Callable[[Situation], Candidate | None]

RULES: Mapping[str, tuple[tuple[str, Rule], ...]] = MappingProxyType(
    {
        "overdue": (
            (overdue.RULE, overdue.propose),
            (let_go.RULE, let_go.propose),
        ),
        "prioritization": (
            (capacity.RULE, capacity.lighten_today),
            (prioritization.TOO_MANY_URGENT, prioritization.lower_some_urgent),
            (prioritization.DUE_SOON, prioritization.raise_due_soon),
            (prioritization.STALE_URGENT, prioritization.wake_stale_urgent),
        ),
    }
)
"""For each agent its rules by name, the most useful first."""
