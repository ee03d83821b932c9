"""Claiming, completing and releasing, seen from the agents' side."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.backend.conftest import CountStatements, NewUser
from tests.backend.running.users import SignedIn
from tests.backend.sweeps.agent import TOMORROW, Agent, add_task

from todo_backend.db.ids import new_id
from todo_backend.sweeps.schemas import Claim


async def row_of(agent: Agent, user: SignedIn, name: str = "overdue") -> Any:
    """The row of sweep state, with the seconds from now to its moments."""
    (row,) = await agent.sql(
        "SELECT s.*, extract(epoch FROM due_at - clock_timestamp())::float AS due_in FROM sweep_state s"
        " WHERE user_id = :user_id AND agent = :agent",
        user_id=user.id,
        agent=name,
    )
    return row


async def test_an_overdue_task_is_looked_at_soon_by_both_agents(user: SignedIn, agent: Agent) -> None:
    await add_task(user.client)
    for name in ("overdue", "prioritization"):
        row = await row_of(agent, user, name)
        assert 0 < row.due_in <= 2
        assert row.dirty


async def test_a_task_due_later_is_looked_at_when_it_becomes_overdue(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client, due_date=TOMORROW)
    assert (await row_of(agent, user)).due_at == datetime.fromisoformat(task["overdue_at"])
    assert 0 < (await row_of(agent, user, "prioritization")).due_in <= 2


async def test_a_task_without_a_date_gives_the_overdue_agent_nothing_to_do(
    user: SignedIn, agent: Agent
) -> None:
    await add_task(user.client, due_date=None)
    assert (await row_of(agent, user)).due_at is None


async def test_the_earliest_deadline_wins(user: SignedIn, agent: Agent) -> None:
    first = await add_task(user.client, due_date=TOMORROW)
    await add_task(user.client, due_date="2090-01-01")
    assert (await row_of(agent, user)).due_at == datetime.fromisoformat(first["overdue_at"])


async def test_a_claim_has_the_documented_shape(user: SignedIn, agent: Agent) -> None:
    await agent.make_due(user.id)
    response = await agent.client.post("/api/v1/sweeps/claim", json={"worker": "w", "limit": 5})
    claim = Claim.model_validate_json(response.content)
    assert {lease.agent for lease in claim.leases} == {"overdue", "prioritization"}
    assert all(lease.lease_seconds == 60 and lease.fence == 1 for lease in claim.leases)
    assert claim.model_dump(mode="json") == response.json()


async def test_a_lease_is_given_once(user: SignedIn, agent: Agent) -> None:
    await agent.make_due(user.id)
    assert len(await agent.claim()) == 2
    assert await agent.claim() == []


async def test_the_longest_due_come_first_and_the_limit_holds(new_user: NewUser, agent: Agent) -> None:
    users = [await new_user() for _ in range(3)]
    for age, user in enumerate(users):
        await agent.sql(
            "INSERT INTO sweep_state (user_id, agent, due_at)"
            " VALUES (:id, 'overdue', clock_timestamp() - make_interval(mins => :age))",
            id=user.id,
            age=age,
        )
    claimed = [lease["user_id"] for lease in await agent.claim(limit=2)]
    assert claimed == [str(users[2].id), str(users[1].id)]


async def test_completing_sets_the_next_look(user: SignedIn, agent: Agent) -> None:
    lease = await agent.lease(user.id)
    soon = datetime.now(UTC) + timedelta(hours=1)
    assert (await agent.complete(lease, soon)).status_code == 204
    row = await row_of(agent, user)
    assert (row.due_at, row.lease_until, row.lease_owner, row.attempts) == (soon, None, None, 0)


async def test_completing_without_a_next_look_leaves_the_user_alone(user: SignedIn, agent: Agent) -> None:
    assert (await agent.complete(await agent.lease(user.id))).status_code == 204
    assert (await row_of(agent, user)).due_at is None
    assert [lease for lease in await agent.claim() if lease["agent"] == "overdue"] == []


async def test_a_task_written_during_the_lease_wins_over_the_worker(user: SignedIn, agent: Agent) -> None:
    lease = await agent.lease(user.id)
    await add_task(user.client)
    assert (await agent.complete(lease, datetime.now(UTC) + timedelta(days=1))).status_code == 204
    assert (await row_of(agent, user)).due_in <= 2


async def test_an_irrelevant_task_written_during_the_lease_brings_another_look(
    user: SignedIn, agent: Agent
) -> None:
    lease = await agent.lease(user.id)
    await add_task(user.client, due_date=None)
    assert (await agent.complete(lease)).status_code == 204
    assert (await row_of(agent, user)).due_in <= 60


async def test_a_released_user_is_free_at_once(user: SignedIn, agent: Agent) -> None:
    lease = await agent.lease(user.id)
    assert (await agent.release(lease)).status_code == 204
    (again,) = [one for one in await agent.claim() if one["agent"] == "overdue"]
    assert again["fence"] == lease["fence"] + 1
    assert (await row_of(agent, user)).attempts == 1


@pytest.mark.parametrize("ending", ["complete", "release"])
async def test_a_lease_ends_once(user: SignedIn, agent: Agent, ending: str) -> None:
    lease = await agent.lease(user.id)
    assert (await getattr(agent, ending)(lease)).status_code == 204
    again = await getattr(agent, ending)(lease)
    assert (again.status_code, again.json()["code"]) == (409, "stale_fence")


@pytest.mark.parametrize("ending", ["complete", "release"])
async def test_an_overtaken_lease_changes_nothing(user: SignedIn, agent: Agent, ending: str) -> None:
    old = await agent.lease(user.id)
    new = await agent.lease(user.id)
    refused = await getattr(agent, ending)(old)
    assert (refused.status_code, refused.json()["code"]) == (409, "stale_fence")
    assert (await row_of(agent, user)).fence == new["fence"]
    assert (await row_of(agent, user)).lease_until is not None


async def test_nobody_holds_the_lease_of_a_user_who_does_not_exist(agent: Agent) -> None:
    lease = {"user_id": str(uuid4()), "agent": "overdue", "fence": 1}
    assert (await agent.complete(lease)).status_code == 409


async def test_a_worker_that_dies_gives_the_user_back_when_the_lease_ends(
    user: SignedIn, agent: Agent
) -> None:
    await agent.lease(user.id)
    row = await row_of(agent, user)
    assert row.due_at == row.lease_until
    assert 58 < row.due_in <= 60


@pytest.mark.parametrize(("attempts", "minutes"), [(3, 0), (4, 1), (6, 4), (40, 256)])
async def test_a_user_on_whom_agents_keep_dying_waits_longer(
    user: SignedIn, agent: Agent, attempts: int, minutes: int
) -> None:
    await agent.make_due(user.id)
    await agent.sql("UPDATE sweep_state SET attempts = :attempts", attempts=attempts)
    await agent.claim()
    row = await row_of(agent, user)
    assert row.due_at - row.lease_until == timedelta(minutes=minutes)


async def test_disabled_users_are_left_alone(new_user: NewUser, agent: Agent) -> None:
    user = await new_user(disabled_at=datetime.now(UTC))
    await agent.make_due(user.id)
    assert await agent.claim() == []


@pytest.mark.parametrize(
    ("columns", "left"),
    [
        ({"autonomous_agents_enabled": False}, set()),
        ({"overdue_agent_enabled": False}, {"prioritization"}),
        ({"prioritization_agent_enabled": False}, {"overdue"}),
    ],
)
async def test_agents_that_are_off_are_not_sent(
    new_user: NewUser, agent: Agent, columns: dict[str, bool], left: set[str]
) -> None:
    user = await new_user(**columns)
    await agent.make_due(user.id)
    assert {lease["agent"] for lease in await agent.claim()} == left


async def test_an_agent_that_is_off_is_never_due(user: SignedIn, agent: Agent) -> None:
    await add_task(user.client)
    switch = {"agents": {"overdue": False}}
    assert (await user.client.patch("/api/v1/me/preferences", json=switch)).status_code == 200
    await add_task(user.client)
    assert (await row_of(agent, user)).due_at is None
    assert (await row_of(agent, user, "prioritization")).due_at is not None


async def test_switching_off_during_a_lease_outlasts_it(user: SignedIn, agent: Agent) -> None:
    lease = await agent.lease(user.id)
    await user.client.patch("/api/v1/me/preferences", json={"autonomous_agents_enabled": False})
    assert (await agent.complete(lease, datetime.now(UTC))).status_code == 204
    assert (await row_of(agent, user)).due_at is None


async def test_an_agent_that_is_switched_on_looks_at_once(new_user: NewUser, agent: Agent) -> None:
    user = await new_user(autonomous_agents_enabled=False)
    await add_task(user.client)
    assert (await row_of(agent, user)).due_at is None
    await user.client.patch("/api/v1/me/preferences", json={"autonomous_agents_enabled": True})
    assert {lease["agent"] for lease in await agent.claim()} == {"overdue", "prioritization"}


async def test_a_claim_costs_the_same_however_many_are_due(
    new_user: NewUser, agent: Agent, count_statements: CountStatements
) -> None:
    counts = []
    for number in (1, 8):
        for _ in range(number):
            await agent.make_due((await new_user()).id)
        with count_statements() as statements:
            assert len(await agent.claim()) == 2 * number
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 3  # the third is the test's own change of role


@pytest.mark.parametrize(
    "body",
    [
        {"worker": "", "limit": 1},
        {"worker": "w", "limit": 0},
        {"worker": "w", "limit": 51},
        {"worker": "w\0", "limit": 1},
        {"worker": "w", "limit": 1, "more": 1},
        {"limit": 1},
    ],
)
async def test_a_claim_that_makes_no_sense_is_refused(agent: Agent, body: dict[str, Any]) -> None:
    assert (await agent.client.post("/api/v1/sweeps/claim", json=body)).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {"fence": -1, "next_due_at": None},
        {"fence": 2**63, "next_due_at": None},
        {"fence": 1},
        {"fence": 1, "next_due_at": "tomorrow"},
        {"fence": 1, "next_due_at": "2026-01-01T00:00:00"},
        {"fence": 1, "next_due_at": "9999-12-31T23:59:59-12:00"},
    ],
)
async def test_a_completion_that_makes_no_sense_is_refused(agent: Agent, body: dict[str, Any]) -> None:
    path = f"/api/v1/sweeps/{new_id()}/overdue/complete"
    assert (await agent.client.post(path, json=body)).status_code == 422


async def test_there_are_two_agents(agent: Agent, user: SignedIn) -> None:
    path = f"/api/v1/sweeps/{user.id}/other/complete"
    response = await agent.client.post(path, json={"fence": 1, "next_due_at": None})
    assert response.status_code == 422


async def test_no_user_may_take_work(user: SignedIn) -> None:
    response = await user.client.post("/api/v1/sweeps/claim", json={"worker": "w", "limit": 1})
    assert (response.status_code, response.json()["code"]) == (403, "insufficient_scope")
