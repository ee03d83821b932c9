"""Signing in, and being slowed down while guessing."""

import asyncio
from contextlib import ExitStack
from time import perf_counter
from typing import Any

import argon2
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from tests.backend.conftest import NewUser
from tests.backend.running.joined_database import JoinedDatabase
from tests.backend.running.live import LiveBackend
from tests.backend.running.users import SignedIn

from todo_backend.accounts.passwords import PasswordHashing
from todo_backend.accounts.repository import purge_throttles


async def _log_in(client: httpx.AsyncClient, email: str, password: str, **headers: str) -> httpx.Response:
    body = {"email": email, "password": password}
    return await client.post("/api/v1/auth/login", json=body, headers=headers)


async def _sql(database: Any, statement: str, **values: object) -> Any:
    async with database.system_session() as session:
        result = await session.execute(text(statement), values)
        return result.all() if result.returns_rows else None


async def test_each_log_in_is_a_session_of_its_own(client: httpx.AsyncClient, user: SignedIn) -> None:
    first = await _log_in(client, user.email.upper() + " ", user.password, **{"User-Agent": "Firefox"})
    second = await _log_in(client, user.email, user.password)

    assert first.status_code == second.status_code == 200
    assert first.headers["cache-control"] == "no-store"
    assert first.json()["user"]["id"] == str(user.id)
    assert first.json()["session"]["token"] != second.json()["session"]["token"]
    sessions = (await user.client.get("/api/v1/me/sessions")).json()["items"]
    assert len(sessions) == 3
    assert "Firefox" in {session["user_agent"] for session in sessions}


async def test_a_very_long_user_agent_is_cut(client: httpx.AsyncClient, user: SignedIn) -> None:
    await _log_in(client, user.email, user.password, **{"User-Agent": "x" * 4000})

    sessions = (await user.client.get("/api/v1/me/sessions")).json()["items"]
    assert max(len(session["user_agent"]) for session in sessions) == 300


async def test_nobody_learns_what_was_wrong(
    client: httpx.AsyncClient, new_user: NewUser, database: JoinedDatabase
) -> None:
    user, disabled = await new_user(), await new_user()
    await _sql(database, "UPDATE users SET disabled_at = now() WHERE id = :id", id=disabled.id)

    answers = [
        await _log_in(client, user.email, "not the password"),
        await _log_in(client, "nobody@example.com", user.password),
        await _log_in(client, "no address", user.password),
        await _log_in(client, disabled.email, disabled.password),
    ]

    assert {answer.status_code for answer in answers} == {401}
    problems = [{**answer.json(), "request_id": ""} for answer in answers]
    assert problems == [problems[0]] * 4
    assert problems[0]["code"] == "invalid_credentials"


@pytest.mark.slow
async def test_an_unknown_address_takes_as_long_as_a_wrong_password(
    app: FastAPI, client: httpx.AsyncClient, user: SignedIn, database: JoinedDatabase
) -> None:
    hasher = argon2.PasswordHasher(time_cost=2, memory_cost=64 * 1024, parallelism=1)
    app.state.passwords = PasswordHashing(hasher, threads=1)
    own = {"hash": hasher.hash(user.password), "id": user.id}
    await _sql(database, "UPDATE users SET password_hash = :hash WHERE id = :id", **own)

    async def seconds(email: str) -> float:
        started = perf_counter()
        assert (await _log_in(client, email, "not the password")).status_code == 401
        return perf_counter() - started

    known, unknown = [], []
    for n in range(4):
        known.append(await seconds(user.email))
        unknown.append(await seconds(f"nobody{n}@example.com"))

    assert min(unknown) > 0.6 * min(known)


async def test_an_outdated_hash_is_renewed(
    app: FastAPI, client: httpx.AsyncClient, user: SignedIn, database: JoinedDatabase
) -> None:
    app.state.passwords = PasswordHashing(argon2.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))

    assert (await _log_in(client, user.email, user.password)).status_code == 200

    [(renewed,)] = await _sql(database, "SELECT password_hash FROM users WHERE id = :id", id=user.id)
    assert "m=16,t=2,p=1" in renewed
    assert (await _log_in(client, user.email, user.password)).status_code == 200


async def test_after_five_failures_an_account_has_to_wait_ever_longer(
    client: httpx.AsyncClient, user: SignedIn, database: JoinedDatabase
) -> None:
    expire = "UPDATE login_throttles SET blocked_until = clock_timestamp() WHERE blocked_until IS NOT NULL"
    for _ in range(5):
        assert (await _log_in(client, user.email, "wrong")).status_code == 401

    waits = []
    for _ in range(12):
        refused = await _log_in(client, user.email, user.password)
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        waits.append(int(refused.headers["retry-after"]))
        await _sql(database, expire)
        assert (await _log_in(client, user.email, "wrong")).status_code == 401

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


async def test_a_success_forgets_the_failures_of_the_account(
    client: httpx.AsyncClient, user: SignedIn
) -> None:
    for _ in range(3):
        for _ in range(4):
            assert (await _log_in(client, user.email, "wrong")).status_code == 401
        assert (await _log_in(client, user.email, user.password)).status_code == 200


async def test_failures_are_forgotten_after_a_day(
    client: httpx.AsyncClient, user: SignedIn, database: JoinedDatabase
) -> None:
    for _ in range(5):
        await _log_in(client, user.email, "wrong")
    await _sql(
        database,
        "UPDATE login_throttles SET last_failed_at = now() - interval '25 hours', blocked_until = now()",
    )

    for _ in range(4):
        assert (await _log_in(client, user.email, "wrong")).status_code == 401
    assert (await _log_in(client, user.email, user.password)).status_code == 200


async def test_an_address_that_tries_many_accounts_has_to_wait(
    client: httpx.AsyncClient, user: SignedIn
) -> None:
    def behind(address: str) -> dict[str, str]:
        return {"X-Forwarded-For": address}

    spray = [
        (await _log_in(client, f"user{n}@example.com", "wrong", **behind("203.0.113.7"))).status_code
        for n in range(32)
    ]
    same = await _log_in(client, user.email, user.password, **behind("203.0.113.7"))
    other = await _log_in(client, user.email, user.password, **behind("203.0.113.8"))

    assert spray == [401] * 30 + [429] * 2
    assert same.status_code == 429
    assert other.status_code == 200


async def test_many_people_may_sign_in_from_one_address(client: httpx.AsyncClient, user: SignedIn) -> None:
    statuses = [(await _log_in(client, user.email, user.password)).status_code for _ in range(40)]

    assert set(statuses) == {200}


async def test_no_address_is_kept(
    client: httpx.AsyncClient, user: SignedIn, database: JoinedDatabase
) -> None:
    await _log_in(client, user.email, "wrong", **{"X-Forwarded-For": "203.0.113.7"})

    keys = [key for (key,) in await _sql(database, "SELECT key FROM login_throttles")]
    assert len(keys) == 2
    assert all(len(key) == 64 and set(key) <= set("0123456789abcdef") for key in keys)


async def test_old_counters_are_purged(
    client: httpx.AsyncClient, user: SignedIn, database: JoinedDatabase
) -> None:
    await _log_in(client, user.email, "wrong")
    async with database.system_session() as session:
        assert await purge_throttles(session) == 0
    await _sql(database, "UPDATE login_throttles SET last_failed_at = now() - interval '2 days'")
    async with database.system_session() as session:
        assert await purge_throttles(session) == 2


@pytest.mark.slow
async def test_fifty_guesses_at_once_count_as_fifty(live_backend: LiveBackend) -> None:
    user = await live_backend.new_user()

    answers = await asyncio.gather(
        *(_log_in(live_backend.client, user.email, f"guess {n}") for n in range(50))
    )

    statuses = [answer.status_code for answer in answers]
    assert statuses.count(401) <= 8  # five, and one more after a second, two, four
    assert statuses.count(429) == 50 - statuses.count(401)


async def test_too_many_at_once_are_turned_away_before_anything_is_counted_or_hashed(
    app: FastAPI, client: httpx.AsyncClient, user: SignedIn, database: JoinedDatabase
) -> None:
    passwords = app.state.passwords = PasswordHashing(threads=1)
    with ExitStack() as others:
        for _ in range(26):  # one that is hashed and as many as may wait for it
            others.enter_context(passwords.admitted())

        refused = await _log_in(client, user.email, user.password)
        beside = await user.client.get("/api/v1/me")

    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert int(refused.headers["retry-after"]) >= 1
    assert beside.status_code == 200
    assert await _sql(database, "SELECT key FROM login_throttles") == []
    assert (await _log_in(client, user.email, user.password)).status_code == 200


async def test_sign_ups_are_limited_by_the_hour(
    app: FastAPI, client: httpx.AsyncClient, database: JoinedDatabase
) -> None:
    app.state.settings = app.state.settings.model_copy(update={"sign_ups_per_hour": 3})

    async def sign_up(n: int, address: str) -> httpx.Response:
        body = {"email": f"new{n}@example.com", "password": "quite a good one"}
        return await client.post("/api/v1/auth/signup", json=body, headers={"X-Forwarded-For": address})

    assert [(await sign_up(n, "2001:db8::1")).status_code for n in range(3)] == [201] * 3
    refused = await sign_up(4, "2001:db8::ffff:2")
    assert refused.status_code == 429
    assert 3590 < int(refused.headers["retry-after"]) <= 3600
    assert (await sign_up(5, "2001:db8:0:1::1")).status_code == 201

    await _sql(database, "UPDATE login_throttles SET blocked_until = now() - interval '1 second'")
    assert [(await sign_up(n, "2001:db8::1")).status_code for n in range(6, 10)] == [201] * 3 + [429]
