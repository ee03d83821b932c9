"""What an owner owns in the tests of the matrix, and the bodies that the routes want."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from tests.backend.running.users import SignedIn

from todo_backend.db.engine import Database
from todo_backend.db.ids import new_id


@dataclass(frozen=True)
class Things:
    """The ids that stand for the path parameters."""

    user_id: UUID
    task_id: UUID
    second_task_id: UUID
    project_id: UUID
    label_id: UUID
    suggestion_id: UUID
    session_id: UUID
    token_id: UUID

    def fill(self, path: str) -> str:
        """`path` with the owner's ids in it."""
        for name, value in vars(self).items():
            path = path.replace(f"{{{name}}}", str(value))
        return path.replace("{agent}", "overdue").replace("{rule}", "overdue_one")


_INSERTS = (
    "INSERT INTO projects (id, user_id, name, position) VALUES (:project_id, :user_id, 'Home', 1)",
    "INSERT INTO labels (id, user_id, name) VALUES (:label_id, :user_id, 'bills')",
    "INSERT INTO tasks (id, user_id, title, position, due_date)"
    " VALUES (:task_id, :user_id, 'one', 1, :yesterday), (:second_task_id, :user_id, 'two', 2, NULL)",
    "INSERT INTO sessions (id, user_id, token_hash, user_agent, expires_at)"
    " VALUES (:session_id, :user_id, sha256(uuid_send(:user_id)), 'x', now() + interval '1 day')",
    "INSERT INTO access_tokens (id, user_id, name, token_hash, scopes)"
    " VALUES (:token_id, :user_id, 'x', sha256(uuid_send(:user_id)), '{tasks:read}')",
    "INSERT INTO suggestion_rule_states (user_id, rule, dismissals) VALUES (:user_id, 'overdue_one', 1)",
    "INSERT INTO agent_suggestions"
    " (id, user_id, agent, rule, title, reason, evidence, changes, fingerprint, expires_at)"
    " VALUES (:suggestion_id, :user_id, 'overdue', 'overdue_one', 't', 'r', '{}', CAST(:changes AS jsonb),"
    " 'f', now() + interval '1 day')",
)


async def make_things(database: Database, user_id: UUID) -> Things:
    """One of everything for `user_id`."""
    things = Things(user_id, *(new_id() for _ in range(7)))
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    change = {
        "task_id": str(things.task_id),
        "field": "due_date",
        "from": str(yesterday),
        "to": str(_tomorrow()),
        "task_version": 1,
    }
    values: dict[str, Any] = {**vars(things), "yesterday": yesterday, "changes": json.dumps([change])}
    async with database.system_session() as session:
        for statement in _INSERTS:
            used = {name: value for name, value in values.items() if f":{name}" in statement}
            await session.execute(text(statement.replace(":user_id::text", "CAST(:user_id AS text)")), used)
    return things


def bodies(things: Things, owner: SignedIn) -> dict[tuple[str, str], Any]:
    """A good body for each route that wants one."""
    tasks, me, suggestions = "/api/v1/tasks", "/api/v1/me", "/api/v1/suggestions"
    fence = {"fence": 0}
    return {
        ("POST", "/api/v1/auth/signup"): {"email": "new@example.com", "password": "a fine passphrase"},
        ("POST", "/api/v1/auth/login"): {"email": owner.email, "password": owner.password},
        ("PATCH", me): {"name": "Ada L."},
        ("DELETE", me): {"password": owner.password},
        ("PUT", f"{me}/password"): {
            "current_password": owner.password,
            "new_password": "another fine passphrase",
        },
        ("PATCH", f"{me}/preferences"): {"theme": "dark"},
        ("POST", f"{me}/tokens"): {"name": "cli", "scopes": ["account:write"]},
        ("POST", tasks): {"title": "three"},
        ("POST", f"{tasks}/parse"): {"text": "three tomorrow"},
        ("POST", f"{tasks}/quick-add"): {"text": "three tomorrow"},
        ("PATCH", f"{tasks}/{{task_id}}"): {"title": "changed"},
        ("POST", f"{tasks}/{{task_id}}/move"): {"after": str(things.second_task_id)},
        ("POST", "/api/v1/projects"): {"name": "Work"},
        ("PATCH", "/api/v1/projects/{project_id}"): {"name": "Work"},
        ("POST", "/api/v1/labels"): {"name": "later"},
        ("PATCH", "/api/v1/labels/{label_id}"): {"name": "later"},
        ("POST", f"{suggestions}/{{suggestion_id}}/accept"): {},
        ("POST", f"{suggestions}/{{suggestion_id}}/dismiss"): {},
        ("POST", f"{suggestions}/{{suggestion_id}}/snooze"): {
            "until": (datetime.now(UTC) + timedelta(days=1)).isoformat()
        },
        ("POST", suggestions): {},
        ("POST", "/api/v1/sweeps/claim"): {"worker": "w", "limit": 1},
        ("POST", "/api/v1/sweeps/{user_id}/{agent}/complete"): {**fence, "next_due_at": None},
        ("POST", "/api/v1/sweeps/{user_id}/{agent}/release"): fence,
    }


def _tomorrow() -> date:
    return datetime.now(UTC).date() + timedelta(days=1)
