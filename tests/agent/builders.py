"""Snapshots as the backend sends them, with everything that a test does not care about filled in.

The user lives in Berlin, and it is 13:00 on Saturday 21 November 2026 there.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from todo_agent.backend.dto import Snapshot, SuggestionDraft
from todo_agent.sweeps.evaluate import evaluate

NOW = "2026-11-21T12:00:00Z"
TODAY = date(2026, 11, 21)
LAST_WEEK = "2026-11-14T12:00:00Z"
BERLIN = "Europe/Berlin"


def a_task(task_id: str, due: str | None = None, **fields: Any) -> dict[str, Any]:
    """An open p4 task that has lain untouched for a week; `due` is `2026-11-20` or `2026-11-20 17:00`."""
    day, _, clock = (due or "").partition(" ")
    task: dict[str, Any] = {
        "id": task_id,
        "title": f"Task {task_id}",
        "priority": "p4",
        "due_date": day or None,
        "due_time": f"{clock}:00" if clock else None,
        "due_timezone": None,
        "project_id": None,
        "labels": [],
        "version": 1,
        "created_at": LAST_WEEK,
        "updated_at": LAST_WEEK,
    }
    return task | {"overdue_at": _overdue_at(day, clock)} | fields


def a_snapshot(tasks: list[dict[str, Any]], **fields: Any) -> Snapshot:
    """The snapshot of a user with these tasks, who may be shown anything; `load` follows from them."""
    return Snapshot.model_validate(snapshot_json(tasks, **fields))


def snapshot_json(tasks: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    load: dict[str, int] = {}
    for task in tasks:
        day = task["due_date"]
        if day is not None and TODAY <= date.fromisoformat(day) < TODAY + timedelta(days=28):
            load[day] = load.get(day, 0) + 1
    return {
        "now": NOW,
        "timezone": BERLIN,
        "quiet_hours": None,
        "tasks": tasks,
        "tasks_total": len(tasks),
        "load": load,
        "completions": {"per_weekday": [0] * 7, "late": 0, "on_time": 0},
        "open_suggestions": [],
        "open_slots": 5,
        "hour_budget": 10,
        "muted_rules": [],
        "muted_task_rules": [],
        "recent_fingerprints": [],
    } | fields


def an_open_card(rule: str, *task_ids: str, created_at: str = "2026-11-21T11:00:00Z") -> dict[str, Any]:
    return {
        "id": f"card-{rule}-{'-'.join(task_ids)}",
        "rule": rule,
        "fingerprint": "x" * 64,
        "task_ids": list(task_ids),
        "created_at": created_at,
    }


def completions(*per_weekday: int) -> dict[str, Any]:
    """From Monday to Sunday."""
    return {"per_weekday": list(per_weekday), "late": 0, "on_time": sum(per_weekday)}


def cards(agent: str, tasks: list[dict[str, Any]], **fields: Any) -> tuple[SuggestionDraft, ...]:
    """What the agent would post."""
    return evaluate(agent, a_snapshot(tasks, **fields)).drafts


def the_card(agent: str, tasks: list[dict[str, Any]], **fields: Any) -> SuggestionDraft:
    (card,) = cards(agent, tasks, **fields)
    return card


def changes_of(card: SuggestionDraft) -> dict[str, dict[str, str | None]]:
    """The new values by task and field."""
    result: dict[str, dict[str, str | None]] = {}
    for change in card.changes:
        result.setdefault(change.task_id, {})[change.field] = change.to
    return result


def _overdue_at(day: str, clock: str) -> str | None:
    """As the backend does: at its time, or when its day is over for the user."""
    if not day:
        return None
    zone = ZoneInfo(BERLIN)
    if clock:
        return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), tzinfo=zone).isoformat()
    return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), tzinfo=zone).isoformat()
