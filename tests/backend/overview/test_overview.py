"""One request for everything that surrounds the tasks of a page."""

from datetime import UTC, date, datetime, timedelta

from tests.backend.conftest import CountStatements, NewUser
from tests.backend.running.users import SignedIn
from tests.backend.sweeps.agent import TOMORROW, YESTERDAY, Agent, Json, add_task, change

from todo_backend.overview.schemas import Overview

URL = "/api/v1/overview"


async def overview_of(user: SignedIn) -> Json:
    response = await user.client.get(URL)
    assert response.status_code == 200, response.text
    model = Overview.model_validate_json(response.content)
    found: Json = response.json()
    assert model.model_dump(mode="json", by_alias=True) == found
    return found


async def test_a_new_users_overview(new_user: NewUser) -> None:
    user = await new_user(timezone="Pacific/Kiritimati")
    found = await overview_of(user)
    assert found.pop("user") == (await user.client.get("/api/v1/me")).json()
    assert found.pop("preferences") == (await user.client.get("/api/v1/me/preferences")).json()
    assert date.fromisoformat(found.pop("today")) == (datetime.now(UTC) + timedelta(hours=14)).date()
    assert found.pop("counts") == dict.fromkeys(("inbox", "today", "overdue", "upcoming", "trash"), 0)
    assert found == {name: [] for name in ("projects", "labels", "suggestions", "decided", "notices")}


async def test_it_agrees_with_the_routes_of_its_parts(user: SignedIn, agent: Agent) -> None:
    hours = {"quiet_hours": {"start": "22:00", "end": "07:00"}, "agents": {"prioritization": False}}
    await user.client.patch("/api/v1/me/preferences", json=hours)
    project = (await user.client.post("/api/v1/projects", json={"name": "Home"})).json()["id"]
    await user.client.post("/api/v1/projects", json={"name": "Work", "color": "red"})
    first = await add_task(user.client, labels=["bills", "Ärger"], project_id=project)
    second = await add_task(user.client, labels=["bills"])
    lease = await agent.lease(user.id)
    opened = await agent.suggested(lease, change(first, "priority", "p1"))
    accepted = await agent.suggested(lease, change(second, "priority", "p1"))
    await user.client.post(f"/api/v1/suggestions/{accepted['id']}/accept")
    found = await overview_of(user)
    for part in ("projects", "labels"):
        assert found[part] == (await user.client.get(f"/api/v1/{part}")).json()["items"]
    assert found["preferences"] == (await user.client.get("/api/v1/me/preferences")).json()
    assert found["suggestions"] == (await user.client.get("/api/v1/suggestions")).json()["items"]
    assert [card["id"] for card in found["suggestions"]] == [opened["id"]]
    assert [card["id"] for card in found["decided"]] == [accepted["id"]]


async def test_counts(user: SignedIn) -> None:
    project = (await user.client.post("/api/v1/projects", json={"name": "Home"})).json()["id"]
    today = datetime.now(UTC).date().isoformat()
    await add_task(user.client, due_date=None)
    await add_task(user.client, due_date=today, project_id=project)
    await add_task(user.client, due_date=YESTERDAY, project_id=project)
    await add_task(user.client, due_date=TOMORROW, project_id=project)
    done = await add_task(user.client, due_date=YESTERDAY)
    await user.client.post(f"/api/v1/tasks/{done['id']}/complete")
    for _ in range(2):
        deleted = await add_task(user.client, due_date=YESTERDAY)
        await user.client.delete(f"/api/v1/tasks/{deleted['id']}")
    found = await overview_of(user)
    assert found["counts"] == {"inbox": 1, "today": 2, "overdue": 1, "upcoming": 1, "trash": 2}
    assert found["projects"][0]["task_count"] == 3


async def test_what_was_accepted_more_than_a_day_ago_is_history(user: SignedIn, agent: Agent) -> None:
    card = await agent.suggested(
        await agent.lease(user.id), change(await add_task(user.client), "priority", "p1")
    )
    await user.client.post(f"/api/v1/suggestions/{card['id']}/accept")
    assert len((await overview_of(user))["decided"]) == 1
    await agent.sql("UPDATE agent_suggestions SET decided_at = decided_at - interval '24 hours'")
    assert (await overview_of(user))["decided"] == []


async def test_one_statement(user: SignedIn, count_statements: CountStatements) -> None:
    with count_statements() as statements:
        await overview_of(user)
    assert len([one for one in statements if "set_config('role'" not in one]) == 1


async def test_an_overview_that_has_not_changed_is_not_sent_again(user: SignedIn) -> None:
    tag = (await user.client.get(URL)).headers["etag"]
    assert (await user.client.get(URL, headers={"If-None-Match": tag})).status_code == 304
    await add_task(user.client)
    assert (await user.client.get(URL, headers={"If-None-Match": tag})).status_code == 200


async def test_nothing_of_others(user: SignedIn, new_user: NewUser, agent: Agent) -> None:
    stranger = await new_user()
    task = await add_task(stranger.client, labels=["secret"])
    await stranger.client.post("/api/v1/projects", json={"name": "Secret"})
    await agent.suggested(await agent.lease(stranger.id), change(task, "priority", "p1"))
    found = await overview_of(user)
    assert all(found[part] == [] for part in ("projects", "labels", "suggestions"))
    assert found["counts"]["overdue"] == 0


async def test_the_agent_may_not_look(agent: Agent) -> None:
    response = await agent.client.get(URL)
    assert (response.status_code, response.json()["code"]) == (403, "insufficient_scope")
