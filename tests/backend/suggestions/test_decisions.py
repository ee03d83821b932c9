"""Accepting, undoing, snoozing and dismissing cards."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.backend.conftest import NewUser
from tests.backend.running.users import SignedIn
from tests.backend.sweeps.agent import TOMORROW, YESTERDAY, Agent, Json, add_task, change, get_task

from todo_backend.suggestions.schemas import Decision


async def new_card(agent: Agent, user: SignedIn, *changes: Json, **fields: Any) -> Json:
    return await agent.suggested(await agent.lease(user.id), *changes, **fields)


async def decide(user: SignedIn, card: Json, decision: str, **body: Any) -> httpx.Response:
    return await user.client.post(f"/api/v1/suggestions/{card['id']}/{decision}", json=body or None)


async def look(user: SignedIn, card: Json) -> Json:
    response = await user.client.get(f"/api/v1/suggestions/{card['id']}")
    assert response.status_code == 200
    found: Json = response.json()
    return found


def refusal(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


async def test_accepting_changes_the_task(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    card = await new_card(agent, user, change(task, "due_date", TOMORROW))
    response = await decide(user, card, "accept")
    assert response.status_code == 200
    answer = response.json()
    assert Decision.model_validate_json(response.content).model_dump(mode="json", by_alias=True) == answer
    assert answer["tasks"] == [await get_task(user.client, task)]
    assert (answer["tasks"][0]["due_date"], answer["tasks"][0]["version"]) == (TOMORROW, 2)
    assert not answer["tasks"][0]["is_overdue"]
    assert answer["suggestion"] == await look(user, card)
    assert answer["suggestion"]["status"] == "accepted"
    assert answer["suggestion"]["decided_at"] is not None
    assert answer["suggestion"]["applied"] == card["changes"]


async def test_accepting_changes_all_tasks(user: SignedIn, agent: Agent) -> None:
    tasks = [await add_task(user.client, title=title) for title in ("one", "two", "three")]
    card = await new_card(agent, user, *(change(task, "priority", "p1") for task in tasks))
    answer = (await decide(user, card, "accept")).json()
    assert [task["priority"] for task in answer["tasks"]] == ["p1"] * 3


async def test_the_users_edit_is_what_counts(user: SignedIn, agent: Agent) -> None:
    first, second = [await add_task(user.client) for _ in range(2)]
    card = await new_card(
        agent, user, change(first, "due_date", TOMORROW), change(second, "due_date", TOMORROW)
    )
    edit = [{"task_id": second["id"], "field": "due_date", "to": "2090-01-01"}]
    answer = (await decide(user, card, "accept", changes=edit)).json()
    assert [task["due_date"] for task in answer["tasks"]] == ["2090-01-01"]
    assert (await get_task(user.client, first))["due_date"] == YESTERDAY
    assert [one["to"] for one in answer["suggestion"]["applied"]] == ["2090-01-01"]
    assert (await decide(user, card, "undo")).status_code == 200
    assert (await get_task(user.client, second))["due_date"] == YESTERDAY


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        ({"field": "priority", "to": "p1"}, "body.changes.0"),
        ({"field": "due_date", "to": "2026-02-30"}, "body.changes.0.to"),
        ({"field": "due_date", "to": TOMORROW, "task_id": str(uuid4())}, "body.changes.0"),
        ({"field": "due_date"}, "body.changes.0.to"),
    ],
    ids=["other field", "no date", "other task", "nothing"],
)
async def test_an_edit_stays_within_the_card(user: SignedIn, agent: Agent, edit: Json, field: str) -> None:
    task = await add_task(user.client)
    card = await new_card(agent, user, change(task, "due_date", TOMORROW))
    response = await decide(user, card, "accept", changes=[{"task_id": task["id"]} | edit])
    assert refusal(response) == (422, "validation_failed")
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert (await look(user, card))["status"] == "open"
    assert await get_task(user.client, task) == task


async def test_what_a_patch_would_refuse_changes_nothing(user: SignedIn, agent: Agent) -> None:
    dated, undated = await add_task(user.client), await add_task(user.client, due_date=None)
    card = await new_card(
        agent, user, change(dated, "priority", "p1"), change(undated, "due_time", "12:00:00")
    )
    assert (await decide(user, card, "accept")).status_code == 422
    assert (await get_task(user.client, dated))["priority"] == "p4"
    assert (await look(user, card))["status"] == "open"


@pytest.mark.parametrize("edit", [{"due_date": TOMORROW}, {"notes": "unrelated"}], ids=["field", "other"])
async def test_a_task_that_has_moved_on_makes_the_card_stale(
    user: SignedIn, agent: Agent, edit: Json
) -> None:
    first, second = [await add_task(user.client) for _ in range(2)]
    card = await new_card(agent, user, *(change(task, "due_date", "2090-01-01") for task in (first, second)))
    await user.client.patch(f"/api/v1/tasks/{first['id']}", json=edit)
    for _ in range(2):
        assert refusal(await decide(user, card, "accept")) == (409, "suggestion_stale")
        assert (await look(user, card))["status"] == "superseded"
    assert (await get_task(user.client, second)) == second


@pytest.mark.parametrize("ending", ["complete", "delete"])
async def test_a_card_ends_with_its_task(user: SignedIn, agent: Agent, ending: str) -> None:
    task = await add_task(user.client)
    card = await new_card(agent, user, change(task, "due_date", TOMORROW))
    path = f"/api/v1/tasks/{task['id']}"
    if ending == "complete":
        await user.client.post(f"{path}/complete")
    else:
        await user.client.delete(path)
    assert (await look(user, card))["status"] == "superseded"


async def test_a_card_stays_while_its_values_hold(user: SignedIn, agent: Agent) -> None:
    task, other = [await add_task(user.client) for _ in range(2)]
    card = await new_card(agent, user, change(task, "due_date", TOMORROW))
    await user.client.patch(f"/api/v1/tasks/{task['id']}", json={"title": "Pay it"})
    await user.client.post(f"/api/v1/tasks/{other['id']}/complete")
    found = await look(user, card)
    assert (found["status"], found["changes"][0]["task_title"]) == ("open", "Pay it")


async def test_a_superseded_card_may_be_said_again(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    card = await new_card(agent, user, change(task, "due_date", TOMORROW))
    await user.client.patch(f"/api/v1/tasks/{task['id']}", json={"due_date": TOMORROW})
    task = (await user.client.patch(f"/api/v1/tasks/{task['id']}", json={"due_date": YESTERDAY})).json()
    again = await new_card(agent, user, change(task, "due_date", TOMORROW))
    assert again["id"] != card["id"]
    assert (await decide(user, again, "accept")).status_code == 200


async def test_undo_puts_back_side_effects_too(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client, due_time="17:00", due_timezone="Europe/Berlin")
    card = await new_card(agent, user, change(task, "due_date", None))
    assert (await decide(user, card, "accept")).json()["tasks"][0]["due_time"] is None
    response = await decide(user, card, "undo")
    assert response.status_code == 200
    (back,) = response.json()["tasks"]
    moving = {"version", "updated_at"}
    assert {name: back[name] for name in back.keys() - moving} == {
        name: task[name] for name in task.keys() - moving
    }
    assert response.json()["suggestion"]["status"] == "undone"


async def test_what_was_undone_is_not_said_again(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    lease = await agent.lease(user.id)
    card = await agent.suggested(lease, change(task, "due_date", TOMORROW))
    await decide(user, card, "accept")
    await decide(user, card, "undo")
    task = await get_task(user.client, task)
    again = await agent.suggest(lease, change(task, "due_date", TOMORROW))
    assert (again.status_code, again.json()["id"]) == (200, card["id"])


async def test_undo_gives_way_to_later_edits(user: SignedIn, agent: Agent) -> None:
    first, second = [await add_task(user.client) for _ in range(2)]
    card = await new_card(agent, user, *(change(task, "due_date", TOMORROW) for task in (first, second)))
    await decide(user, card, "accept")
    await user.client.patch(f"/api/v1/tasks/{first['id']}", json={"due_date": "2090-01-01"})
    response = await decide(user, card, "undo")
    assert refusal(response) == (409, "undo_conflict")
    assert response.json()["conflicts"] == [{"task_id": first["id"], "field": "due_date"}]
    assert (await get_task(user.client, second))["due_date"] == TOMORROW
    assert (await look(user, card))["status"] == "accepted"


async def test_undo_minds_only_its_own_fields(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    card = await new_card(agent, user, change(task, "due_date", TOMORROW))
    await decide(user, card, "accept")
    await user.client.patch(f"/api/v1/tasks/{task['id']}", json={"title": "Pay it"})
    (back,) = (await decide(user, card, "undo")).json()["tasks"]
    assert (back["title"], back["due_date"]) == ("Pay it", YESTERDAY)


async def test_undo_leaves_the_trash_alone(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    card = await new_card(agent, user, change(task, "due_date", TOMORROW))
    await decide(user, card, "accept")
    await user.client.delete(f"/api/v1/tasks/{task['id']}")
    assert refusal(await decide(user, card, "undo")) == (409, "undo_conflict")
    await user.client.delete(f"/api/v1/tasks/{task['id']}?permanent=true")
    assert refusal(await decide(user, card, "undo")) == (409, "undo_conflict")
    assert (await look(user, card))["changes"][0]["task_title"] == ""


async def test_undo_cannot_bring_back_a_project(user: SignedIn, agent: Agent) -> None:
    old, new = [
        (await user.client.post("/api/v1/projects", json={"name": name})).json()["id"]
        for name in ("old", "new")
    ]
    task = await add_task(user.client, project_id=old)
    card = await new_card(agent, user, change(task, "project_id", new))
    assert (await decide(user, card, "accept")).status_code == 200
    await user.client.delete(f"/api/v1/projects/{old}")
    assert refusal(await decide(user, card, "undo")) == (409, "undo_conflict")


async def test_a_day_to_undo(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    card = await new_card(agent, user, change(task, "due_date", TOMORROW))
    await decide(user, card, "accept")
    await agent.sql("UPDATE agent_suggestions SET decided_at = decided_at - interval '24 hours'")
    assert refusal(await decide(user, card, "undo")) == (409, "undo_expired")


async def test_only_what_was_accepted_can_be_undone_once(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    card = await new_card(agent, user, change(task, "due_date", TOMORROW))
    assert refusal(await decide(user, card, "undo")) == (409, "suggestion_not_accepted")
    await decide(user, card, "accept")
    await decide(user, card, "undo")
    assert refusal(await decide(user, card, "undo")) == (409, "suggestion_not_accepted")


@pytest.mark.parametrize("first", ["accept", "dismiss"])
async def test_a_card_is_decided_once(user: SignedIn, agent: Agent, first: str) -> None:
    task = await add_task(user.client)
    card = await new_card(agent, user, change(task, "due_date", TOMORROW))
    assert (await decide(user, card, first)).status_code == 200
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    for decision, body in (("accept", {}), ("dismiss", {}), ("snooze", {"until": until})):
        assert refusal(await decide(user, card, decision, **body)) == (409, "suggestion_not_open")


async def test_a_card_that_has_expired_is_over(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    card = await new_card(agent, user, change(task, "due_date", TOMORROW))
    await agent.sql("UPDATE agent_suggestions SET expires_at = clock_timestamp()")
    assert (await look(user, card))["status"] == "expired"
    assert refusal(await decide(user, card, "accept")) == (409, "suggestion_not_open")


async def test_a_snoozed_card_comes_back(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    card = await new_card(agent, user, change(task, "due_date", TOMORROW))
    until = datetime.now(UTC) + timedelta(days=30)
    response = await decide(user, card, "snooze", until=until.isoformat())
    assert response.status_code == 200
    snoozed = response.json()
    assert (snoozed["status"], snoozed["decided_at"]) == ("snoozed", None)
    assert datetime.fromisoformat(snoozed["snoozed_until"]) == until
    assert datetime.fromisoformat(snoozed["expires_at"]) == until + timedelta(days=7)
    await agent.sql("UPDATE agent_suggestions SET snoozed_until = clock_timestamp()")
    assert (await look(user, card))["status"] == "open"
    assert (await decide(user, card, "accept")).status_code == 200


@pytest.mark.parametrize("days", [-1, 0, 367])
async def test_snoozing_is_for_the_coming_year(user: SignedIn, agent: Agent, days: int) -> None:
    task = await add_task(user.client)
    card = await new_card(agent, user, change(task, "due_date", TOMORROW))
    until = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    response = await decide(user, card, "snooze", until=until)
    assert refusal(response) == (422, "validation_failed")
    assert response.json()["errors"][0]["field"] == "body.until"


async def test_a_snoozed_card_leaves_room(user: SignedIn, agent: Agent) -> None:
    tasks = [await add_task(user.client) for _ in range(6)]
    cards = [await new_card(agent, user, change(task, "priority", "p1")) for task in tasks[:5]]
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await decide(user, cards[0], "snooze", until=until)
    assert await new_card(agent, user, change(tasks[5], "priority", "p1"))


@pytest.mark.parametrize("decision", ["accept", "dismiss", "snooze", "undo"])
async def test_another_users_card_does_not_exist(
    user: SignedIn, new_user: NewUser, agent: Agent, decision: str
) -> None:
    task = await add_task(user.client)
    card = await new_card(agent, user, change(task, "due_date", TOMORROW))
    stranger = await new_user()
    body = {"until": (datetime.now(UTC) + timedelta(hours=1)).isoformat()} if decision == "snooze" else {}
    assert refusal(await decide(stranger, card, decision, **body)) == (404, "suggestion_not_found")
    response = await stranger.client.get(f"/api/v1/suggestions/{card['id']}")
    assert refusal(response) == (404, "suggestion_not_found")
    assert (await look(user, card))["status"] == "open"


async def test_a_decision_with_a_key_is_made_once(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    card = await new_card(agent, user, change(task, "due_date", TOMORROW))
    path, headers = f"/api/v1/suggestions/{card['id']}/accept", {"Idempotency-Key": "accept-1"}
    first = await user.client.post(path, headers=headers)
    again = await user.client.post(path, headers=headers)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("decision", ["accept", "dismiss", "snooze", "undo"])
async def test_every_decision_makes_the_agents_look_again(
    user: SignedIn, agent: Agent, decision: str
) -> None:
    task = await add_task(user.client)
    lease = await agent.lease(user.id)
    card = await agent.suggested(lease, change(task, "due_date", TOMORROW))
    if decision == "undo":
        await decide(user, card, "accept")
    await agent.sql("UPDATE sweep_state SET due_at = NULL, lease_until = NULL")
    body = {"until": (datetime.now(UTC) + timedelta(hours=1)).isoformat()} if decision == "snooze" else {}
    await decide(user, card, decision, **body)
    assert {one["agent"] for one in await agent.claim()} == {"overdue", "prioritization"}


async def test_switching_the_agents_off_takes_their_cards_back(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    card = await new_card(agent, user, change(task, "due_date", TOMORROW))
    for enabled in (False, True):
        await user.client.patch("/api/v1/me/preferences", json={"autonomous_agents_enabled": enabled})
    assert (await look(user, card))["status"] == "expired"
    assert await new_card(agent, user, change(task, "due_date", TOMORROW))
