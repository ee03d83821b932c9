"""What holds for every snapshot that the backend could send."""

import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from todo_agent.backend.dto import Snapshot, SuggestionDraft, Task
from todo_agent.sweeps.evaluate import Evaluation, evaluate

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
ZONES = ["Europe/Berlin", "Pacific/Kiritimati", "Etc/GMT+12", "America/New_York", "Asia/Kathmandu", "UTC"]
AGENTS = st.sampled_from(["overdue", "prioritization"])
PRIORITIES = st.sampled_from(["p1", "p2", "p3", "p4"])
CLOCKS = st.times().map(lambda clock: clock.replace(microsecond=0))


@st.composite
def tasks(draw: st.DrawFn, now: datetime, zone: str) -> dict[str, Any]:
    """An open task whose `overdue_at` follows from its date as the backend derives it."""
    due = draw(st.none() | st.integers(-60, 40).map(lambda days: (now + timedelta(days=days)).date()))
    clock = draw(st.none() | CLOCKS) if due else None
    due_zone = draw(st.none() | st.sampled_from(ZONES)) if due else None
    created = now - draw(st.timedeltas(timedelta(0), timedelta(days=90)))
    return {
        "id": draw(st.uuids().map(str)),
        "title": draw(st.text(min_size=1, max_size=500)),
        "priority": draw(PRIORITIES),
        "due_date": due,
        "due_time": clock,
        "due_timezone": due_zone,
        "overdue_at": due and overdue_at(due, clock, ZoneInfo(due_zone or zone)),
        "version": draw(st.integers(1, 3)),
        "created_at": created,
        "updated_at": created + (now - created) * draw(st.floats(0, 1)),
    }


def overdue_at(day: date, clock: time | None, zone: ZoneInfo) -> datetime:
    if clock is not None:
        return datetime.combine(day, clock, tzinfo=zone)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    now = draw(st.timedeltas(timedelta(0), timedelta(days=1800)).map(EPOCH.__add__))
    zone = draw(st.sampled_from(ZONES))
    made = draw(st.lists(tasks(now, zone), max_size=40))
    today = now.astimezone(ZoneInfo(zone)).date()
    days = st.integers(0, 27).map(lambda offset: today + timedelta(days=offset))
    ids = [task["id"] for task in made]
    covered = draw(st.lists(st.sampled_from(ids), max_size=3)) if ids else []
    card = {"id": "c", "rule": "overdue", "fingerprint": "f", "task_ids": covered, "created_at": now}
    quiet = st.builds(lambda start, end: {"start": start, "end": end}, CLOCKS, CLOCKS)
    return Snapshot.model_validate(
        {
            "now": now,
            "timezone": zone,
            "quiet_hours": draw(st.none() | quiet),
            "tasks": made,
            "tasks_total": len(made),
            "load": draw(st.dictionaries(days, st.integers(0, 12))),
            "completions": {"per_weekday": draw(st.lists(st.integers(0, 90), min_size=7, max_size=7))},
            "open_suggestions": [card] if covered else [],
            "open_slots": draw(st.integers(0, 5)),
            "hour_budget": draw(st.integers(0, 10)),
        }
    )


def checked(agent: str, snapshot: Snapshot) -> Evaluation:
    evaluation = evaluate(agent, snapshot)
    by_id = {task.id: task for task in snapshot.tasks}
    assert len(evaluation.drafts) <= min(snapshot.open_slots, snapshot.hour_budget)
    for draft in evaluation.drafts:
        check_form(draft)
        for change in draft.changes:
            task = by_id[change.task_id]
            assert change.from_ != change.to
            assert change.from_ == before(task, change.field)
            assert change.task_version == task.version
            if change.field == "due_date" and change.to is not None:
                check_date(snapshot, task, date.fromisoformat(change.to))
    new = [task_id for draft in evaluation.drafts for task_id in draft.evidence["task_ids"]]
    assert len(set(new)) == len(new)
    assert not set(new) & {task_id for card in snapshot.open_suggestions for task_id in card.task_ids}
    return evaluation


def check_form(draft: SuggestionDraft) -> None:
    assert 1 <= len(draft.changes) <= 25
    assert 1 <= len(draft.title) <= 200
    assert 1 <= len(draft.reason) <= 500
    assert len(draft.model_dump_json()) < 16_000
    assert 16 <= len(draft.fingerprint) <= 128
    assert all(unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") for char in draft.title)
    assert {change.task_id for change in draft.changes} == set(draft.evidence["task_ids"])


def check_date(snapshot: Snapshot, task: Task, day: date) -> None:
    """Not in the past, for the user and for the task."""
    assert day >= snapshot.local_now.date()
    zone = ZoneInfo(task.due_timezone) if task.due_timezone else snapshot.zone
    assert overdue_at(day, task.due_time, zone) > snapshot.now


def before(task: Task, field: str) -> str | None:
    value = getattr(task, field)
    return value.isoformat() if isinstance(value, date | time) else value


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(AGENTS, snapshots())
def test_cards_are_always_valid_and_never_repeat_themselves(agent: str, snapshot: Snapshot) -> None:
    evaluation = checked(agent, snapshot)

    assert evaluate(agent, snapshot) == evaluation
    if evaluation.next_due_at is not None:
        assert evaluation.next_due_at > snapshot.now
    assert (evaluation.next_due_at is None) or snapshot.tasks


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(AGENTS, snapshots())
def test_what_has_been_said_is_never_said_again_whatever_became_of_it(agent: str, snapshot: Snapshot) -> None:
    said: list[str] = []
    spoken_about: set[tuple[str, str]] = set()
    for _ in range(8):
        drafts = checked(agent, snapshot.model_copy(update={"recent_fingerprints": tuple(said)})).drafts
        for draft in drafts:
            about = {(draft.rule, task_id) for task_id in draft.evidence["task_ids"]}
            assert not about & spoken_about
            spoken_about |= about
            said.append(draft.fingerprint)
