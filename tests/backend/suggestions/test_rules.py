"""Rules that are dismissed back off, and can be welcomed back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.backend.conftest import NewUser
from tests.backend.running.users import SignedIn
from tests.backend.sweeps.agent import Agent, Json, add_task, change

RULES = "/api/v1/suggestions/rules"


async def answer(agent: Agent, user: SignedIn, *decisions: str, **body: Any) -> None:
    """Cards of one rule, each answered like that."""
    for decision in decisions:
        task = await add_task(user.client)
        await agent.sql("UPDATE agent_suggestions SET created_at = created_at - interval '1 hour'")
        await agent.sql("UPDATE suggestion_rule_states SET muted_until = NULL WHERE isfinite(muted_until)")
        card = await agent.suggested(await agent.lease(user.id), change(task, "priority", "p1"))
        path = f"/api/v1/suggestions/{card['id']}/{decision}"
        assert (await user.client.post(path, json=body)).status_code == 200


async def rules_of(user: SignedIn) -> list[Json]:
    response = await user.client.get(RULES)
    assert response.status_code == 200
    items: list[Json] = response.json()["items"]
    return items


@pytest.mark.parametrize(("dismissals", "days"), [(3, 1), (4, 2), (5, 4), (8, 30), (9, 30)])
async def test_each_dismissal_from_the_third_on_doubles_the_silence(
    user: SignedIn, agent: Agent, dismissals: int, days: int
) -> None:
    await answer(agent, user, *["dismiss"] * dismissals)
    (rule,) = await rules_of(user)
    assert (rule["rule"], rule["dismissals"], rule["muted"]) == ("overdue_one", dismissals, True)
    silence = datetime.fromisoformat(rule["muted_until"]) - datetime.now(UTC)
    assert timedelta(days=days) - timedelta(minutes=1) < silence <= timedelta(days=days)


async def test_two_dismissals_are_no_pattern(user: SignedIn, agent: Agent) -> None:
    await answer(agent, user, "dismiss", "dismiss")
    expected = {"rule": "overdue_one", "dismissals": 2, "muted": False, "muted_until": None}
    assert await rules_of(user) == [expected]


async def test_an_accept_breaks_the_row(user: SignedIn, agent: Agent) -> None:
    await answer(agent, user, "dismiss", "dismiss", "accept", "dismiss", "dismiss")
    (rule,) = await rules_of(user)
    assert (rule["dismissals"], rule["muted"]) == (2, False)


async def test_a_rule_that_is_switched_off_stays_off_and_takes_its_cards_along(
    user: SignedIn, agent: Agent
) -> None:
    lease = await agent.lease(user.id)
    first, second = [
        await agent.suggested(lease, change(await add_task(user.client), "priority", "p1")) for _ in range(2)
    ]
    await user.client.post(f"/api/v1/suggestions/{first['id']}/dismiss", json={"scope": "rule"})
    expected = {"rule": "overdue_one", "dismissals": 1, "muted": True, "muted_until": None}
    assert await rules_of(user) == [expected]
    other = await user.client.get(f"/api/v1/suggestions/{second['id']}")
    assert other.json()["status"] == "expired"


async def test_a_rule_can_be_welcomed_back(user: SignedIn, agent: Agent) -> None:
    await answer(agent, user, "dismiss", scope="rule")
    assert (await user.client.delete(f"{RULES}/overdue_one")).status_code == 204
    assert await rules_of(user) == []
    await answer(agent, user, "dismiss")
    assert (await user.client.delete(f"{RULES}/never_seen")).status_code == 204


async def test_rules_are_each_users_own(user: SignedIn, new_user: NewUser, agent: Agent) -> None:
    await answer(agent, user, "dismiss", scope="rule")
    stranger = await new_user()
    await stranger.client.delete(f"{RULES}/overdue_one")
    assert await rules_of(stranger) == []
    assert len(await rules_of(user)) == 1


async def test_the_overview_tells_about_a_rule_that_backed_off(user: SignedIn, agent: Agent) -> None:
    await answer(agent, user, "dismiss", "dismiss", "dismiss")
    (rule,) = await rules_of(user)
    notices = (await user.client.get("/api/v1/overview")).json()["notices"]
    assert notices == [{"code": "rule_backed_off", "rule": "overdue_one", "until": rule["muted_until"]}]


async def test_the_reason_is_kept_for_the_user(user: SignedIn, agent: Agent) -> None:
    await answer(agent, user, "dismiss", reason="  too soon ")
    (card,) = (await user.client.get("/api/v1/me/export")).json()["suggestions"]
    assert card["dismiss_reason"] == "too soon"


@pytest.mark.parametrize("body", [{"scope": "all"}, {"reason": "x" * 501}, {"reason": "\0"}, {"more": 1}])
async def test_a_dismissal_out_of_shape_is_refused(user: SignedIn, agent: Agent, body: Json) -> None:
    task = await add_task(user.client)
    card = await agent.suggested(await agent.lease(user.id), change(task, "priority", "p1"))
    response = await user.client.post(f"/api/v1/suggestions/{card['id']}/dismiss", json=body)
    assert response.status_code == 422
