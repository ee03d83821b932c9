"""Many workers and writers at once, with real connections and commits, judged by their history."""

import asyncio
import itertools
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from tests.backend.running.live import LiveBackend
from tests.backend.running.users import SignedIn
from tests.backend.sweeps.agent import Agent, Json, add_task
from tests.backend.sweeps.live_agent import live_agent

CLAIMERS, WRITERS, USERS = 8, 4, 12
SECONDS = 4.0
LEASE_SECONDS = 1


@dataclass
class History:
    """Who held whom from when to when, by one clock; and what was written."""

    held: dict[tuple[str, str], list[tuple[float, float, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    stale_accepted: list[Json] = field(default_factory=list)
    seen: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    written: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    overruns: int = 0
    crashes: int = 0

    def record(self, lease: Json, start: float, end: float) -> None:
        """A worker was sure to hold the lease from its answer until `end`."""
        self.held[lease["user_id"], lease["agent"]].append((start, end, lease["fence"]))

    def overlaps(self) -> list[tuple[str, str]]:
        """Rows that two workers held at once."""
        found = []
        for row, spans in self.held.items():
            spans.sort()
            if any(later[0] < earlier[1] for earlier, later in itertools.pairwise(spans)):
                found.append(row)
        return found

    def repeated_fences(self) -> list[tuple[str, str]]:
        """Rows with a fence that was given out twice."""
        return [row for row, spans in self.held.items() if len({fence for *_, fence in spans}) < len(spans)]


async def work(agent: Agent, name: str, history: History, until: float) -> None:
    """Claim and complete; sometimes die, sometimes take too long."""
    dice = random.Random(name)
    while time.monotonic() < until:
        asked = time.monotonic()
        leases = await agent.claim(limit=3, worker=name)
        received = time.monotonic()
        for lease in leases:
            history.seen[lease["user_id"]] |= {task["title"] for task in lease["snapshot"]["tasks"]}
            fate = dice.random()
            if fate < 0.1:
                history.crashes += 1
                history.record(lease, received, asked + LEASE_SECONDS)
            elif fate < 0.2:
                history.overruns += 1
                history.record(lease, received, asked + LEASE_SECONDS)
                await asyncio.sleep(LEASE_SECONDS * 1.3)
                await complete_late(agent, lease, history)
            else:
                sent = time.monotonic()
                response = await agent.complete(lease)
                if response.status_code == 204:
                    history.record(lease, received, sent)
        await asyncio.sleep(0.02)


async def complete_late(agent: Agent, lease: Json, history: History) -> None:
    """After the lease: fine while nobody else has claimed the row, refused with `stale_fence` otherwise."""
    (row,) = await agent.sql(
        "SELECT fence FROM sweep_state WHERE user_id = :user_id AND agent = :agent",
        user_id=lease["user_id"],
        agent=lease["agent"],
    )
    response = await agent.complete(lease)
    if row.fence != lease["fence"] and response.status_code != 409:
        history.stale_accepted.append(lease)


async def write(user: SignedIn, history: History, until: float) -> None:
    """Add tasks now and then."""
    number = 0
    while time.monotonic() < until:
        number += 1
        title = f"{user.id} {number}"
        await add_task(user.client, title=title)
        history.written[str(user.id)].add(title)
        await asyncio.sleep(0.15)


@pytest.fixture
def lease_of_a_second(live_backend: LiveBackend) -> LiveBackend:
    """A backend whose leases end soon enough for a test."""
    settings = live_backend.app.state.settings
    live_backend.app.state.settings = settings.model_copy(update={"sweep_lease_seconds": LEASE_SECONDS})
    return live_backend


@pytest.mark.slow
async def test_no_lease_is_held_twice_and_nobody_is_forgotten(lease_of_a_second: LiveBackend) -> None:
    backend, history = lease_of_a_second, History()
    users = [await backend.new_user() for _ in range(USERS)]
    async with live_agent(backend) as agent:
        until = time.monotonic() + SECONDS
        workers = [work(agent, f"worker-{number}", history, until) for number in range(CLAIMERS)]
        writers = [write(user, history, until) for user in users[:WRITERS]]
        for user in users[WRITERS:]:
            await agent.make_due(user.id)
        await asyncio.gather(*workers, *writers)
        await drain(agent, history)
    assert history.crashes > 0
    assert history.overruns > 0
    assert history.overlaps() == []
    assert history.repeated_fences() == []
    assert history.stale_accepted == []
    assert {str(user.id) for user in users} == {user_id for user_id, _ in history.held}
    forgotten = {user: titles - history.seen[user] for user, titles in history.written.items()}
    assert not any(forgotten.values())


async def drain(agent: Agent, history: History) -> None:
    """A last, honest worker that goes on until nothing will come back by itself."""
    while True:
        for lease in await agent.claim(worker="last"):
            history.seen[lease["user_id"]] |= {task["title"] for task in lease["snapshot"]["tasks"]}
            history.held[lease["user_id"], lease["agent"]].append((time.monotonic(),) * 2 + (lease["fence"],))
            await agent.complete(lease)
        if not await agent.sql("SELECT 1 FROM sweep_state WHERE due_at IS NOT NULL LIMIT 1"):
            return
        await asyncio.sleep(0.1)


@pytest.mark.slow
async def test_one_of_many_claimers_gets_each_row(live_backend: LiveBackend) -> None:
    users = [await live_backend.new_user() for _ in range(20)]
    async with live_agent(live_backend) as agent:
        for user in users:
            await agent.make_due(user.id)
        batches = await asyncio.gather(*(agent.claim(limit=7, worker=str(n)) for n in range(16)))
    rows = [(lease["user_id"], lease["agent"]) for batch in batches for lease in batch]
    assert len(rows) == len(set(rows)) == 40
