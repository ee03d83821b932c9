"""Getting short tokens: the agent's own, and ones that act for a user."""

import base64
from collections.abc import Awaitable, Callable

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from tests.backend.running.joined_database import JoinedDatabase
from tests.backend.running.users import SignedIn

from todo_backend.auth.scopes import DELEGABLE_SCOPES, SERVICE_SCOPES
from todo_backend.auth.tokens import Claims, TokenSigner
from todo_backend.settings import Settings

_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
_ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"

Ask = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def ask(client: httpx.AsyncClient, settings: Settings) -> Ask:
    """Ask for a token as the agent, unless `auth` or `headers` say otherwise."""
    known = ("ai-agent", settings.ai_agent_client_secret.get_secret_value())

    async def ask(
        form: dict[str, str], *, auth: tuple[str, str] = known, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        if headers is not None:
            return await client.post("/oauth/token", data=form, headers=headers)
        return await client.post("/oauth/token", data=form, auth=auth)

    return ask


def _exchange(token: str, **more: str) -> dict[str, str]:
    return {
        "grant_type": _EXCHANGE,
        "subject_token": token,
        "subject_token_type": _ACCESS_TOKEN,
        **more,
    }


def _as(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_the_agent_gets_its_own_token(ask: Ask, settings: Settings) -> None:
    answer = await ask({"grant_type": "client_credentials"})

    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    issued = answer.json()
    assert set(issued) == {"access_token", "token_type", "expires_in", "scope"}
    assert (issued["token_type"], issued["expires_in"]) == ("Bearer", 300)
    assert issued["scope"] == "sweeps:claim suggestions:create"
    assert TokenSigner(settings).verify(issued["access_token"]) == Claims(SERVICE_SCOPES)


@pytest.mark.parametrize(
    ("requested", "granted"),
    [
        ("sweeps:claim", "sweeps:claim"),
        ("suggestions:create tasks:write sweeps:claim", "sweeps:claim suggestions:create"),
        ("tasks:write", None),
        ("", "sweeps:claim suggestions:create"),  # without a value is as if omitted (RFC 6749 section 3.2)
    ],
)
async def test_the_agents_token_never_goes_beyond_its_two_scopes(
    ask: Ask, requested: str, granted: str | None
) -> None:
    answer = await ask({"grant_type": "client_credentials", "scope": requested})

    if granted is None:
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    else:
        assert answer.json()["scope"] == granted


async def test_a_session_is_exchanged_for_less(ask: Ask, client: httpx.AsyncClient, user: SignedIn) -> None:
    answer = await ask(_exchange(user.token))

    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    issued = answer.json()
    assert issued["issued_token_type"] == _ACCESS_TOKEN
    assert issued["scope"] == " ".join(DELEGABLE_SCOPES)
    me = await client.get("/api/v1/me", headers=_as(issued["access_token"]))
    assert me.json()["id"] == str(user.id)
    change = await client.patch(
        "/api/v1/me/preferences", json={"theme": "dark"}, headers=_as(issued["access_token"])
    )
    assert (change.status_code, change.json()["code"]) == (403, "insufficient_scope")
    assert 'scope="account:write"' in change.headers["www-authenticate"]


@pytest.mark.parametrize(
    ("requested", "granted"),
    [
        (None, "tasks:read"),
        ("tasks:read tasks:write", "tasks:read"),
        ("tasks:write", None),
        ("account:write", None),
    ],
)
async def test_the_result_has_what_is_asked_for_held_and_delegable(
    ask: Ask, user: SignedIn, requested: str | None, granted: str | None
) -> None:
    wanted = {"name": "host", "scopes": ["tasks:read", "account:write"]}
    token = (await user.client.post("/api/v1/me/tokens", json=wanted)).json()["token"]

    answer = await ask(_exchange(token, **({} if requested is None else {"scope": requested})))

    if granted is None:
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    else:
        assert answer.json()["scope"] == granted


async def test_a_delegated_token_dies_with_its_session(
    ask: Ask, client: httpx.AsyncClient, user: SignedIn
) -> None:
    token = (await ask(_exchange(user.token))).json()["access_token"]
    assert (await client.get("/api/v1/me", headers=_as(token))).status_code == 200

    await user.client.post("/api/v1/auth/logout")

    assert (await client.get("/api/v1/me", headers=_as(token))).status_code == 401
    again = await ask(_exchange(user.token))
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


async def test_a_delegated_token_dies_with_its_access_token(
    ask: Ask, client: httpx.AsyncClient, user: SignedIn
) -> None:
    wanted = {"name": "host", "scopes": ["account:read"]}
    made = (await user.client.post("/api/v1/me/tokens", json=wanted)).json()
    token = (await ask(_exchange(made["token"]))).json()["access_token"]
    assert (await client.get("/api/v1/me", headers=_as(token))).status_code == 200

    await user.client.delete(f"/api/v1/me/tokens/{made['id']}")

    assert (await client.get("/api/v1/me", headers=_as(token))).status_code == 401


async def test_nothing_is_exchanged_for_a_disabled_user(
    ask: Ask, user: SignedIn, database: JoinedDatabase
) -> None:
    async with database.system_session() as session:
        await session.execute(text("UPDATE users SET disabled_at = now()"))

    assert (await ask(_exchange(user.token))).json()["error"] == "invalid_grant"


async def test_short_tokens_cannot_be_exchanged_again(ask: Ask, user: SignedIn) -> None:
    own = (await ask({"grant_type": "client_credentials"})).json()["access_token"]
    delegated = (await ask(_exchange(user.token))).json()["access_token"]

    for token in (own, delegated, "tds_unknown", "nonsense"):
        answer = await ask(_exchange(token))
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": _EXCHANGE}, "invalid_request"),
        ({"grant_type": _EXCHANGE, "subject_token": "tds_x"}, "invalid_request"),
        ({"grant_type": _EXCHANGE, "subject_token": "x", "subject_token_type": "jwt"}, "invalid_request"),
    ],
)
async def test_errors_are_those_of_rfc_6749_in_a_problem_document(
    ask: Ask, form: dict[str, str], error: str
) -> None:
    answer = await ask(form)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["error"] == answer.json()["code"] == error
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic"},
        {"Authorization": "Basic %%%"},
        {"Authorization": "Basic " + base64.b64encode(b"\xff\xfe:x").decode()},
        {"Authorization": "Basic " + base64.b64encode(b"ai-agent").decode()},
        {"Authorization": "Basic " + base64.b64encode(b"ai-agent:").decode()},
        {"Authorization": "Basic " + base64.b64encode(b"ai-agent:wrong").decode()},
        {"Authorization": "Bearer tds_x"},
    ],
)
async def test_a_client_that_cannot_identify_itself_gets_nothing(
    ask: Ask, user: SignedIn, headers: dict[str, str]
) -> None:
    for form in ({"grant_type": "client_credentials"}, _exchange(user.token)):
        answer = await ask(form, headers=headers)

        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer.headers["www-authenticate"].startswith("Basic")


async def test_another_client_with_the_right_secret_is_unknown(ask: Ask, settings: Settings) -> None:
    secret = settings.ai_agent_client_secret.get_secret_value()

    answer = await ask({"grant_type": "client_credentials"}, auth=("frontend", secret))

    assert answer.json()["error"] == "invalid_client"


async def test_two_secrets_hold_while_one_replaces_the_other(ask: Ask, app: FastAPI) -> None:
    app.state.settings = app.state.settings.model_copy(
        update={
            "ai_agent_client_secret": SecretStr("new+secret/with=signs%20"),
            "ai_agent_client_secret_previous": SecretStr("old secret"),
        }
    )

    async def status(secret: str) -> int:
        answer = await ask({"grant_type": "client_credentials"}, auth=("ai-agent", secret))
        return answer.status_code

    assert await status("new+secret/with=signs%20") == 200
    assert await status("new%2Bsecret%2Fwith%3Dsigns%2520") == 200
    assert await status("old secret") == 200
    assert await status("old+secret") == 200
    assert await status("development-ai-agent-secret") == 401
