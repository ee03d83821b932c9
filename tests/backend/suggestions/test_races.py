"""Suggestions and decisions that arrive at the same moment, with real connections and commits."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
from tests.backend.running.live import LiveBackend
from tests.backend.running.users import SignedIn
from tests.backend.sweeps.agent import TOMORROW, YESTERDAY, Agent, Json, add_task, change, get_task
from tests.backend.sweeps.live_agent import live_agent

from devstack.postgres import EmbeddedPostgres

pytestmark = pytest.mark.slow

RACERS = 32


@pytest.fixture
async def racing(live_backend: LiveBackend) -> AsyncIterator[Agent]:
    async with live_agent(live_backend) as agent:
        yield agent


async def race(agent: Agent, user: SignedIn, many: int, *, same: bool = False) -> list[httpx.Response]:
    """That many suggestions at once, each about another task unless `same`."""
    tasks = [await add_task(user.client) for _ in range(1 if same else many)]
    lease = await agent.lease(user.id)
    return await asyncio.gather(
        *(agent.suggest(lease, change(tasks[n % len(tasks)], "due_date", TOMORROW)) for n in range(many))
    )


def answers(responses: list[httpx.Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


async def decide(user: SignedIn, card: Json, decision: str) -> httpx.Response:
    return await user.client.post(f"/api/v1/suggestions/{card['id']}/{decision}")


async def test_five_of_many_are_open(live_backend: LiveBackend, racing: Agent) -> None:
    responses = await race(racing, await live_backend.new_user(), RACERS)
    assert answers(responses) == {201: 5, 409: RACERS - 5}
    assert {one.json()["code"] for one in responses if one.status_code == 409} == {"open_limit_reached"}


@pytest.fixture
def decided_at_once(postgres_server: EmbeddedPostgres, fresh_database: str) -> None:
    """Cards are decided on in the moment they are made, so that only the cap of the hour is left."""
    name = fresh_database.rpartition("/")[2].partition("?")[0]
    postgres_server.sql("ALTER TABLE agent_suggestions ALTER status SET DEFAULT 'dismissed'", name)


@pytest.mark.usefixtures("decided_at_once")
async def test_ten_of_many_in_an_hour(live_backend: LiveBackend, racing: Agent) -> None:
    user = await live_backend.new_user()
    responses = await race(racing, user, RACERS)
    assert answers(responses) == {201: 10, 429: RACERS - 10}
    assert all(3_500 < int(one.headers["retry-after"]) <= 3_600 for one in responses if one.is_error)


@pytest.mark.usefixtures("decided_at_once")
async def test_at_the_edge_of_the_hour_there_are_still_ten(live_backend: LiveBackend, racing: Agent) -> None:
    user = await live_backend.new_user()
    assert answers(await race(racing, user, 10)) == {201: 10}
    oldest_three = (
        "UPDATE agent_suggestions SET created_at = clock_timestamp() - interval '1 hour' WHERE id IN"
        " (SELECT id FROM agent_suggestions ORDER BY created_at LIMIT 3)"
    )
    await racing.sql(oldest_three)
    assert answers(await race(racing, user, RACERS)) == {201: 3, 429: RACERS - 3}


async def test_one_fingerprint_is_one_card(live_backend: LiveBackend, racing: Agent) -> None:
    responses = await race(racing, await live_backend.new_user(), 16, same=True)
    assert answers(responses) == {201: 1, 200: 15}
    assert len({one.json()["id"] for one in responses}) == 1


async def test_a_card_is_accepted_once(live_backend: LiveBackend, racing: Agent) -> None:
    user = await live_backend.new_user()
    for _ in range(5):
        task = await add_task(user.client)
        card = await racing.suggested(await racing.lease(user.id), change(task, "due_date", TOMORROW))
        responses = await asyncio.gather(*(decide(user, card, "accept") for _ in range(4)))
        assert answers(responses) == {200: 1, 409: 3}
        assert (await get_task(user.client, task))["version"] == 2


async def test_an_accept_and_an_edit_are_one_after_the_other(
    live_backend: LiveBackend, racing: Agent
) -> None:
    user = await live_backend.new_user()
    outcomes = Counter[int]()
    for _ in range(8):
        tasks = [await add_task(user.client) for _ in range(3)]
        lease = await racing.lease(user.id)
        card = await racing.suggested(lease, *(change(task, "due_date", TOMORROW) for task in tasks))
        path = f"/api/v1/tasks/{tasks[1]['id']}"
        accepted, edited, _ = await asyncio.gather(
            decide(user, card, "accept"),
            user.client.patch(path, json={"due_date": "2090-01-01"}),
            user.client.patch(path, json={"notes": "later"}),
        )
        assert edited.status_code == 200
        dates = [(await get_task(user.client, task))["due_date"] for task in tasks]
        outcomes[accepted.status_code] += 1
        if accepted.status_code == 200:
            assert dates == [TOMORROW, "2090-01-01", TOMORROW]
        else:
            assert accepted.json()["code"] == "suggestion_stale"
            assert dates == [YESTERDAY, "2090-01-01", YESTERDAY]
        await racing.sql("DELETE FROM agent_suggestions")
    assert set(outcomes) <= {200, 409}


async def test_an_undo_and_an_edit_are_one_after_the_other(live_backend: LiveBackend, racing: Agent) -> None:
    user = await live_backend.new_user()
    for _ in range(8):
        tasks = [await add_task(user.client) for _ in range(2)]
        lease = await racing.lease(user.id)
        card = await racing.suggested(lease, *(change(task, "due_date", TOMORROW) for task in tasks))
        await decide(user, card, "accept")
        undone, edited = await asyncio.gather(
            decide(user, card, "undo"),
            user.client.patch(f"/api/v1/tasks/{tasks[0]['id']}", json={"due_date": "2090-01-01"}),
        )
        assert edited.status_code == 200
        dates = [(await get_task(user.client, task))["due_date"] for task in tasks]
        assert dates[0] == "2090-01-01"
        assert (undone.status_code, dates[1]) in {(200, YESTERDAY), (409, TOMORROW)}
        await racing.sql("DELETE FROM agent_suggestions")


async def test_decisions_proposals_switches_and_edits_never_lock_each_other_out(
    live_backend: LiveBackend, racing: Agent
) -> None:
    user = await live_backend.new_user()
    for _ in range(6):
        await user.client.patch("/api/v1/me/preferences", json={"autonomous_agents_enabled": True})
        tasks = [await add_task(user.client) for _ in range(4)]
        lease = await racing.lease(user.id)
        cards = [await racing.suggested(lease, change(task, "due_date", TOMORROW)) for task in tasks]
        responses = await asyncio.gather(
            decide(user, cards[0], "accept"),
            decide(user, cards[0], "dismiss"),
            decide(user, cards[1], "dismiss"),
            decide(user, cards[2], "accept"),
            *(user.client.patch(f"/api/v1/tasks/{task['id']}", json={"priority": "p1"}) for task in tasks),
            *(user.client.post(f"/api/v1/tasks/{task['id']}/complete") for task in tasks),
            racing.suggest(lease, change(tasks[3], "priority", "p1"), fingerprint="again"),
            racing.complete(lease),
            user.client.patch("/api/v1/me/preferences", json={"autonomous_agents_enabled": False}),
            user.client.patch("/api/v1/me/preferences", json={"autonomous_agents_enabled": True}),
        )
        assert {one.status_code for one in responses} <= {200, 201, 204, 409}
        await racing.sql("DELETE FROM agent_suggestions")
        await racing.sql("DELETE FROM suggestion_rule_states")


async def test_a_proposal_and_the_end_of_its_lease(live_backend: LiveBackend, racing: Agent) -> None:
    user = await live_backend.new_user()
    for _ in range(8):
        task = await add_task(user.client)
        lease = await racing.lease(user.id)
        proposed, completed = await asyncio.gather(
            racing.suggest(lease, change(task, "due_date", TOMORROW)), racing.complete(lease)
        )
        assert completed.status_code == 204
        assert proposed.status_code == 201 or proposed.json()["code"] == "stale_fence"
        await racing.sql("DELETE FROM agent_suggestions")
