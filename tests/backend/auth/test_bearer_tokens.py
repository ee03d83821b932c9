"""Which bearer tokens are believed."""

import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from tests.backend.running.users import SignedIn

from todo_backend.auth.tokens import Claims, TokenSigner, new_token
from todo_backend.settings import Settings

Status = Callable[[str], Awaitable[int]]


@pytest.fixture
def status(client: httpx.AsyncClient) -> Status:
    """The status of `GET /me` with an `Authorization` header."""

    async def status(authorization: str) -> int:
        answer = await client.get("/api/v1/me", headers={"Authorization": authorization})
        if answer.status_code == 401:
            assert answer.json()["code"] == "unauthorized"
            assert answer.headers["www-authenticate"] == "Bearer"
        return answer.status_code

    return status


def _payload(user: SignedIn) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": "todo-backend",
        "aud": "backend",
        "sub": str(user.id),
        "act": {"sub": "ai-agent"},
        "sid": str(user.session_id),
        "scope": "account:read",
        "iat": now,
        "exp": now + 300,
    }


def _key(settings: Settings) -> str:
    return settings.jwt_secret.get_secret_value()


async def test_a_well_made_token_is_believed(status: Status, user: SignedIn, settings: Settings) -> None:
    token = jwt.encode(_payload(user), _key(settings), algorithm="HS256")

    assert await status(f"Bearer {token}") == 200
    assert await status(f"bearer  {token} ") == 200


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "frontend"},
        {"aud": None},
        {"iss": "somebody"},
        {"iss": None},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"nbf": 4_000_000_000},
        {"sub": None},
        {"sub": "not an id"},
        {"sid": "not an id"},
        {"sid": str(uuid4())},
        {"sub": str(uuid4())},
        {"scope": None},
        {"scope": 7},
    ],
)
async def test_a_token_with_a_wrong_claim_is_not(
    status: Status, user: SignedIn, settings: Settings, change: dict[str, Any]
) -> None:
    payload = {name: value for name, value in (_payload(user) | change).items() if value is not None}

    assert await status("Bearer " + jwt.encode(payload, _key(settings), algorithm="HS256")) == 401


async def test_neither_another_key_nor_another_algorithm_nor_none_is_accepted(
    status: Status, user: SignedIn, settings: Settings
) -> None:
    payload, key = _payload(user), _key(settings)
    unsigned = jwt.encode(payload, None, algorithm="none")
    head, body, _ = jwt.encode(payload, key, algorithm="HS256").split(".")

    for token in (
        jwt.encode(payload, "x" * 64, algorithm="HS256"),
        jwt.encode(payload, key * 2, algorithm="HS512"),
        unsigned,
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{unsigned.split('.')[0]}.{body}.{unsigned.split('.')[2]}",
    ):
        assert await status(f"Bearer {token}") == 401


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer tds_",
        "Bearer " + new_token("tds_"),
        "Bearer " + new_token("tdp_"),
        "Bearer " + new_token("other_"),
        "Bearer " + "x" * 5000,
        "Basic " + new_token("tds_"),
        "Token x",
        "Bearer a b",
    ],
    ids=lambda header: header[:10],  # without the random part: every test process has to name them alike
)
async def test_other_headers_are_not_believed(status: Status, header: str) -> None:
    assert await status(header) == 401


async def test_a_token_of_another_kind_does_not_pass_for_a_session(status: Status, user: SignedIn) -> None:
    assert await status(f"Bearer {user.token}") == 200
    assert await status(f"Bearer tdp_{user.token.removeprefix('tds_')}") == 401
    assert await status(f"Bearer {user.token}x") == 401


async def test_the_key_before_last_is_forgotten(app: FastAPI, status: Status, user: SignedIn) -> None:
    def signer(key: str, previous: str | None = None) -> TokenSigner:
        update = {
            "jwt_secret": SecretStr(key * 32),
            "jwt_secret_previous": SecretStr(previous * 32) if previous else None,
        }
        return TokenSigner(app.state.settings.model_copy(update=update))

    claims = Claims(("account:read",), user_id=user.id, session_id=user.session_id)
    first = signer("a").mint(claims, actor="ai-agent")

    app.state.signer = signer("b", "a")
    assert await status(f"Bearer {first}") == 200
    second = app.state.signer.mint(claims, actor="ai-agent")
    app.state.signer = signer("c", "b")
    assert await status(f"Bearer {first}") == 401
    assert await status(f"Bearer {second}") == 200


async def test_scopes_of_a_short_token_count_only_as_far_as_its_user_has_them(
    client: httpx.AsyncClient, user: SignedIn, app: FastAPI
) -> None:
    wanted = {"name": "host", "scopes": ["tasks:read"]}
    token_id = (await user.client.post("/api/v1/me/tokens", json=wanted)).json()["id"]
    claims = Claims(("account:read",), user_id=user.id, token_id=token_id)
    token = app.state.signer.mint(claims, actor="ai-agent")

    answer = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
