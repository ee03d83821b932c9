"""Personal access tokens."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from tests.backend.running.joined_database import JoinedDatabase
from tests.backend.running.users import SignedIn

from todo_backend.auth.scopes import USER_SCOPES

_URL = "/api/v1/me/tokens"


def _as(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def _new(client: httpx.AsyncClient, *scopes: str, **more: Any) -> httpx.Response:
    return await client.post(_URL, json={"name": "script", "scopes": scopes, **more})


async def test_the_token_is_shown_once(client: httpx.AsyncClient, user: SignedIn) -> None:
    made = await _new(user.client, "account:read", "tasks:read", "tasks:read", name=" My script ")

    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    answer = made.json()
    token = answer.pop("token")
    assert token.startswith("tdp_")
    assert (answer["name"], answer["scopes"]) == ("My script", ["tasks:read", "account:read"])
    assert (await client.get("/api/v1/me", headers=_as(token))).status_code == 200
    listed = await user.client.get(_URL)
    assert token not in listed.text
    [entry] = listed.json()["items"]
    assert entry.pop("last_used_at") is not None
    answer.pop("last_used_at")
    assert entry == answer


async def test_a_token_cannot_make_a_stronger_one(client: httpx.AsyncClient, user: SignedIn) -> None:
    weak = (await _new(user.client, "account:write", "tasks:read")).json()["token"]

    stronger = await client.post(
        _URL, json={"name": "more", "scopes": ["tasks:read", "tasks:write"]}, headers=_as(weak)
    )
    equal = await client.post(_URL, json={"name": "same", "scopes": ["tasks:read"]}, headers=_as(weak))

    assert (stronger.status_code, stronger.json()["code"]) == (403, "insufficient_scope")
    assert equal.status_code == 201


async def test_a_token_expires(client: httpx.AsyncClient, user: SignedIn, database: JoinedDatabase) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    token = (await _new(user.client, "account:read", expires_at=soon)).json()["token"]
    assert (await client.get("/api/v1/me", headers=_as(token))).status_code == 200

    async with database.system_session() as session:
        await session.execute(text("UPDATE access_tokens SET expires_at = now()"))

    assert (await client.get("/api/v1/me", headers=_as(token))).status_code == 401
    assert len((await user.client.get(_URL)).json()["items"]) == 1


async def test_a_deleted_token_is_dead_at_once(client: httpx.AsyncClient, user: SignedIn) -> None:
    made = (await _new(user.client, "account:read")).json()

    assert (await user.client.delete(f"{_URL}/{made['id']}")).status_code == 204

    assert (await client.get("/api/v1/me", headers=_as(made["token"]))).status_code == 401
    again = await user.client.delete(f"{_URL}/{made['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "token_not_found")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"scopes": []}, "body.scopes"),
        ({"scopes": ["sweeps:claim"]}, "body.scopes.0"),
        ({"scopes": ["everything"]}, "body.scopes.0"),
        ({"name": " "}, "body.name"),
        ({"name": "x" * 101}, "body.name"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "body.expires_at"),
        ({"expires_at": "2099-01-01T00:00:00"}, "body.expires_at"),
        ({"token": "mine"}, "body.token"),
    ],
)
async def test_wrong_input_names_its_field(user: SignedIn, change: dict[str, object], field: str) -> None:
    wanted = {"name": "script", "scopes": ["tasks:read"]} | change

    answer = await user.client.post(_URL, json=wanted)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_the_number_of_tokens_has_a_limit(user: SignedIn) -> None:
    statuses = [(await _new(user.client, *USER_SCOPES)).status_code for _ in range(51)]

    assert statuses == [201] * 50 + [409]
