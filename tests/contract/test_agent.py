"""The agent's real client and worker against the real backend."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from tests.contract.conftest import DEVELOPMENT_SECRET, Agents

from todo_agent.backend.client import BackendClient
from todo_agent.backend.dto import Lease, Snapshot
from todo_agent.backend.errors import StaleFence
from todo_kit.http_client import UpstreamRejected

YESTERDAY = str(datetime.now(UTC).date() - timedelta(days=1))


@pytest.fixture
async def user(backend: FastAPI) -> AsyncClient:
    """A user who signed up a moment ago."""
    http = AsyncClient(transport=httpx.ASGITransport(backend), base_url="http://backend/api/v1")
    body = {"email": "ada@example.com", "password": "correct horse battery", "timezone": "Europe/Berlin"}
    session = (await http.post("/auth/signup", json=body)).json()["session"]
    http.headers["Authorization"] = f"Bearer {session['token']}"
    return http


async def test_a_sweep_reads_and_writes_what_the_backend_means(agents: Agents, user: AsyncClient) -> None:
    task = (await user.post("/tasks", json={"title": "Pay the rent", "due_date": YESTERDAY})).json()
    await agents.look()
    (card,) = (await user.get("/suggestions")).json()["items"]
    (change,) = card["changes"]
    assert (card["agent"], card["source"], card["status"]) == ("overdue", "rules", "open")
    assert (change["task_id"], change["task_title"], change["from"]) == (
        task["id"],
        "Pay the rent",
        YESTERDAY,
    )
    assert card["request_id"] is not None


async def test_looking_again_says_nothing_twice(agents: Agents, user: AsyncClient) -> None:
    for number in range(3):
        await user.post("/tasks", json={"title": f"late {number}", "due_date": YESTERDAY})
    for _ in range(3):
        await agents.look()
        await user.post("/tasks", json={"title": "something else"})
    cards = (await user.get("/suggestions", params={"status": "all"})).json()["items"]
    assert [card["rule"] for card in cards if card["agent"] == "overdue"] == ["overdue"]


async def test_switched_off_means_off(agents: Agents, user: AsyncClient) -> None:
    await user.post("/tasks", json={"title": "late", "due_date": YESTERDAY})
    await user.patch("/me/preferences", json={"autonomous_agents_enabled": False})
    await agents.look()
    assert (await user.get("/suggestions", params={"status": "all"})).json()["items"] == []
    await user.patch("/me/preferences", json={"autonomous_agents_enabled": True})
    await agents.look()
    assert len((await user.get("/suggestions")).json()["items"]) == 1


async def test_switching_off_takes_open_cards_away(agents: Agents, user: AsyncClient) -> None:
    await user.post("/tasks", json={"title": "late", "due_date": YESTERDAY})
    await agents.look()
    await user.patch("/me/preferences", json={"agents": {"overdue": False}})
    assert (await user.get("/suggestions")).json()["items"] == []


async def test_finishing_the_task_takes_its_card_away(agents: Agents, user: AsyncClient) -> None:
    task = (await user.post("/tasks", json={"title": "late", "due_date": YESTERDAY})).json()
    await agents.look()
    await user.post(f"/tasks/{task['id']}/complete")
    (card,) = (await user.get("/suggestions", params={"status": "all"})).json()["items"]
    assert card["status"] == "superseded"


async def test_the_snapshot_is_what_the_agent_reads(backend: FastAPI, user: AsyncClient) -> None:
    body = {"title": "late", "due_date": YESTERDAY, "due_time": "09:00", "labels": ["x"], "priority": "p1"}
    task = (await user.post("/tasks", json=body)).json()
    client = _client(backend)
    leases: tuple[Lease, ...] = ()
    while not leases:
        leases = await client.claim("tests", 10)
    snapshot = Snapshot.model_validate(leases[0].snapshot)
    (seen,) = snapshot.tasks
    assert (str(seen.id), seen.title, seen.priority, seen.version) == (task["id"], "late", "p1", 1)
    assert (snapshot.timezone, snapshot.open_slots, snapshot.hour_budget) == ("Europe/Berlin", 5, 10)
    await client.complete(leases[0], None)
    with pytest.raises(StaleFence):
        await client.complete(leases[0], None)
    await client.aclose()


async def test_a_wrong_secret_is_named(backend: FastAPI) -> None:
    client = BackendClient("http://backend", client_secret="wrong", transport=httpx.ASGITransport(backend))
    with pytest.raises(UpstreamRejected) as refused:
        await client.claim("tests", 1)
    assert refused.value.code == "invalid_client"
    await client.aclose()


def _client(backend: FastAPI) -> BackendClient:
    return BackendClient(
        "http://backend", client_secret=DEVELOPMENT_SECRET, transport=httpx.ASGITransport(backend)
    )
