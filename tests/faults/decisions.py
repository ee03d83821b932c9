"""Accept and undo against edits that happen at the same time: all of a card, or nothing."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
from tests.backend.running.users import SignedIn
from tests.backend.sweeps.agent import TOMORROW, Agent, Json, add_task, card, change, get_task
from tests.faults.platform import Platform
from tests.faults.running import Counts, main
from tests.faults.suggestion_limits import hold_lease

Edit = Callable[[httpx.AsyncClient, str], Awaitable[httpx.Response]]

_FIELDS = ("title", "priority", "due_date", "status")


def _patch(**fields: Any) -> Edit:
    return lambda client, path: client.patch(path, json=fields)


# What the other editor does to the first task, and what the task has afterwards; None: it is in the trash.
EDITS: dict[str, tuple[Edit, Json | None]] = {
    "the same field": (_patch(due_date="2031-05-05"), {"due_date": "2031-05-05"}),
    "another field": (_patch(title="Edited"), {"title": "Edited"}),
    "both": (_patch(title="Edited", due_date="2031-05-05"), {"title": "Edited", "due_date": "2031-05-05"}),
    "completed": (lambda client, path: client.post(f"{path}/complete"), {"status": "done"}),
    "deleted": (lambda client, path: client.delete(path), None),
}


@dataclass
class Round:
    """Two tasks of a new user and an open card that moves both to tomorrow and raises the first."""

    user: SignedIn
    tasks: list[Json]
    card_id: str

    @classmethod
    async def new(cls, platform: Platform, agent: Agent) -> "Round":
        user = await platform.new_user()
        tasks = [await add_task(user.client, title=f"Task {number}") for number in range(2)]
        await hold_lease(platform, user.id)
        changes = [change(task, "due_date", TOMORROW) for task in tasks] + [
            change(tasks[0], "priority", "p1")
        ]
        lease = {"user_id": str(user.id), "agent": "overdue", "fence": 1}
        answer = await agent.client.post("/api/v1/suggestions", json=card(lease, *changes))
        assert answer.status_code == 201, answer.text
        return cls(user, tasks, answer.json()["id"])

    def decide(self, decision: str) -> Awaitable[httpx.Response]:
        return self.user.client.post(f"/api/v1/suggestions/{self.card_id}/{decision}")

    async def edit(self, edit: Edit) -> httpx.Response:
        answer = await edit(self.user.client, f"/api/v1/tasks/{self.tasks[0]['id']}")
        assert answer.is_success, answer.text
        return answer

    async def state(self) -> list[Json]:
        """What both tasks have now."""
        found = [await get_task(self.user.client, task) for task in self.tasks]
        return [{field: task[field] for field in _FIELDS} for task in found]

    async def status(self) -> str:
        found: str = (await self.user.client.get(f"/api/v1/suggestions/{self.card_id}")).json()["status"]
        return found


def fields_of(tasks: list[Json]) -> list[Json]:
    """The compared fields."""
    return [{field: task[field] for field in _FIELDS} for task in tasks]


def accepted(tasks: list[Json]) -> list[Json]:
    """The fields after the card."""
    first, second = fields_of(tasks)
    return [first | {"due_date": TOMORROW, "priority": "p1"}, second | {"due_date": TOMORROW}]


def edited(tasks: list[Json], outcome: Json | None) -> list[Json]:
    """The fields after the other editor's edit."""
    return [tasks[0] | (outcome or {}), tasks[1]]


async def accept_race(one: Round, name: str) -> str:
    """Either the card and then the edit, or the edit alone."""
    edit, outcome = EDITS[name]
    answer, _ = await _at_once(one.decide("accept"), one.edit(edit))
    state, before = await one.state(), fields_of(one.tasks)
    if answer.status_code == 200:
        assert state == edited(accepted(one.tasks), outcome), (name, state)
        assert await one.status() == "accepted"
        return "accepted"
    assert (answer.status_code, answer.json()["code"]) == (409, "suggestion_stale"), answer.text
    assert state == edited(before, outcome), (name, state)
    assert await one.status() == "superseded"
    return "stale"


async def undo_race(one: Round, name: str) -> str:
    """Either undone and then edited, or edited and nothing undone; an edit of another field is never lost."""
    edit, outcome = EDITS[name]
    assert (await one.decide("accept")).status_code == 200
    answer, _ = await _at_once(one.decide("undo"), one.edit(edit))
    state = await one.state()
    if answer.status_code == 200:
        assert state == edited(fields_of(one.tasks), outcome), (name, state)
        assert await one.status() == "undone"
        return "undone"
    assert (answer.status_code, answer.json()["code"]) == (409, "undo_conflict"), answer.text
    assert name not in {"another field", "completed"}, "undo gave way to an edit that does not touch it"
    assert state == edited(accepted(one.tasks), outcome), (name, state)
    assert await one.status() == "accepted"
    return "conflict"


async def _at_once(
    first: Awaitable[httpx.Response], second: Awaitable[httpx.Response]
) -> tuple[httpx.Response, httpx.Response]:
    """Both requests, in either order and up to some milliseconds apart."""
    lead = random.uniform(-0.01, 0.01)

    async def after(seconds: float, request: Awaitable[httpx.Response]) -> httpx.Response:
        await asyncio.sleep(seconds)
        return await request

    return await asyncio.gather(after(max(0.0, lead), first), after(max(0.0, -lead), second))


async def run(platform: Platform, *, rounds: int = 1000, at_once: int = 8) -> Counts:
    """`rounds` of each race, over all kinds of edits."""
    agent = platform.new_agent()
    seen: Counter[str] = Counter()
    numbers = iter(range(rounds))

    async def play() -> None:
        for number in numbers:
            name = list(EDITS)[number % len(EDITS)]
            for race in (accept_race, undo_race):
                one = await Round.new(platform, agent)
                seen[f"{race.__name__}: {await race(one, name)}"] += 1
                await one.user.client.aclose()

    async with agent.client:
        await asyncio.gather(*(play() for _ in range(at_once)))
    return {"rounds of each race": rounds, **dict(sorted(seen.items())), "half applied or half undone": 0}


if __name__ == "__main__":
    main(run)
