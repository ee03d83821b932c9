"""Fingerprints identify a set of situations, and each of its members."""

from typing import Any

import pytest
from tests.agent.builders import a_snapshot, a_task

from todo_agent.backend.dto import Task
from todo_agent.sweeps.fingerprint import Spoken, fingerprint


def tasks_of(*made: dict[str, Any]) -> list[Task]:
    return list(a_snapshot(list(made)).tasks)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 8, 24, 25])
def test_they_fit_and_every_task_is_recognised_in_them(count: int) -> None:
    tasks = tasks_of(*(a_task(f"t{n}", "2026-11-20") for n in range(count)))

    text = fingerprint("overdue", tasks)

    assert len(text) <= 128
    assert fingerprint("overdue", tasks[::-1]) == text
    spoken = Spoken([text])
    assert all(spoken.knows("overdue", task) for task in tasks)
    assert not any(spoken.knows("let_go", task) for task in tasks)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"title": "Other"}, True),
        ({"version": 9}, True),
        ({"priority": "p1"}, False),
        ({"due_date": "2026-11-19"}, False),
        ({"due_time": "09:00:00"}, False),
        ({"id": "other"}, False),
    ],
)
def test_a_situation_is_date_time_and_priority(change: dict[str, Any], same: bool) -> None:
    task = a_task("a", "2026-11-20")
    (before,), (after,) = tasks_of(task), tasks_of(task | change)

    assert (fingerprint("overdue", [before]) == fingerprint("overdue", [after])) is same
    assert Spoken([fingerprint("overdue", [before])]).knows("overdue", after) is same
