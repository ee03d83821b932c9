"""The manual order."""

import random
from typing import Any

import pytest
from tests.backend.running.users import SignedIn

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


@pytest.mark.slow
async def test_the_order_survives_hundreds_of_moves_into_one_gap(user: SignedIn) -> None:
    ids = [await add(user, f"task {number}") for number in range(6)]
    model = list(ids)
    for number in range(300):
        task = model[2 + number % 3]
        model.remove(task)
        model.insert(1, task)
        await move(user, task, after=model[0])
    assert await order(user) == model


@pytest.mark.slow
async def test_random_moves_agree_with_a_list(user: SignedIn) -> None:
    chance = random.Random(7)
    model = [await add(user, f"task {number}") for number in range(12)]
    for _ in range(150):
        task, neighbour = chance.sample(model, 2)
        side = chance.choice(["before", "after"])
        model.remove(task)
        model.insert(model.index(neighbour) + (side == "after"), task)
        await move(user, task, **{side: neighbour})
    assert await order(user) == model


@pytest.mark.parametrize("body", [{}, {"before": None}, {"before": "x"}, {"sideways": 1}])
async def test_a_move_needs_one_neighbour(user: SignedIn, body: dict[str, Any]) -> None:
    task = await add(user, "a")
    assert (await user.client.post(f"{TASKS}/{task}/move", json=body)).status_code == 422


async def test_a_neighbour_must_be_ones_own(user: SignedIn) -> None:
    task = await add(user, "a")
    body = {"before": "01890000-0000-7000-8000-000000000000"}
    answer = await user.client.post(f"{TASKS}/{task}/move", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
