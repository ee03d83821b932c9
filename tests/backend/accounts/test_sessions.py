"""Sessions end when they should, everywhere and at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any

import argon2
import httpx
import pytest
from sqlalchemy import text
from tests.backend.conftest import NewUser
from tests.backend.running.joined_database import JoinedDatabase
from tests.backend.running.live import LiveBackend
from tests.backend.running.users import CHEAP_ARGON2, SignedIn

from todo_backend.accounts.passwords import PasswordHashing
from todo_backend.accounts.repository import purge_sessions
from todo_backend.app import create_app
from todo_backend.settings import Settings

_LOG_IN = "/api/v1/auth/login"


async def _sql(database: Any, statement: str, **values: object) -> None:
    async with database.system_session() as session:
        await session.execute(text(statement), values)


async def test_the_list_says_which_session_asks(client: httpx.AsyncClient, user: SignedIn) -> None:
    await client.post(_LOG_IN, json={"email": user.email, "password": user.password})

    items = (await user.client.get("/api/v1/me/sessions")).json()["items"]

    assert [item["id"] for item in items if item["current"]] == [str(user.session_id)]
    assert len(items) == 2
    fields = {"id", "created_at", "last_seen_at", "expires_at", "user_agent", "current"}
    assert all(set(item) == fields for item in items)
    assert all(datetime.fromisoformat(item["expires_at"]).tzinfo for item in items)


async def test_a_session_can_be_ended_from_another(client: httpx.AsyncClient, user: SignedIn) -> None:
    body = {"email": user.email, "password": user.password}
    token = (await client.post(_LOG_IN, json=body)).json()["session"]["token"]
    items = (await user.client.get("/api/v1/me/sessions")).json()["items"]
    [other] = [item["id"] for item in items if not item["current"]]

    assert (await user.client.delete(f"/api/v1/me/sessions/{other}")).status_code == 204

    assert (await client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})).status_code == 401
    again = await user.client.delete(f"/api/v1/me/sessions/{other}")
    assert (again.status_code, again.json()["code"]) == (404, "session_not_found")


async def test_signing_out_ends_only_this_session(client: httpx.AsyncClient, user: SignedIn) -> None:
    body = {"email": user.email, "password": user.password}
    token = (await client.post(_LOG_IN, json=body)).json()["session"]["token"]

    assert (await user.client.post("/api/v1/auth/logout")).status_code == 204

    assert (await user.client.get("/api/v1/me")).status_code == 401
    assert (await user.client.post("/api/v1/auth/logout")).status_code == 401
    assert (await client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})).status_code == 200


async def test_an_access_token_cannot_sign_out(client: httpx.AsyncClient, user: SignedIn) -> None:
    wanted = {"name": "script", "scopes": ["account:write"]}
    token = (await user.client.post("/api/v1/me/tokens", json=wanted)).json()["token"]

    answer = await client.post("/api/v1/auth/logout", headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    "change",
    ["expires_at = now() - interval '1 second'", "last_seen_at = now() - interval '30 days 1 second'"],
)
async def test_a_session_ends_by_itself(user: SignedIn, database: JoinedDatabase, change: str) -> None:
    await _sql(database, f"UPDATE sessions SET {change} WHERE id = :id", id=user.session_id)

    assert (await user.client.get("/api/v1/me")).status_code == 401


async def test_ended_sessions_are_not_listed_and_are_purged(
    client: httpx.AsyncClient, user: SignedIn, database: JoinedDatabase
) -> None:
    await client.post(_LOG_IN, json={"email": user.email, "password": user.password})
    await _sql(
        database,
        "UPDATE sessions SET last_seen_at = now() - interval '31 days' WHERE id <> :id",
        id=user.session_id,
    )

    assert len((await user.client.get("/api/v1/me/sessions")).json()["items"]) == 1
    async with database.system_session() as session:
        assert await purge_sessions(session, idle_days=30) == 1
    assert (await user.client.get("/api/v1/me")).status_code == 200


async def test_use_is_noted_every_few_minutes(user: SignedIn, database: JoinedDatabase) -> None:
    async def last_seen() -> datetime:
        items = (await user.client.get("/api/v1/me/sessions")).json()["items"]
        return datetime.fromisoformat(items[0]["last_seen_at"])

    start = await last_seen()
    ago = "UPDATE sessions SET last_seen_at = now() - CAST(:ago AS interval)"
    await _sql(database, ago.replace("CAST(:ago AS interval)", "interval '4 minutes'"))
    assert (start - await last_seen()).total_seconds() == 240
    await _sql(database, ago.replace("CAST(:ago AS interval)", "interval '6 minutes'"))
    assert await last_seen() == start


@asynccontextmanager
async def _replica(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://backend") as client:
        yield client
    app.state.passwords.close()
    await app.state.database.close()


@pytest.mark.slow
async def test_every_replica_knows_at_once_what_ended(fresh_database: str) -> None:
    settings = Settings(database_url=fresh_database, database_pool_size=2)
    async with AsyncExitStack() as stack:
        one, two = [await stack.enter_async_context(_replica(settings)) for _ in range(2)]
        account = {"email": "ada@example.com", "password": "analytical engine"}
        await one.post("/api/v1/auth/signup", json=account)

        async def new_session() -> dict[str, str]:
            token = (await two.post(_LOG_IN, json=account)).json()["session"]["token"]
            return {"Authorization": f"Bearer {token}"}

        first, second = await new_session(), await new_session()
        assert [(await two.get("/api/v1/me", headers=who)).status_code for who in (first, second)] == [
            200
        ] * 2

        await one.post("/api/v1/auth/logout", headers=first)
        assert (await two.get("/api/v1/me", headers=first)).status_code == 401

        third = await new_session()
        change = {"current_password": account["password"], "new_password": "difference engine"}
        assert (await one.put("/api/v1/me/password", json=change, headers=third)).status_code == 204
        assert (await two.get("/api/v1/me", headers=second)).status_code == 401
        assert (await two.get("/api/v1/me", headers=third)).status_code == 200

        gone = await one.request(
            "DELETE", "/api/v1/me", json={"password": "difference engine"}, headers=third
        )
        assert gone.status_code == 204
        assert (await two.get("/api/v1/me", headers=third)).status_code == 401


async def test_nobody_ends_the_session_of_another(new_user: NewUser) -> None:
    user, other = await new_user(), await new_user()

    answer = await other.client.delete(f"/api/v1/me/sessions/{user.session_id}")

    assert answer.status_code == 404
    assert (await user.client.get("/api/v1/me")).status_code == 200


@pytest.mark.slow
async def test_a_log_in_that_overlaps_a_password_change_gets_no_session(live_backend: LiveBackend) -> None:
    user = await live_backend.new_user()
    hasher = argon2.PasswordHasher(**CHEAP_ARGON2)  # the parameters of the user's hash: nothing to renew
    live_backend.app.state.passwords = PasswordHashing(hasher, threads=1)
    body = {"email": user.email, "password": user.password}
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"

    async with live_backend.database.system_session() as change:
        await change.execute(text("UPDATE users SET password_hash = 'another'"))
        log_in = asyncio.create_task(live_backend.client.post(_LOG_IN, json=body))
        async with live_backend.database.system_session() as observer:
            while await observer.scalar(text(waiting)) == 0:  # it has verified the old password
                assert not log_in.done()
                await asyncio.sleep(0.01)

    answer = await log_in
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")
