"""The registry of labels, and how tasks follow it."""

from typing import Any

import pytest
from tests.backend.conftest import CountStatements, NewUser
from tests.backend.running.users import SignedIn
from tests.backend.tasks.calls import add, get, ok, patch, problem, titles

LABELS = "/api/v1/labels"


async def label(user: SignedIn, name: str, **fields: Any) -> dict[str, Any]:
    return ok(await user.client.post(LABELS, json={"name": name} | fields), 201)


async def names(user: SignedIn) -> list[str]:
    return [item["name"] for item in ok(await user.client.get(LABELS))["items"]]


async def find(user: SignedIn, name: str) -> dict[str, Any]:
    items = ok(await user.client.get(LABELS))["items"]
    return next(item for item in items if item["name"] == name)


async def test_a_label_is_made_read_and_listed_by_name(user: SignedIn) -> None:
    answer = await user.client.post(LABELS, json={"name": "  work ", "color": "teal"})
    made = ok(answer, 201)
    assert (made["name"], made["color"], made["task_count"]) == ("work", "teal", 0)
    assert ok(await user.client.get(answer.headers["location"])) == made
    await label(user, "Home")
    listed = ok(await user.client.get(LABELS))
    assert [item["name"] for item in listed["items"]] == ["Home", "work"]
    assert listed["next_cursor"] is None
    assert (await find(user, "Home"))["color"] == "gray"


@pytest.mark.parametrize("name", ["Work", "work", "WORK"])
async def test_a_name_is_taken_whatever_its_case(user: SignedIn, name: str) -> None:
    await label(user, "Work")
    other = await label(user, "Home")
    problem(await user.client.post(LABELS, json={"name": name}), 409, "name_taken")
    problem(await user.client.patch(f"{LABELS}/{other['id']}", json={"name": name}), 409, "name_taken")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "body.name"),
        ({"name": " \t"}, "body.name"),
        ({"name": "x" * 61}, "body.name"),
        ({"name": "a\0b"}, "body.name"),
        ({"name": None}, "body.name"),
        ({"name": 1}, "body.name"),
        ({"name": "x", "color": "mauve"}, "body.color"),
        ({"name": "x", "id": 1}, "body.id"),
        ({}, "body.name"),
    ],
)
async def test_wrong_input_names_the_field(user: SignedIn, body: dict[str, Any], field: str) -> None:
    problem(await user.client.post(LABELS, json=body), 422, "validation_failed", field)


async def test_an_unknown_name_on_a_task_makes_the_label(user: SignedIn) -> None:
    task = await add(user, labels=["a, b", "c"])
    assert task["labels"] == ["a, b", "c"]
    assert await names(user) == ["a, b", "c"]
    await patch(user, task, labels=["d"])
    assert await names(user) == ["a, b", "c", "d"]


async def test_the_spelling_of_the_registry_wins(user: SignedIn) -> None:
    await label(user, "Übung")
    task = await add(user, labels=["übung", "ÜBUNG", "new", "New"])
    assert task["labels"] == ["Übung", "new"]
    assert await names(user) == ["new", "Übung"]


async def test_a_wrong_task_makes_no_label(user: SignedIn) -> None:
    body = {"title": "x", "labels": ["new"], "project_id": "01890000-0000-7000-8000-000000000000"}
    problem(await user.client.post("/api/v1/tasks", json=body), 422, "validation_failed")
    task = await add(user)
    path, stale = f"/api/v1/tasks/{task['id']}", {"If-Match": '"9"'}
    problem(await user.client.patch(path, json={"labels": ["new"]}, headers=stale), 412, "version_conflict")
    assert await names(user) == []


async def test_tasks_follow_a_rename(user: SignedIn) -> None:
    task = await add(user, labels=["x", "home", "y"])
    trashed = await add(user, "gone", labels=["home"])
    await user.client.delete(f"/api/v1/tasks/{trashed['id']}")
    other = await add(user, "other", labels=["x"])
    renamed = await find(user, "home")
    changed = ok(await user.client.patch(f"{LABELS}/{renamed['id']}", json={"name": "Garten"}))
    assert (changed["name"], changed["task_count"]) == ("Garten", 1)
    after = await get(user, task)
    assert (after["labels"], after["version"]) == (["x", "Garten", "y"], task["version"] + 1)
    assert (await get(user, trashed))["labels"] == ["Garten"]
    assert await get(user, other) == other
    assert await titles(user, q="garten") == ["a task"]
    assert await titles(user, q="home") == []


async def test_a_rename_may_change_the_case_only(user: SignedIn) -> None:
    task = await add(user, labels=["home"])
    await user.client.patch(f"{LABELS}/{(await find(user, 'home'))['id']}", json={"name": "Home"})
    assert (await get(user, task))["labels"] == ["Home"]


async def test_a_change_of_colour_leaves_tasks_alone(user: SignedIn) -> None:
    task = await add(user, labels=["home"])
    found = await find(user, "home")
    changed = ok(await user.client.patch(f"{LABELS}/{found['id']}", json={"color": "red"}))
    assert changed == found | {"color": "red", "updated_at": changed["updated_at"]}
    assert await get(user, task) == task


async def test_a_patch_of_nothing_is_no_change(user: SignedIn) -> None:
    made = await label(user, "home")
    assert ok(await user.client.patch(f"{LABELS}/{made['id']}", json={})) == made


async def test_a_deleted_label_is_taken_off_its_tasks(user: SignedIn) -> None:
    task = await add(user, labels=["x", "home"])
    found = await find(user, "home")
    assert (await user.client.delete(f"{LABELS}/{found['id']}")).status_code == 204
    after = await get(user, task)
    assert (after["labels"], after["version"]) == (["x"], 2)
    assert await titles(user, q="home") == []
    assert await names(user) == ["x"]
    problem(await user.client.delete(f"{LABELS}/{found['id']}"), 404, "label_not_found")


async def test_counts_are_of_open_tasks(user: SignedIn) -> None:
    await add(user, labels=["x"])
    done, gone = await add(user, labels=["x"]), await add(user, labels=["x"])
    await user.client.post(f"/api/v1/tasks/{done['id']}/complete")
    await user.client.delete(f"/api/v1/tasks/{gone['id']}")
    assert (await find(user, "x"))["task_count"] == 1


async def test_everyone_has_labels_of_their_own(new_user: NewUser) -> None:
    ann, bob = await new_user(), await new_user()
    hers = await add(ann, labels=["home"])
    his = await add(bob, labels=["Home"])
    assert (hers["labels"], his["labels"]) == (["home"], ["Home"])
    await ann.client.delete(f"{LABELS}/{(await find(ann, 'home'))['id']}")
    assert await get(bob, his) == his
    problem(await ann.client.get(f"{LABELS}/{(await find(bob, 'Home'))['id']}"), 404, "label_not_found")


async def test_a_rename_costs_a_fixed_number_of_statements(
    user: SignedIn, count_statements: CountStatements
) -> None:
    for _ in range(3):
        await add(user, labels=["home"])
    found = await find(user, "home")
    with count_statements() as known:
        await add(user, labels=["home"])
    with count_statements() as new:
        await add(user, labels=["home", "new"])
    with count_statements() as renaming:
        await user.client.patch(f"{LABELS}/{found['id']}", json={"name": "Garten"})
    # the caller, the label, the task, the schedule
    assert len(known) == 4, known
    # and for a new name: making it, and looking again
    assert len(new) == 6, new
    # the caller, the label, its change, the tasks that carry it, their change, the label again
    assert len(renaming) == 6, renaming
