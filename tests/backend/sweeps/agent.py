"""The autonomous agent's side of the protocol, for tests."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from todo_backend.auth.scopes import SERVICE_SCOPES
from todo_backend.auth.tokens import Claims, TokenSigner
from todo_backend.db.engine import Database
from todo_backend.settings import Settings

Json = dict[str, Any]

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()


def service_token(settings: Settings) -> str:
    """The agent's own token."""
    return TokenSigner(settings).mint(Claims(SERVICE_SCOPES), actor="ai-agent")


@dataclass(frozen=True)
class Agent:
    """An agent with a token, and the back door to the database that makes users due."""

    client: httpx.AsyncClient
    database: Database

    async def sql(self, statement: str, **values: Any) -> Any:
        """Arrange or look up what no request can; the result's rows."""
        async with self.database.system_session() as session:
            result = await (await session.connection()).execute(text(statement), values)
            return result.all() if result.returns_rows else None

    async def make_due(self, user_id: UUID) -> None:
        """Let the user be claimed right now by both agents."""
        await self.sql(
            "INSERT INTO sweep_state (user_id, agent, due_at) SELECT :user_id, agent, clock_timestamp()"
            " FROM unnest(ARRAY['overdue', 'prioritization']) agent ON CONFLICT (user_id, agent)"
            " DO UPDATE SET due_at = clock_timestamp(), lease_until = NULL",
            user_id=user_id,
        )

    async def claim(self, *, limit: int = 50, worker: str = "worker") -> list[Json]:
        """The leases of one claim."""
        response = await self.client.post("/api/v1/sweeps/claim", json={"worker": worker, "limit": limit})
        assert response.status_code == 200, response.text
        leases: list[Json] = response.json()["leases"]
        return leases

    async def lease(self, user_id: UUID, agent: str = "overdue") -> Json:
        """A lease of exactly this user."""
        await self.make_due(user_id)
        (found,) = [
            lease
            for lease in await self.claim()
            if lease["user_id"] == str(user_id) and lease["agent"] == agent
        ]
        return found

    async def complete(self, lease: Json, next_due_at: datetime | None = None) -> httpx.Response:
        """Give the lease back, done."""
        body = {
            "fence": lease["fence"],
            "next_due_at": next_due_at.isoformat() if next_due_at else None,
        }
        return await self.client.post(
            f"/api/v1/sweeps/{lease['user_id']}/{lease['agent']}/complete", json=body
        )

    async def release(self, lease: Json) -> httpx.Response:
        """Give the lease back, not done."""
        path = f"/api/v1/sweeps/{lease['user_id']}/{lease['agent']}/release"
        return await self.client.post(path, json={"fence": lease["fence"]})

    async def suggest(self, lease: Json, *changes: Json, **fields: Any) -> httpx.Response:
        """Propose `changes`."""
        return await self.client.post("/api/v1/suggestions", json=card(lease, *changes, **fields))

    async def suggested(self, lease: Json, *changes: Json, **fields: Any) -> Json:
        """The new card for `changes`."""
        response = await self.suggest(lease, *changes, **fields)
        assert response.status_code == 201, response.text
        found: Json = response.json()
        return found


def change(task: Json, field: str, to: Any) -> Json:
    """From what the task has to `to`."""
    return {
        "task_id": task["id"],
        "field": field,
        "from": task[field],
        "to": to,
        "task_version": task["version"],
    }


def card(lease: Json, *changes: Json, **fields: Any) -> Json:
    """The body of a suggestion."""
    return {
        "user_id": lease["user_id"],
        "agent": lease["agent"],
        "fence": lease["fence"],
        "rule": "overdue_one",
        "title": "Move it to tomorrow?",
        "reason": "It was due yesterday.",
        "evidence": {"counts": {"overdue": 1}},
        "changes": list(changes),
        "fingerprint": f"print-{changes[0]['task_id'] if changes else 'none'}",
        "source": "rules",
    } | fields


async def add_task(client: httpx.AsyncClient, **fields: Any) -> Json:
    """A new task, due yesterday unless told otherwise."""
    body = {"title": "Pay the rent", "due_date": YESTERDAY} | fields
    response = await client.post("/api/v1/tasks", json=body)
    assert response.status_code == 201, response.text
    task: Json = response.json()
    return task


async def get_task(client: httpx.AsyncClient, task: Json) -> Json:
    """The task as it is now."""
    found: Json = (await client.get(f"/api/v1/tasks/{task['id']}")).json()
    return found
