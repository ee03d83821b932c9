"""What the stand-in backend remembers: plain dictionaries in the shapes of the real API."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

Json = dict[str, Any]


def now() -> str:
    return datetime.now(UTC).isoformat()


@dataclass
class Account:
    user: Json
    password: str
    preferences: Json
    tasks: dict[str, Json] = field(default_factory=dict)
    projects: dict[str, Json] = field(default_factory=dict)
    labels: dict[str, Json] = field(default_factory=dict)
    suggestions: dict[str, Json] = field(default_factory=dict)
    tokens: dict[str, Json] = field(default_factory=dict)
    sessions: dict[str, Json] = field(default_factory=dict)
    answers: dict[str, Json] = field(default_factory=dict)
    notices: list[Json] = field(default_factory=list)

    @property
    def today(self) -> date:
        return datetime.now(UTC).date()

    def add_project(self, name: str, color: str = "purple") -> Json:
        return self._add_group(self.projects, name, color)

    def add_label(self, name: str, color: str = "gray") -> Json:
        return self._add_group(self.labels, name, color)

    def _add_group(self, groups: dict[str, Json], name: str, color: str) -> Json:
        key = str(uuid4())
        group: Json = {"id": key, "name": name, "color": color, "position": len(groups), "task_count": 0}
        group |= {"created_at": now(), "updated_at": now()}
        groups[key] = group
        return group

    def add_task(self, title: str, **fields: Any) -> Json:
        task: Json = {
            "id": str(uuid4()),
            "title": title,
            "notes": "",
            "status": "open",
            "priority": "p4",
            "due_date": None,
            "due_time": None,
            "due_timezone": None,
            "overdue_at": None,
            "project_id": None,
            "labels": [],
            "position": float(len(self.tasks)),
            "version": 1,
            "created_at": now(),
            "updated_at": now(),
            "completed_at": None,
            "deleted_at": None,
        }
        task |= fields
        self.tasks[task["id"]] = task
        return task

    def add_suggestion(self, task: Json, *, to: str | None, **fields: Any) -> Json:
        change: Json = {"task_id": task["id"], "task_title": task["title"], "field": "due_date"}
        card: Json = {
            "id": str(uuid4()),
            "agent": "overdue",
            "rule": "overdue_one",
            "title": f"Move “{task['title']}” to a free day",
            "reason": "It is overdue, and that day has room.",
            "evidence": {"task_ids": [task["id"]], "counts": {"days_overdue": 1}, "dates": {}},
            "changes": [change | {"from": task["due_date"], "to": to}],
            "status": "open",
            "source": "rules",
            "created_at": now(),
            "expires_at": (datetime.now(UTC) + timedelta(days=7)).isoformat(),
            "snoozed_until": None,
            "decided_at": None,
            "request_id": None,
        }
        card |= fields
        self.suggestions[card["id"]] = card
        return card

    def shown_task(self, task: Json) -> Json:
        due = task["due_date"]
        overdue = task["status"] == "open" and due is not None and due < self.today.isoformat()
        return task | {"is_overdue": overdue}

    def open_tasks(self) -> list[Json]:
        return [task for task in self.tasks.values() if task["status"] == "open"]


class Store:
    """All accounts, found by e-mail address or by bearer token. `faults` makes the next answers fail."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.tokens: dict[str, Account] = {}
        self.requests: list[tuple[str, str, Json]] = []
        self.faults: list[tuple[int, Json, dict[str, str]]] = []

    def sign_up(self, email: str, password: str, *, name: str = "", timezone: str = "UTC") -> Account:
        user = {"id": str(uuid4()), "email": email, "name": name, "timezone": timezone, "created_at": now()}
        preferences = {
            "autonomous_agents_enabled": True,
            "agents": {"overdue": True, "prioritization": True},
            "quiet_hours": None,
            "email_reminders": True,
            "theme": "system",
        }
        account = Account(user, password, preferences)
        self.accounts[email] = account
        return account

    def open_session(self, account: Account, user_agent: str = "") -> Json:
        token = f"session-{uuid4().hex}"
        self.tokens[token] = account
        expires = (datetime.now(UTC) + timedelta(days=30)).isoformat()
        account.sessions[token] = {
            "id": str(uuid4()),
            "created_at": now(),
            "last_seen_at": now(),
            "expires_at": expires,
            "user_agent": user_agent,
        }
        return {"token": token, "expires_at": expires}
