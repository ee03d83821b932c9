"""Several writers at once, with real commits on several connections."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import text
from tests.backend.running.live import LiveBackend
from tests.backend.running.users import SignedIn
from tests.backend.tasks.calls import TASKS, add, get, ok, page, titles

pytestmark = pytest.mark.slow

LABELS, PROJECTS = "/api/v1/labels", "/api/v1/projects"


@pytest.fixture
async def user(live_backend: LiveBackend) -> SignedIn:
    return await live_backend.new_user()


async def at_once(*calls: Coroutine[Any, Any, httpx.Response]) -> list[httpx.Response]:
    return list(await asyncio.gather(*calls))


def statuses(answers: list[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


async def test_of_two_editors_with_the_same_version_one_wins(user: SignedIn) -> None:
    for _ in range(5):
        task = await add(user)
        path, match = f"{TASKS}/{task['id']}", {"If-Match": '"1"'}
        answers = await at_once(
            *(user.client.patch(path, json={"title": str(n)}, headers=match) for n in range(4))
        )
        assert statuses(answers) == [200, 412, 412, 412]
        winner = next(answer for answer in answers if answer.status_code == 200)
        assert await get(user, task) == winner.json()


async def test_edits_of_different_fields_are_all_kept(user: SignedIn) -> None:
    fields = {"title": "new", "notes": "more", "priority": "p1", "due_date": "2030-01-01", "labels": ["x"]}
    for _ in range(5):
        task = await add(user)
        path = f"{TASKS}/{task['id']}"
        answers = await at_once(
            *(user.client.patch(path, json={name: value}) for name, value in fields.items())
        )
        assert statuses(answers) == [200] * len(fields)
        after = await get(user, task)
        assert {name: after[name] for name in fields} == fields
        assert after["version"] == 1 + len(fields)
        assert after["overdue_at"] == "2030-01-02T00:00:00.000000Z"


async def test_tasks_added_at_once_can_still_be_put_in_order(user: SignedIn) -> None:
    """They may share a position; the list and a move have to agree on what lies between them."""
    await at_once(*(user.client.post(TASKS, json={"title": str(n)}) for n in range(8)))
    async with asyncio.timeout(20):
        for neighbour in range(7):
            order = [task["id"] for task in (await page(user))["items"]]
            moved = order[-1]
            answer = await user.client.post(f"{TASKS}/{moved}/move", json={"after": order[neighbour]})
            assert answer.status_code == 200
            order.insert(neighbour + 1, order.pop())
            assert [task["id"] for task in (await page(user))["items"]] == order


async def test_moves_at_once_lose_no_task_and_share_no_place(user: SignedIn) -> None:
    ids = [(await add(user, str(n)))["id"] for n in range(10)]
    for _ in range(4):
        answers = await at_once(
            *(user.client.post(f"{TASKS}/{task}/move", json={"after": ids[0]}) for task in ids[1:])
        )
        assert statuses(answers) == [200] * 9
    items = (await page(user))["items"]
    assert items[0]["id"] == ids[0]
    assert {item["id"] for item in items} == set(ids)
    assert len({item["position"] for item in items}) == 10


async def test_a_label_that_is_renamed_or_deleted_leaves_no_stray_name(user: SignedIn) -> None:
    for round_ in range(4):
        await add(user, labels=["home"])
        found = ok(await user.client.get(LABELS))["items"]
        path = f"{LABELS}/{next(label['id'] for label in found if label['name'].lower() == 'home')}"
        change = (
            user.client.patch(path, json={"name": f"garden {round_}"})
            if round_ % 2
            else user.client.delete(path)
        )
        tasks = [(await add(user, str(n)))["id"] for n in range(3)]
        answers = await at_once(
            *(user.client.post(TASKS, json={"title": "x", "labels": ["home"]}) for _ in range(3)),
            change,
            *(user.client.patch(f"{TASKS}/{task}", json={"labels": ["Home", "y"]}) for task in tasks),
        )
        assert set(statuses(answers)) <= {200, 201, 204}
        registered = {label["name"] for label in ok(await user.client.get(LABELS))["items"]}
        carried = {name for task in (await page(user, limit=200))["items"] for name in task["labels"]}
        assert carried <= registered


async def test_a_new_label_is_made_once(user: SignedIn) -> None:
    bodies = [{"title": "x", "labels": [f"A{n % 3}", "b", f"c{n % 2}"]} for n in range(8)]
    answers = await at_once(*(user.client.post(TASKS, json=body) for body in bodies))
    assert statuses(answers) == [201] * 8
    assert [label["name"] for label in ok(await user.client.get(LABELS))["items"]] == [
        "A0",
        "A1",
        "A2",
        "b",
        "c0",
        "c1",
    ]


async def test_nothing_stays_in_a_project_that_is_deleted(user: SignedIn) -> None:
    for round_ in range(4):
        body = {"name": f"project {round_}"}
        project = ok(await user.client.post(PROJECTS, json=body), 201)["id"]
        tasks = [(await add(user, str(n)))["id"] for n in range(3)]
        answers = await at_once(
            *(user.client.post(TASKS, json={"title": "x", "project_id": project}) for _ in range(3)),
            user.client.delete(f"{PROJECTS}/{project}"),
            *(user.client.patch(f"{TASKS}/{task}", json={"project_id": project}) for task in tasks),
        )
        assert set(statuses(answers)) <= {200, 201, 204, 422}
    assert {task["project_id"] for task in (await page(user, limit=200))["items"]} == {None}


async def test_a_walk_through_all_pages_while_others_write(user: SignedIn) -> None:
    steady = [(await add(user, f"steady {n}", due_date=f"2030-01-{1 + n % 9:02}"))["id"] for n in range(30)]
    done = asyncio.Event()

    async def write() -> None:
        while not done.is_set():
            task = await add(user, "fleeting", due_date="2030-01-05")
            await user.client.delete(f"{TASKS}/{task['id']}")

    writers = [asyncio.create_task(write()) for _ in range(3)]
    try:
        for sort in ("position", "due", "created", "priority"):
            for order in ("asc", "desc"):
                seen: list[str] = []
                cursor: dict[str, Any] = {}
                while True:
                    found = await page(user, sort=sort, order=order, limit=4, **cursor)
                    seen += [task["id"] for task in found["items"]]
                    if found["next_cursor"] is None:
                        break
                    cursor = {"cursor": found["next_cursor"]}
                assert len(seen) == len(set(seen))
                assert set(seen) >= set(steady)
    finally:
        done.set()
        await asyncio.gather(*writers)


async def test_a_connection_that_died_costs_a_list_no_error(
    live_backend: LiveBackend, user: SignedIn
) -> None:
    await add(user, "still here")
    owner = await asyncpg.connect(str(live_backend.app.state.settings.database_url))
    await owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await owner.close()
    assert await titles(user) == ["still here"]


async def test_a_list_writes_down_that_the_session_is_in_use(
    live_backend: LiveBackend, user: SignedIn
) -> None:
    async with live_backend.database.system_session() as session:
        await session.execute(text("UPDATE sessions SET last_seen_at = now() - interval '10 minutes'"))
    await titles(user)
    async with live_backend.database.system_session() as session:
        age = await session.scalar(text("SELECT now() - last_seen_at < interval '1 minute' FROM sessions"))
    assert age is True
