"""Opening an account."""

import asyncio

import httpx
import pytest
from tests.backend.running.live import LiveBackend

_WANTED = {"email": " Ada.Lovelace@Example.COM ", "password": "analytical engine no. 1"}


async def test_signing_up_signs_in(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/auth/signup", json=_WANTED)

    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    user, session = answer.json()["user"], answer.json()["session"]
    assert (user["email"], user["name"], user["timezone"]) == (
        "ada.lovelace@example.com",
        "ada.lovelace",
        "UTC",
    )
    assert session["token"].startswith("tds_")
    me = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {session['token']}"})
    assert me.json() == user


async def test_name_and_zone_are_taken_over(client: httpx.AsyncClient) -> None:
    extra = {"name": "  Ada  ", "timezone": "Europe/London"}

    user = (await client.post("/api/v1/auth/signup", json=_WANTED | extra)).json()["user"]

    assert (user["name"], user["timezone"]) == ("Ada", "Europe/London")


async def test_an_address_has_one_account_however_it_is_written(client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/auth/signup", json=_WANTED)

    again = await client.post("/api/v1/auth/signup", json=_WANTED | {"email": "ADA.lovelace@example.com"})

    assert (again.status_code, again.json()["code"]) == (409, "email_taken")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("email", "ada", "email_invalid"),
        ("email", "ada@nowhere", "email_invalid"),
        ("email", "ada @example.com", "email_invalid"),
        ("email", "a" * 400 + "@example.com", "string_too_long"),
        ("password", "short 7", "password_too_short"),
        ("password", "ü" * 513, "password_too_long"),
        ("password", "x" * 1025, "string_too_long"),
        ("password", "Password123", "password_common"),
        ("password", "qwertyuiop", "password_common"),
        ("password", "ada.lovelace@example.com", "password_guessable"),
        ("password", "ADA.Lovelace", "password_guessable"),
        ("name", "   ", "string_too_short"),
        ("name", "a\0b", "invalid_characters"),
        ("name", "x" * 201, "string_too_long"),
        ("timezone", "Mars/Olympus_Mons", "timezone_unknown"),
        ("timezone", "../../etc/passwd", "timezone_unknown"),
        ("admin", True, "extra_forbidden"),
    ],
)
async def test_wrong_input_names_its_field(
    client: httpx.AsyncClient, field: str, value: object, code: str
) -> None:
    answer = await client.post("/api/v1/auth/signup", json=_WANTED | {field: value})

    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "validation_failed"
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [(f"body.{field}", code)]
    assert str(value) not in answer.text or len(str(value)) < 6


@pytest.mark.parametrize("password", ["x" * 1024, "ü" * 512, "eight ch", "with\ttab and \N{PILE OF POO}"])
async def test_any_other_password_will_do_and_is_taken_whole(
    client: httpx.AsyncClient, password: str
) -> None:
    wanted = _WANTED | {"password": password}
    assert (await client.post("/api/v1/auth/signup", json=wanted)).status_code == 201

    cut = await client.post("/api/v1/auth/login", json=wanted | {"password": password[:-1]})
    whole = await client.post("/api/v1/auth/login", json=wanted)

    assert (cut.status_code, whole.status_code) == (401, 200)


@pytest.mark.slow
async def test_of_many_at_once_one_gets_the_address(live_backend: LiveBackend) -> None:
    tries = [live_backend.client.post("/api/v1/auth/signup", json=_WANTED) for _ in range(8)]

    answers = await asyncio.gather(*tries)

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
