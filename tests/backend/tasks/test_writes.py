"""Creating, changing, ticking off, deleting and restoring tasks over HTTP."""

from typing import Any

import pytest
from tests.backend.conftest import CountStatements, NewUser
from tests.backend.running.users import SignedIn

TASKS = "/api/v1/tasks"


async def create(user: SignedIn, **fields: Any) -> dict[str, Any]:
    answer = await user.client.post(TASKS, json={"title": "Buy milk"} | fields)
    assert answer.status_code == 201, answer.text
    task: dict[str, Any] = answer.json()
    return task


async def test_a_new_task_can_be_read_where_the_answer_says(user: SignedIn) -> None:
    body = {
        "title": "  Call Müller  ",
        "notes": "first line\nsecond",
        "priority": "p2",
        "due_date": "2026-12-24",
        "due_time": "17:00",
        "due_timezone": "Asia/Tokyo",
        "labels": ["Home", "home", "calls"],
    }
    created = await user.client.post(TASKS, json=body)
    task = created.json()
    assert created.status_code == 201
    assert created.headers["etag"] == '"1"'
    assert (task["title"], task["labels"], task["version"]) == ("Call Müller", ["Home", "calls"], 1)
    assert task["overdue_at"] == "2026-12-24T08:00:00.000000Z"
    assert (await user.client.get(created.headers["location"])).json() == task
    assert (await user.client.get(TASKS)).json()["items"] == [task]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "x" * 501}, "title"),
        ({"title": " "}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"title": "x", "notes": "y" * 20_001}, "notes"),
        ({"title": "x", "labels": [str(number) for number in range(21)]}, "labels"),
        ({"title": "x", "labels": ["y" * 61]}, "labels"),
        ({"title": "x", "due_date": "2026-02-30"}, "due_date"),
        ({"title": "x", "due_date": "1969-12-31"}, "due_date"),
        ({"title": "x", "due_date": "9999-12-31"}, "due_date"),
        ({"title": "x", "due_time": "10:00"}, "due_date"),
        ({"title": "x", "due_date": "2026-01-01", "due_timezone": "Mars/Olympus"}, "due_timezone"),
        ({"title": "x", "due_date": "2026-01-01", "due_time": "10:00+02:00"}, "due_time"),
        ({"title": "x", "priority": "p5"}, "priority"),
        ({"title": "x", "project_id": "01890000-0000-7000-8000-000000000000"}, "project_id"),
        ({"title": "x", "colour": "red"}, "colour"),
        ({}, "title"),
    ],
)
async def test_wrong_input_names_the_field(user: SignedIn, body: dict[str, Any], field: str) -> None:
    answer = await user.client.post(TASKS, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert field in answer.text
    assert (await user.client.get(TASKS)).json()["items"] == []


async def test_a_patch_changes_what_is_given_and_nothing_else(user: SignedIn) -> None:
    task = await create(user, notes="keep", due_date="2030-01-01", due_time="09:00", labels=["a"])
    answer = await user.client.patch(f"{TASKS}/{task['id']}", json={"title": "Buy oat milk"})
    changed = answer.json()
    assert answer.headers["etag"] == '"2"'
    assert changed == task | {
        "title": "Buy oat milk",
        "version": 2,
        "updated_at": changed["updated_at"],
    }


async def test_a_patch_without_a_change_is_no_new_version(user: SignedIn) -> None:
    task = await create(user, labels=["a"])
    answer = await user.client.patch(f"{TASKS}/{task['id']}", json={"title": "Buy milk", "labels": ["A"]})
    assert answer.json() == task


async def test_clearing_the_date_clears_the_time_too(user: SignedIn) -> None:
    task = await create(user, due_date="2030-01-01", due_time="09:00", due_timezone="Asia/Tokyo")
    changed = (await user.client.patch(f"{TASKS}/{task['id']}", json={"due_date": None})).json()
    assert [changed[name] for name in ("due_date", "due_time", "due_timezone", "overdue_at")] == [None] * 4


@pytest.mark.parametrize("field", ["title", "notes", "priority", "labels", "position"])
async def test_what_a_task_must_have_cannot_be_null(user: SignedIn, field: str) -> None:
    task = await create(user)
    assert (await user.client.patch(f"{TASKS}/{task['id']}", json={field: None})).status_code == 422


@pytest.mark.parametrize(
    ("header", "status"), [('"1"', 200), ("*", 200), ('"7", "1"', 200), ('"2"', 412), ("1", 412)]
)
async def test_if_match_guards_against_lost_updates(user: SignedIn, header: str, status: int) -> None:
    task = await create(user)
    path, headers = f"{TASKS}/{task['id']}", {"If-Match": header}
    changed = await user.client.patch(path, json={"title": "changed"}, headers=headers)
    assert changed.status_code == status
    if status == 412:
        assert changed.json()["code"] == "version_conflict"
        assert (await user.client.delete(path, headers=headers)).status_code == 412
        assert (await user.client.get(path)).json() == task


async def test_ticking_off_twice_is_ticking_off_once(user: SignedIn) -> None:
    task = await create(user)
    first = (await user.client.post(f"{TASKS}/{task['id']}/complete")).json()
    second = (await user.client.post(f"{TASKS}/{task['id']}/complete")).json()
    assert first == second
    assert (first["status"], first["version"], first["is_overdue"]) == ("done", 2, False)
    assert first["completed_at"] is not None
    reopened = (await user.client.post(f"{TASKS}/{task['id']}/reopen")).json()
    assert (reopened["status"], reopened["completed_at"], reopened["version"]) == ("open", None, 3)


async def test_the_trash_gives_back_until_it_is_emptied(user: SignedIn) -> None:
    task = await create(user)
    path = f"{TASKS}/{task['id']}"
    assert (await user.client.delete(path, params={"permanent": True})).json()["code"] == "not_in_trash"
    assert (await user.client.delete(path)).status_code == 204
    assert (await user.client.delete(path)).status_code == 404
    assert (await user.client.get(TASKS)).json()["items"] == []
    in_trash = (await user.client.get(TASKS, params={"status": "trash"})).json()["items"]
    assert [found["id"] for found in in_trash] == [task["id"]]
    assert (await user.client.post(f"{path}/restore")).json()["deleted_at"] is None
    await user.client.delete(path)
    assert (await user.client.delete(path, params={"permanent": True})).status_code == 204
    assert (await user.client.get(path)).json()["code"] == "task_not_found"


async def test_a_key_makes_one_task_of_many_tries(user: SignedIn) -> None:
    headers = {"Idempotency-Key": "a-key-of-mine"}
    first = await user.client.post(TASKS, json={"title": "once"}, headers=headers)
    again = await user.client.post(TASKS, json={"title": "once"}, headers=headers)
    assert (again.status_code, again.content, again.headers["location"]) == (
        201,
        first.content,
        first.headers["location"],
    )
    other = await user.client.post(TASKS, json={"title": "twice"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len((await user.client.get(TASKS)).json()["items"]) == 1


async def test_moving_a_user_to_another_zone_moves_the_deadlines(new_user: NewUser) -> None:
    user = await new_user(timezone="UTC")
    plain = await create(user, due_date="2030-01-01")
    fixed = await create(user, due_date="2030-01-01", due_time="09:00", due_timezone="UTC")
    await user.client.patch("/api/v1/me", json={"timezone": "Asia/Tokyo"})
    moved = {task["id"]: task["overdue_at"] for task in (await user.client.get(TASKS)).json()["items"]}
    assert plain["overdue_at"] == "2030-01-02T00:00:00.000000Z"
    assert moved == {plain["id"]: "2030-01-01T15:00:00.000000Z", fixed["id"]: fixed["overdue_at"]}


async def test_writes_cost_a_fixed_number_of_statements(
    user: SignedIn, count_statements: CountStatements
) -> None:
    with count_statements() as creating:
        task = await create(user, due_date="2030-01-01")
    with count_statements() as changing:
        await user.client.patch(f"{TASKS}/{task['id']}", json={"title": "changed"})
    with count_statements() as completing:
        await user.client.post(f"{TASKS}/{task['id']}/complete")
    # the caller, the task with its place at the end, the schedule
    assert len(creating) == 3, creating
    # the caller, the task, the change, the schedule, the suggestions about it
    assert (len(changing), len(completing)) == (5, 5), changing
