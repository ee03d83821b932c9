"""The door in front of the pool."""

import asyncio

import pytest

from todo_backend.db.gate import Gate
from todo_kit.problem import Overloaded


async def _hold(gate: Gate, name: int, order: list[int], release: asyncio.Event) -> None:
    async with gate:
        order.append(name)
        await release.wait()


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_waiters_enter_in_the_order_they_came() -> None:
    gate, release = Gate(1, max_waiting=10), asyncio.Event()
    order: list[int] = []
    tasks = []
    for name in range(5):
        tasks.append(asyncio.create_task(_hold(gate, name, order, release)))
        await _settle()
    release.set()
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2, 3, 4]


async def test_a_full_line_is_an_answer_at_once() -> None:
    gate, release = Gate(1, max_waiting=1), asyncio.Event()
    tasks = [asyncio.create_task(_hold(gate, name, [], release)) for name in range(2)]
    await _settle()
    with pytest.raises(Overloaded) as refused:
        async with gate:
            pass
    assert refused.value.headers["Retry-After"] == "1"
    release.set()
    await asyncio.gather(*tasks)
    async with gate:
        pass


async def test_a_waiter_that_gives_up_leaves_the_line() -> None:
    gate, release = Gate(1, max_waiting=1), asyncio.Event()
    holder = asyncio.create_task(_hold(gate, 0, [], release))
    await _settle()
    waiter = asyncio.create_task(_hold(gate, 1, [], release))
    await _settle()
    waiter.cancel()
    await asyncio.gather(waiter, return_exceptions=True)
    next_in_line = asyncio.create_task(_hold(gate, 2, [], release))
    await _settle()
    assert not next_in_line.done()
    release.set()
    await asyncio.gather(holder, next_in_line)
