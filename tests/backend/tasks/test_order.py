"""The manual order."""

import random
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from tests.backend.running.live import LiveBackend
from tests.backend.running.users import SignedIn

from todo_backend.auth.principal import Principal
from todo_backend.db.engine import act_for
from todo_backend.tasks import service
from todo_backend.tasks.schemas import TaskMove

TASKS = "/api/v1/tasks"


async def add(user: SignedIn, title: str) -> str:
    return str((await user.client.post(TASKS, json={"title": title})).json()["id"])


async def order(user: SignedIn) -> list[str]:
    items = (await user.client.get(TASKS, params={"limit": 200})).json()["items"]
    return [task["id"] for task in items]


async def move(user: SignedIn, task: str, **where: Any) -> None:
    answer = await user.client.post(f"{TASKS}/{task}/move", json=where)
    assert answer.status_code == 200, answer.text


async def test_new_tasks_come_last_and_moves_put_them_elsewhere(user: SignedIn) -> None:
    a, b, c = [await add(user, title) for title in "abc"]
    assert await order(user) == [a, b, c]
    await move(user, c, before=a)
    assert await order(user) == [c, a, b]
    await move(user, c, after=a)
    assert await order(user) == [a, c, b]
    await move(user, a, after=b)
    assert await order(user) == [c, b, a]
    await move(user, b, before=b)
    assert await order(user) == [c, b, a]


async def quick_move(backend: LiveBackend, user: SignedIn, task: str, **where: str) -> None:
    """A move without HTTP around it, for tests that need very many."""
    caller = Principal("session", user.id, "UTC", datetime.now(UTC), frozenset())
    async with backend.database.session() as session:
        await act_for(session, user.id)
        await service.move(session, caller, UUID(task), TaskMove.model_validate(where))


@pytest.mark.slow
async def test_the_order_survives_hundreds_of_moves_into_one_gap(live_backend: LiveBackend) -> None:
    user = await live_backend.new_user()
    model = [await add(user, f"task {number}") for number in range(6)]
    untouched = model[5]
    for number in range(400):
        task = model.pop(2 + number % 3)
        model.insert(1, task)
        await quick_move(live_backend, user, task, after=model[0])
    assert await order(user) == model
    assert (await user.client.get(f"{TASKS}/{untouched}")).json()["version"] == 1


@pytest.mark.slow
async def test_random_moves_agree_with_a_list(live_backend: LiveBackend) -> None:
    user = await live_backend.new_user()
    chance = random.Random(7)
    model = [await add(user, f"task {number}") for number in range(12)]
    for _ in range(200):
        task, neighbour = chance.sample(model, 2)
        side = chance.choice(["before", "after"])
        model.remove(task)
        model.insert(model.index(neighbour) + (side == "after"), task)
        await quick_move(live_backend, user, task, **{side: neighbour})
    assert await order(user) == model


async def test_a_position_may_be_set_to_any_number(user: SignedIn) -> None:
    a, b, c = [await add(user, title) for title in "abc"]
    for task, position in ((a, 1e308), (b, -1e308), (c, 1e308)):
        assert (await user.client.patch(f"{TASKS}/{task}", json={"position": position})).status_code == 200
    assert await order(user) == [b, a, c]
    d = await add(user, "d")
    await move(user, d, after=a)
    assert await order(user) == [b, a, d, c]
    await move(user, c, after=b)
    assert await order(user) == [b, c, a, d]


@pytest.mark.parametrize("position", ["Infinity", "NaN", '"7"', "true", "null", "1e999"])
async def test_a_position_is_a_finite_number(user: SignedIn, position: str) -> None:
    task = await add(user, "a")
    answer = await user.client.patch(
        f"{TASKS}/{task}",
        content=f'{{"position":{position}}}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("body", [{}, {"before": None}, {"before": "x"}, {"sideways": 1}])
async def test_a_move_needs_one_neighbour(user: SignedIn, body: dict[str, Any]) -> None:
    task = await add(user, "a")
    assert (await user.client.post(f"{TASKS}/{task}/move", json=body)).status_code == 422


async def test_a_neighbour_must_be_ones_own(user: SignedIn) -> None:
    task = await add(user, "a")
    body = {"before": "01890000-0000-7000-8000-000000000000"}
    answer = await user.client.post(f"{TASKS}/{task}/move", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
