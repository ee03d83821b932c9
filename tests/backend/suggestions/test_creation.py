"""What an agent may propose."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.backend.conftest import NewUser
from tests.backend.running.users import SignedIn
from tests.backend.sweeps.agent import TOMORROW, YESTERDAY, Agent, Json, add_task, card, change

from todo_backend.suggestions.schemas import Suggestion


async def post_cards(agent: Agent, user: SignedIn, lease: Json, many: int) -> list[Json]:
    """Cards about a new task each."""
    tasks = [await add_task(user.client) for _ in range(many)]
    return [await agent.suggested(lease, change(task, "due_date", TOMORROW)) for task in tasks]


async def dismiss(user: SignedIn, found: Json, **body: Any) -> None:
    response = await user.client.post(f"/api/v1/suggestions/{found['id']}/dismiss", json=body)
    assert response.status_code == 200, response.text


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


async def test_a_card_is_what_the_agent_said(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    lease = await agent.lease(user.id)
    body = card(lease, change(task, "due_date", TOMORROW))
    headers = {"X-Request-ID": "sweep-0123456789"}
    response = await agent.client.post("/api/v1/suggestions", json=body, headers=headers)
    assert response.status_code == 201
    found = response.json()
    assert Suggestion.model_validate_json(response.content).model_dump(mode="json", by_alias=True) == found
    created, expires = (datetime.fromisoformat(found[name]) for name in ("created_at", "expires_at"))
    assert abs(created - datetime.now(UTC)) < timedelta(seconds=10)
    assert expires - created == timedelta(days=7)
    assert {name: found[name] for name in ("agent", "rule", "title", "reason", "evidence", "source")} == {
        name: body[name] for name in ("agent", "rule", "title", "reason", "evidence", "source")
    }
    assert found["changes"] == [
        {
            "task_id": task["id"],
            "task_title": "Pay the rent",
            "field": "due_date",
            "from": YESTERDAY,
            "to": TOMORROW,
        }
    ]
    assert (found["status"], found["request_id"], found["applied"]) == ("open", "sweep-0123456789", None)


async def test_a_fingerprint_makes_one_card(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    lease = await agent.lease(user.id)
    first = await agent.suggested(lease, change(task, "due_date", TOMORROW))
    again = await agent.suggest(lease, change(task, "priority", "p1"))
    assert (again.status_code, again.json()) == (200, first)


async def test_a_dismissed_card_is_not_said_again(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    lease = await agent.lease(user.id)
    first = await agent.suggested(lease, change(task, "due_date", TOMORROW))
    await dismiss(user, first)
    again = await agent.suggest(lease, change(task, "due_date", TOMORROW))
    assert (again.status_code, again.json()["status"]) == (200, "dismissed")


@pytest.mark.parametrize("ending", ["complete", "release", "overtaken"])
async def test_a_stale_fence_proposes_nothing(user: SignedIn, agent: Agent, ending: str) -> None:
    task = await add_task(user.client)
    lease = await agent.lease(user.id)
    if ending == "overtaken":
        await agent.lease(user.id)
    else:
        await getattr(agent, ending)(lease)
    response = await agent.suggest(lease, change(task, "due_date", TOMORROW))
    assert refusal(response) == (409, "stale_fence")


async def test_a_lease_is_for_one_user_and_one_agent(user: SignedIn, new_user: NewUser, agent: Agent) -> None:
    other = await new_user()
    task = await add_task(user.client)
    lease = await agent.lease(user.id)
    proposed = change(task, "due_date", TOMORROW)
    await agent.complete({**lease, "agent": "prioritization"})
    for wrong in ({"user_id": str(other.id)}, {"agent": "prioritization"}, {"user_id": str(uuid4())}):
        assert refusal(await agent.suggest(lease, proposed, **wrong)) == (409, "stale_fence")


@pytest.mark.parametrize(
    "off", [{"autonomous_agents_enabled": False}, {"agents": {"overdue": False}}], ids=["all", "one"]
)
async def test_an_agent_that_was_switched_off_during_its_lease_is_silent(
    user: SignedIn, agent: Agent, off: Json
) -> None:
    task = await add_task(user.client)
    lease = await agent.lease(user.id)
    await user.client.patch("/api/v1/me/preferences", json=off)
    response = await agent.suggest(lease, change(task, "due_date", TOMORROW))
    assert refusal(response) == (409, "suggestion_unwanted")


async def test_a_disabled_user_gets_no_card(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    lease = await agent.lease(user.id)
    await agent.sql("UPDATE users SET disabled_at = now() WHERE id = :id", id=user.id)
    response = await agent.suggest(lease, change(task, "due_date", TOMORROW))
    assert refusal(response) == (409, "suggestion_unwanted")


async def test_a_rule_may_be_unwanted(user: SignedIn, agent: Agent) -> None:
    first, second = [await add_task(user.client) for _ in range(2)]
    lease = await agent.lease(user.id)
    found = await agent.suggested(lease, change(first, "due_date", TOMORROW))
    await dismiss(user, found, scope="rule")
    proposed = change(second, "due_date", TOMORROW)
    assert refusal(await agent.suggest(lease, proposed)) == (409, "suggestion_unwanted")
    assert (await agent.suggest(lease, proposed, rule="another_rule")).status_code == 201


async def test_a_rule_may_be_unwanted_for_one_task(user: SignedIn, agent: Agent) -> None:
    first, second = [await add_task(user.client) for _ in range(2)]
    lease = await agent.lease(user.id)
    found = await agent.suggested(lease, change(first, "due_date", TOMORROW))
    await dismiss(user, found, scope="task")
    again = await agent.suggest(lease, change(first, "priority", "p1"), fingerprint="new")
    assert refusal(again) == (409, "suggestion_unwanted")
    assert (await agent.suggest(lease, change(second, "priority", "p1"))).status_code == 201


async def test_five_cards_at_a_time(user: SignedIn, agent: Agent) -> None:
    lease = await agent.lease(user.id)
    cards = await post_cards(agent, user, lease, 5)
    task = await add_task(user.client)
    proposed = change(task, "due_date", TOMORROW)
    assert refusal(await agent.suggest(lease, proposed)) == (409, "open_limit_reached")
    await dismiss(user, cards[0])
    assert (await agent.suggest(lease, proposed)).status_code == 201


async def test_ten_cards_an_hour_whatever_became_of_them(user: SignedIn, agent: Agent) -> None:
    lease = await agent.lease(user.id)
    for _ in range(5):
        for found in await post_cards(agent, user, lease, 2):
            await user.client.post(f"/api/v1/suggestions/{found['id']}/accept")
    task = await add_task(user.client)
    proposed = change(task, "due_date", TOMORROW)
    await agent.sql(
        "UPDATE agent_suggestions SET created_at = clock_timestamp() - interval '59 minutes' WHERE id ="
        " (SELECT id FROM agent_suggestions WHERE user_id = :id ORDER BY created_at LIMIT 1)",
        id=user.id,
    )
    refused = await agent.suggest(lease, proposed)
    assert refusal(refused) == (429, "rate_limited")
    assert 55 <= int(refused.headers["retry-after"]) <= 60
    await agent.sql(
        "UPDATE agent_suggestions SET created_at = created_at - interval '1 minute' WHERE id ="
        " (SELECT id FROM agent_suggestions WHERE user_id = :id ORDER BY created_at LIMIT 1)",
        id=user.id,
    )
    assert (await agent.suggest(lease, proposed)).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [{"from": TOMORROW}, {"from": None}, {"task_version": 2}, {"task_id": str(uuid4())}],
    ids=["value", "null", "version", "task"],
)
async def test_a_card_must_fit_the_task_as_it_is(user: SignedIn, agent: Agent, wrong: Json) -> None:
    task = await add_task(user.client)
    lease = await agent.lease(user.id)
    response = await agent.suggest(lease, change(task, "due_date", TOMORROW) | wrong)
    assert refusal(response) == (409, "suggestion_stale")


async def test_another_users_task_is_no_task(user: SignedIn, new_user: NewUser, agent: Agent) -> None:
    task = await add_task((await new_user()).client)
    response = await agent.suggest(await agent.lease(user.id), change(task, "due_date", TOMORROW))
    assert refusal(response) == (409, "suggestion_stale")


@pytest.mark.parametrize("ending", ["complete", "delete"])
async def test_only_open_tasks_are_spoken_of(user: SignedIn, agent: Agent, ending: str) -> None:
    task = await add_task(user.client)
    path = f"/api/v1/tasks/{task['id']}"
    if ending == "complete":
        await user.client.post(f"{path}/complete")
    else:
        await user.client.delete(path)
    response = await agent.suggest(
        await agent.lease(user.id), change(task, "due_date", TOMORROW) | {"task_version": 2}
    )
    assert refusal(response) == (409, "suggestion_stale")


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": "\u202e\n"},
        {"title": "x" * 201},
        {"title": "x\ud800"},
        {"reason": "x" * 501},
        {"rule": "Not a rule"},
        {"rule": "x" * 51},
        {"agent": "other"},
        {"source": "me"},
        {"fingerprint": ""},
        {"fingerprint": "x" * 129},
        {"fence": "one"},
        {"evidence": []},
        {"evidence": {"x": "y" * 8_192}},
        {"evidence": {"x": "\0"}},
        {"evidence": {"x\0": 1}},
        {"evidence": {"x": "\ud800"}},
        {"changes": []},
        {"more": 1},
    ],
    ids=range(19),
)
async def test_a_card_out_of_shape_is_refused(user: SignedIn, agent: Agent, fields: Json) -> None:
    task = await add_task(user.client)
    lease = {"user_id": str(user.id), "agent": "overdue", "fence": 1}
    body = json.dumps(card(lease, change(task, "due_date", TOMORROW), **fields))
    response = await agent.client.post(
        "/api/v1/suggestions", content=body, headers={"Content-Type": "application/json"}
    )
    assert refusal(response) == (422, "validation_failed")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", None),
        ("notes", "x" * 20_001),
        ("priority", "p5"),
        ("due_date", "2026-02-30"),
        ("due_date", 20261121),
        ("due_time", "25:00"),
        ("due_timezone", "Mars/Olympus"),
        ("project_id", "inbox"),
        ("labels", "home"),
        ("labels", ["x"] * 21),
        ("status", "deleted"),
        ("position", 1),
        ("user_id", None),
    ],
)
async def test_a_change_out_of_shape_is_refused(user: SignedIn, agent: Agent, field: str, value: Any) -> None:
    task = await add_task(user.client)
    lease = {"user_id": str(user.id), "agent": "overdue", "fence": 1}
    proposed = {"task_id": task["id"], "field": field, "from": None, "to": value, "task_version": 1}
    response = await agent.suggest(lease, proposed)
    assert refusal(response) == (422, "validation_failed")
    assert any(error["field"].startswith("body.changes.0") for error in response.json()["errors"])


async def test_a_field_changes_once(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    lease = await agent.lease(user.id)
    twice = [change(task, "due_date", TOMORROW), change(task, "due_date", None)]
    assert (await agent.suggest(lease, *twice)).status_code == 422


async def test_text_is_one_plain_line(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    found = await agent.suggested(
        await agent.lease(user.id),
        change(task, "due_date", TOMORROW),
        title="Move\u202e \u2066this\u2069\tone 👩‍💻?",
        reason=" First\r\nsecond\u2028third \x07",
    )
    assert (found["title"], found["reason"]) == ("Move this one 👩‍💻?", "First second third")


@pytest.mark.parametrize("suffix", ["", "/rules", f"/{uuid4()}"])
async def test_the_agent_reads_nothing(agent: Agent, suffix: str) -> None:
    response = await agent.client.get(f"/api/v1/suggestions{suffix}")
    assert refusal(response) == (403, "insufficient_scope")


@pytest.mark.parametrize("decision", ["accept", "dismiss", "undo"])
async def test_the_agent_decides_nothing(user: SignedIn, agent: Agent, decision: str) -> None:
    task = await add_task(user.client)
    found = await agent.suggested(await agent.lease(user.id), change(task, "due_date", TOMORROW))
    response = await agent.client.post(f"/api/v1/suggestions/{found['id']}/{decision}")
    assert refusal(response) == (403, "insufficient_scope")


async def test_no_user_may_propose(user: SignedIn) -> None:
    response = await user.client.post("/api/v1/suggestions", json={})
    assert response.status_code in {403, 422}
