"""Reading, changing and deleting an account."""

import httpx
import pytest
from sqlalchemy import text
from tests.backend.conftest import CountStatements, NewUser
from tests.backend.running.joined_database import JoinedDatabase
from tests.backend.running.users import SignedIn

_NEW = "an even longer passphrase"


async def _log_in(client: httpx.AsyncClient, email: str, password: str) -> int:
    body = {"email": email, "password": password}
    return (await client.post("/api/v1/auth/login", json=body)).status_code


async def test_the_profile_costs_one_query_beside_the_session_check(
    user: SignedIn, count_statements: CountStatements
) -> None:
    with count_statements() as statements:
        me = (await user.client.get("/api/v1/me")).json()

    assert set(me) == {"id", "email", "name", "timezone", "created_at"}
    assert me["created_at"].endswith("Z")
    assert len(statements) == 2


async def test_only_what_is_given_changes(user: SignedIn) -> None:
    before = (await user.client.get("/api/v1/me")).json()

    renamed = await user.client.patch("/api/v1/me", json={"name": " Grace "})
    moved = await user.client.patch("/api/v1/me", json={"timezone": "Asia/Tokyo"})
    nothing = await user.client.patch("/api/v1/me", json={})

    assert renamed.json() == before | {"name": "Grace"}
    assert moved.json() == before | {"name": "Grace", "timezone": "Asia/Tokyo"}
    assert nothing.json() == moved.json() == (await user.client.get("/api/v1/me")).json()


async def test_a_new_zone_moves_the_ends_of_days(user: SignedIn, database: JoinedDatabase) -> None:
    own_zone = {"title": "Call New York", "due_date": "2030-01-10", "due_timezone": "America/New_York"}
    tasks = [{"title": "Pay the rent", "due_date": "2030-01-10"}, own_zone, {"title": "Some day"}]
    for task in tasks:
        assert (await user.client.post("/api/v1/tasks", json=task)).status_code == 201
    async with database.system_session() as session:
        await session.execute(text("UPDATE sweep_state SET due_at = '2030-01-01'"))

    assert (await user.client.patch("/api/v1/me", json={"timezone": "Asia/Tokyo"})).status_code == 200

    items = (await user.client.get("/api/v1/tasks")).json()["items"]
    assert {item["title"]: item["overdue_at"] for item in items} == {
        "Pay the rent": "2030-01-10T15:00:00.000000Z",
        "Call New York": "2030-01-11T05:00:00.000000Z",
        "Some day": None,
    }
    async with database.system_session() as session:
        soon = "SELECT count(*) FROM sweep_state WHERE due_at < now() + interval '1 minute'"
        assert await session.scalar(text(soon)) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": None}, "body.name"),
        ({"name": ""}, "body.name"),
        ({"timezone": "Nowhere"}, "body.timezone"),
        ({"email": "new@example.com"}, "body"),
        ({"id": "x"}, "body.id"),
    ],
)
async def test_wrong_changes_are_refused(user: SignedIn, change: dict[str, object], field: str) -> None:
    answer = await user.client.patch("/api/v1/me", json=change)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_new_address_needs_the_password(client: httpx.AsyncClient, new_user: NewUser) -> None:
    user, other = await new_user(), await new_user()

    async def change(email: str, password: str) -> httpx.Response:
        body = {"email": email, "current_password": password}
        return await user.client.patch("/api/v1/me", json=body)

    wrong = await change("New@example.com", "wrong")
    taken = await change(other.email, user.password)
    done = await change("New@example.com", user.password)

    assert (wrong.status_code, wrong.json()["code"]) == (403, "invalid_password")
    assert (taken.status_code, taken.json()["code"]) == (409, "email_taken")
    assert done.json()["email"] == "new@example.com"
    assert await _log_in(client, user.email, user.password) == 401
    assert await _log_in(client, "new@example.com", user.password) == 200


async def test_a_new_password_ends_all_other_sessions_but_no_tokens(
    client: httpx.AsyncClient, user: SignedIn
) -> None:
    body = {"email": user.email, "password": user.password}
    elsewhere = (await client.post("/api/v1/auth/login", json=body)).json()["session"]["token"]
    script = (
        await user.client.post("/api/v1/me/tokens", json={"name": "script", "scopes": ["account:read"]})
    ).json()["token"]

    changed = await user.client.put(
        "/api/v1/me/password", json={"current_password": user.password, "new_password": _NEW}
    )

    assert changed.status_code == 204
    statuses = [
        (await client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})).status_code
        for token in (user.token, elsewhere, script)
    ]
    assert statuses == [200, 401, 200]
    assert await _log_in(client, user.email, user.password) == 401
    assert await _log_in(client, user.email, _NEW) == 200


@pytest.mark.parametrize(
    ("current", "new", "status", "code"),
    [
        ("wrong", _NEW, 403, "invalid_password"),
        (None, "short", 422, "validation_failed"),
        (None, "password123", 422, "validation_failed"),
        (None, "grace.hopper@example.com", 422, "validation_failed"),
    ],
)
async def test_a_password_is_not_replaced_by_a_wrong_one(
    client: httpx.AsyncClient, new_user: NewUser, current: str | None, new: str, status: int, code: str
) -> None:
    user = await new_user(email="grace.hopper@example.com")

    body = {"current_password": current or user.password, "new_password": new}
    answer = await user.client.put("/api/v1/me/password", json=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if status == 422:
        assert [error["field"] for error in answer.json()["errors"]] == ["body.new_password"]
    assert await _log_in(client, user.email, user.password) == 200


async def test_a_stolen_session_cannot_guess_the_password_for_long(user: SignedIn) -> None:
    answers = [
        (await user.client.request("DELETE", "/api/v1/me", json={"password": f"guess {n}"})).status_code
        for n in range(7)
    ]

    assert answers == [403] * 5 + [429] * 2


async def test_deleting_needs_the_password_and_leaves_nothing(
    client: httpx.AsyncClient, new_user: NewUser, database: JoinedDatabase
) -> None:
    user, other = await new_user(), await new_user()
    await user.client.post("/api/v1/me/tokens", json={"name": "x", "scopes": ["tasks:read"]})

    wrong = await user.client.request("DELETE", "/api/v1/me", json={"password": other.password + "!"})
    right = await user.client.request("DELETE", "/api/v1/me", json={"password": user.password})

    assert (wrong.status_code, wrong.json()["code"]) == (403, "invalid_password")
    assert right.status_code == 204
    assert (await user.client.get("/api/v1/me")).status_code == 401
    assert await _log_in(client, user.email, user.password) == 401
    assert (await other.client.get("/api/v1/me")).status_code == 200
    async with database.system_session() as session:
        left = "SELECT user_id FROM sessions UNION ALL SELECT user_id FROM access_tokens"
        assert (
            await session.scalar(text(f"SELECT count(*) FROM ({left}) AS t WHERE user_id = '{user.id}'")) == 0
        )
