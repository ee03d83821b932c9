"""Projects, and what becomes of their tasks."""

from typing import Any

import pytest
from tests.backend.conftest import CountStatements, NewUser
from tests.backend.running.users import SignedIn
from tests.backend.tasks.calls import add, get, ok, patch, post, problem, titles

PROJECTS = "/api/v1/projects"


async def project(user: SignedIn, name: str = "Home", **fields: Any) -> dict[str, Any]:
    return ok(await user.client.post(PROJECTS, json={"name": name} | fields), 201)


async def listed(user: SignedIn) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ok(await user.client.get(PROJECTS))["items"]
    return items


async def test_a_project_is_made_read_and_listed_in_order(user: SignedIn) -> None:
    answer = await user.client.post(PROJECTS, json={"name": " Zoo ", "color": "green"})
    made = ok(answer, 201)
    assert (made["name"], made["color"], made["task_count"]) == ("Zoo", "green", 0)
    assert ok(await user.client.get(answer.headers["location"])) == made
    second = await project(user, "Aquarium")
    assert second["color"] == "purple"
    assert [item["name"] for item in await listed(user)] == ["Zoo", "Aquarium"]


async def test_a_name_is_taken_whatever_its_case(user: SignedIn) -> None:
    await project(user, "Home")
    other = await project(user, "Work")
    problem(await user.client.post(PROJECTS, json={"name": "HOME"}), 409, "name_taken")
    problem(await user.client.patch(f"{PROJECTS}/{other['id']}", json={"name": "home"}), 409, "name_taken")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": " "}, "body.name"),
        ({"name": "x" * 101}, "body.name"),
        ({"name": "a\0"}, "body.name"),
        ({"name": None}, "body.name"),
        ({"name": "x", "color": None}, "body.color"),
        ({"name": "x", "position": 3}, "body.position"),
    ],
)
async def test_wrong_input_names_the_field(user: SignedIn, body: dict[str, Any], field: str) -> None:
    problem(await user.client.post(PROJECTS, json=body), 422, "validation_failed", field)


async def test_a_lone_surrogate_is_refused(user: SignedIn) -> None:
    answer = await user.client.post(
        PROJECTS, content=b'{"name":"a\\ud800b"}', headers={"Content-Type": "application/json"}
    )
    problem(answer, 422, "validation_failed")


async def test_a_patch_changes_what_is_given(user: SignedIn) -> None:
    made = await project(user)
    path = f"{PROJECTS}/{made['id']}"
    changed = ok(await user.client.patch(path, json={"color": "red"}))
    assert changed == made | {"color": "red", "updated_at": changed["updated_at"]}
    assert ok(await user.client.patch(path, json={"name": "HOME"}))["name"] == "HOME"
    assert ok(await user.client.patch(path, json={}))["name"] == "HOME"


async def test_tasks_go_in_and_out(user: SignedIn) -> None:
    home = await project(user)
    task = await add(user, project_id=home["id"])
    assert (await listed(user))[0]["task_count"] == 1
    assert (await patch(user, task, project_id=None))["project_id"] is None
    assert (await listed(user))[0]["task_count"] == 0
    assert (await patch(user, task, project_id=home["id"]))["project_id"] == home["id"]
    await post(user, task, "complete")
    assert (await listed(user))[0]["task_count"] == 0


async def test_the_tasks_of_a_deleted_project_go_to_the_inbox(user: SignedIn) -> None:
    home, work = await project(user), await project(user, "Work")
    task, done = await add(user, project_id=home["id"]), await add(user, "done", project_id=home["id"])
    elsewhere = await add(user, "elsewhere", project_id=work["id"])
    await post(user, done, "complete")
    assert (await user.client.delete(f"{PROJECTS}/{home['id']}")).status_code == 204
    after = await get(user, task)
    assert (after["project_id"], after["version"]) == (None, task["version"] + 1)
    assert (await get(user, done))["status"] == "done"
    assert await get(user, elsewhere) == elsewhere
    assert await titles(user, view="inbox") == ["a task"]
    problem(await user.client.delete(f"{PROJECTS}/{home['id']}"), 404, "project_not_found")


async def test_or_to_the_trash_and_from_there_to_the_inbox(user: SignedIn) -> None:
    home = await project(user)
    task = await add(user, project_id=home["id"])
    path = f"{PROJECTS}/{home['id']}"
    problem(await user.client.delete(path, params={"tasks": "moon"}), 422, "validation_failed", "query.tasks")
    assert (await user.client.delete(path, params={"tasks": "trash"})).status_code == 204
    assert await titles(user) == []
    assert await titles(user, status="trash") == ["a task"]
    restored = await post(user, task, "restore")
    assert (restored["deleted_at"], restored["project_id"]) == (None, None)


async def test_a_task_in_the_trash_outlives_its_project(user: SignedIn) -> None:
    home = await project(user)
    task = await add(user, project_id=home["id"])
    await user.client.delete(f"/api/v1/tasks/{task['id']}")
    await user.client.delete(f"{PROJECTS}/{home['id']}")
    assert (await post(user, task, "restore"))["project_id"] is None


async def test_nothing_of_another_user_can_be_reached(new_user: NewUser) -> None:
    ann, bob = await new_user(), await new_user()
    his = await project(bob)
    hers = await add(ann)
    for body in ({"project_id": his["id"]}, {"project_id": "01890000-0000-7000-8000-000000000000"}):
        problem(
            await ann.client.post("/api/v1/tasks", json={"title": "x"} | body),
            422,
            "validation_failed",
            "body.project_id",
        )
        problem(
            await ann.client.patch(f"/api/v1/tasks/{hers['id']}", json=body),
            422,
            "validation_failed",
            "body.project_id",
        )
    assert await titles(ann, project_id=his["id"]) == []
    await project(ann)  # the name is his, too


async def test_a_deletion_costs_a_fixed_number_of_statements(
    user: SignedIn, count_statements: CountStatements
) -> None:
    home = await project(user)
    for _ in range(3):
        await add(user, project_id=home["id"])
    with count_statements() as deleting:
        await user.client.delete(f"{PROJECTS}/{home['id']}")
    # the caller, the project, its tasks, its end, the schedule, the suggestions about the tasks
    assert len(deleting) == 6, deleting
