"""What belongs to a user can be taken along, and nothing is forgotten."""

from typing import Any

from sqlalchemy import insert
from sqlmodel import SQLModel
from tests.backend.conftest import NewUser
from tests.backend.running.joined_database import JoinedDatabase
from tests.backend.running.users import SignedIn

from todo_backend.accounts.export import EXPORTED, NOT_EXPORTED
from todo_backend.accounts.schemas import Export
from todo_backend.db.ids import new_id
from todo_backend.db.metadata import metadata
from todo_backend.labels.models import Label
from todo_backend.projects.models import Project
from todo_backend.suggestions.models import RuleState, TaskMute
from todo_backend.tasks.models import Task


async def _insert(database: JoinedDatabase, *rows: SQLModel) -> None:
    async with database.system_session() as session:
        for row in rows:
            await session.execute(insert(type(row)).values(row.model_dump(exclude_unset=True)))


def test_every_table_with_rows_of_users_is_exported_or_left_out_for_a_reason() -> None:
    owned = {name for name, table in metadata.tables.items() if "user_id" in table.columns}

    assert owned == set(EXPORTED.values()) | set(NOT_EXPORTED)
    assert all(NOT_EXPORTED.values())
    assert set(Export.model_fields) == {"exported_at", "profile", "preferences", *EXPORTED}


async def test_everything_is_in_it_and_no_secrets(new_user: NewUser, database: JoinedDatabase) -> None:
    user, other = await new_user(theme="dark"), await new_user()
    await user.client.post("/api/v1/me/tokens", json={"name": "script", "scopes": ["tasks:read"]})
    project, task = new_id(), new_id()
    await _insert(
        database,
        Project(id=project, user_id=user.id, name="House", position=1),
        Label(id=new_id(), user_id=user.id, name="urgent"),
        Task(id=task, user_id=user.id, project_id=project, title="Paint the door ☃", position=1),
        Task(id=new_id(), user_id=other.id, title="Not mine", position=1),
        RuleState(user_id=user.id, rule="reschedule"),
        TaskMute(user_id=user.id, task_id=task, rule="reschedule"),
    )

    answer = await user.client.get("/api/v1/me/export")

    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    document = answer.json()
    Export.model_validate(document)
    assert document["profile"]["email"] == user.email
    assert document["preferences"]["theme"] == "dark"
    assert [task["title"] for task in document["tasks"]] == ["Paint the door ☃"]
    assert {name: len(document[name]) for name in EXPORTED} == {
        "projects": 1,
        "labels": 1,
        "tasks": 1,
        "suggestions": 0,
        "rule_states": 1,
        "muted_tasks": 1,
        "sweeps": 0,
        "sessions": 1,
        "tokens": 1,
    }
    assert _keys(document).isdisjoint({"password_hash", "token_hash", "token"})
    assert "argon2" not in answer.text


async def test_a_new_account_has_little_to_export(user: SignedIn) -> None:
    document = (await user.client.get("/api/v1/me/export")).json()

    assert document["tasks"] == document["projects"] == document["suggestions"] == []


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for item in value.values() for key in _keys(item)}
    if isinstance(value, list):
        return {key for item in value for key in _keys(item)}
    return set()
