"""Many clients propose at the same time: 10 cards in any rolling hour and 5 open, for each user, exactly."""

import asyncio
import itertools
from collections import Counter
from datetime import timedelta
from uuid import UUID

import httpx
from tests.backend.running.users import SignedIn
from tests.backend.sweeps.agent import TOMORROW, Agent, Json, add_task, card, change
from tests.faults.platform import Platform
from tests.faults.running import Counts, main

from todo_backend.suggestions.limits import MAX_OPEN, MAX_PER_HOUR

_HOUR = timedelta(hours=1)

# The oldest cards leave the hour from now on, one each half second.
_AGE = """
    UPDATE agent_suggestions s
       SET created_at = clock_timestamp() - interval '1 hour' + make_interval(secs => 0.5 * n.number)
      FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM agent_suggestions
             WHERE user_id = :id LIMIT :leaving) n
     WHERE s.id = n.id
"""


class Proposals:
    """Distinct cards about one task of one user, as many as one likes."""

    def __init__(self, agent: Agent, user: SignedIn, task: Json) -> None:
        self.user = user
        self._agent = agent
        self._task = task
        self._serial = itertools.count(1)

    @classmethod
    async def of_new_user(cls, platform: Platform, agent: Agent) -> "Proposals":
        """A user with a task and a lease that outlasts the scenario."""
        user = await platform.new_user()
        task = await add_task(user.client)
        await hold_lease(platform, user.id)
        return cls(agent, user, task)

    async def propose(self) -> httpx.Response:
        """One more card, by a rule of its own so that dismissals do not mute it."""
        name = "".join(chr(ord("a") + int(digit)) for digit in str(next(self._serial)))
        lease = {"user_id": str(self.user.id), "agent": "overdue", "fence": 1}
        body = card(lease, change(self._task, "due_date", TOMORROW), fingerprint=name, rule=f"rule_{name}")
        return await self._agent.client.post("/api/v1/suggestions", json=body)

    async def dismiss_all(self) -> int:
        """Turn down what is open; how many."""
        page = (await self.user.client.get("/api/v1/suggestions?status=open")).json()["items"]
        for found in page:
            answer = await self.user.client.post(f"/api/v1/suggestions/{found['id']}/dismiss")
            assert answer.status_code == 200, answer.text
        return len(page)


async def hold_lease(platform: Platform, user_id: UUID) -> None:
    """Let fence 1 of the overdue agent hold for an hour."""
    await platform.sql(
        "INSERT INTO sweep_state (user_id, agent, due_at, lease_until, fence)"
        " VALUES (:id, 'overdue', now() + interval '1 hour', now() + interval '1 hour', 1)"
        " ON CONFLICT (user_id, agent) DO UPDATE SET fence = 1, lease_until = excluded.lease_until",
        id=user_id,
    )


async def race(everybody: list[Proposals], *, attempts: int, clients: int) -> Counter[tuple[int, str]]:
    """`attempts` cards for each user, sent by `clients` at a time; the statuses and codes."""
    turns = iter([proposals for _ in range(attempts) for proposals in everybody])
    seen: Counter[tuple[int, str]] = Counter()

    async def client() -> None:
        for proposals in turns:
            answer = await proposals.propose()
            seen[answer.status_code, answer.json().get("code", "")] += 1
            if answer.status_code == 429:
                assert 1 <= int(answer.headers["Retry-After"]) <= 3600

    await asyncio.gather(*(client() for _ in range(clients)))
    return seen


async def exactly_ten(platform: Platform, *, users: int, clients: int, attempts: int) -> Counts:
    """Five are open at most, five more fit after a decision, then the hour is full."""
    agent = platform.new_agent()
    async with agent.client:
        everybody = [await Proposals.of_new_user(platform, agent) for _ in range(users)]
        total: Counter[tuple[int, str]] = Counter()
        for turn in range(3):
            seen = await race(everybody, attempts=attempts, clients=clients)
            full = (429, "rate_limited") if turn else (409, "open_limit_reached")
            made = MAX_OPEN * users if turn < 2 else 0
            assert seen[201, ""] == made, seen
            assert seen[full] == attempts * users - made, seen
            total += seen
            for proposals in everybody:
                assert await proposals.dismiss_all() == (MAX_OPEN if turn < 2 else 0)
        found = await platform.sql("SELECT user_id, count(*) AS cards FROM agent_suggestions GROUP BY 1")
        assert Counter(row.cards for row in found) == {MAX_PER_HOUR: users}
    return {
        "users": users,
        "clients": clients,
        "cards proposed": sum(total.values()),
        "cards made": total[201, ""],
        "users with exactly 10": users,
        "refused, 5 open": total[409, "open_limit_reached"],
        "refused, 10 in the hour": total[429, "rate_limited"],
    }


async def hours_edge(platform: Platform, *, clients: int, leaving: int = 4) -> Counts:
    """Cards leave the hour one after the other while many wait for the place."""
    agent = platform.new_agent()
    async with agent.client:
        one = await Proposals.of_new_user(platform, agent)
        for _ in range(2):
            await race([one], attempts=MAX_OPEN, clients=clients)
            await one.dismiss_all()
        await platform.sql(_AGE, id=one.user.id, leaving=leaving)
        made = attempts = 0
        while made < leaving:
            seen = await race([one], attempts=clients, clients=clients)
            made += seen[201, ""]
            attempts += seen.total()
        seen = await race([one], attempts=clients, clients=clients)
        assert seen == {(429, "rate_limited"): clients}
        cards = "SELECT created_at FROM agent_suggestions WHERE user_id = :id ORDER BY created_at"
        created = [row.created_at for row in await platform.sql(cards, id=one.user.id)]
    assert len(created) == MAX_PER_HOUR + leaving
    fullest = max(sum(start <= at < start + _HOUR for at in created) for start in created)
    assert fullest == MAX_PER_HOUR
    return {
        "cards proposed at the hour's edge": attempts,
        "places that came free": leaving,
        "cards made there": made,
        "most cards in any rolling hour": fullest,
    }


async def run(platform: Platform, *, clients: int = 32, users: int = 100, attempts: int = 12) -> Counts:
    """One user, then many at once, then the edge of the hour."""
    single = await exactly_ten(platform, users=1, clients=clients, attempts=4 * clients)
    platform.postgres.sql("TRUNCATE users CASCADE", "todo")
    many = await exactly_ten(platform, users=users, clients=clients, attempts=attempts)
    edge = await hours_edge(platform, clients=clients)
    return {f"one user: {name}": count for name, count in single.items()} | many | edge


if __name__ == "__main__":
    main(run)
