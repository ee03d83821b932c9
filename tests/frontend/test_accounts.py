"""Signing up, logging in and out, and where that leads."""

import pytest
from fastapi import FastAPI
from tests.frontend.browser import Browser, accessible_name
from tests.frontend.conftest import browser_of
from tests.frontend.stub.store import Account, Store

from todo_frontend.security.redirects import safe_next

PASSWORD = "correct horse battery"


async def test_a_newcomer_signs_up_and_sees_today(visitor: Browser, store: Store) -> None:
    form = await visitor.open("/signup")
    names = {accessible_name(field) for field in form.html.select("input:not([type=hidden]), select")}
    assert {"Name", "Email", "Password", "Time zone"} <= names

    today = await visitor.press(
        form, "Create account", email="new@example.org", password=PASSWORD, name="Nia", timezone="Asia/Tokyo"
    )

    assert today.path == "/app"
    assert today.one("h1").get_text() == "Today"
    assert store.accounts["new@example.org"].user["timezone"] == "Asia/Tokyo"


async def test_a_taken_address_keeps_what_was_typed_but_the_password(visitor: Browser, me: Account) -> None:
    again = await visitor.press(
        await visitor.open("/signup"), "Create account", email=me.user["email"], password=PASSWORD, name="Nia"
    )
    assert again.status == 422
    assert "already is an account" in again.one("[role=alert]").get_text()
    assert again.one("input[name=name]")["value"] == "Nia"
    assert not again.one("input[name=password]").has_attr("value")


async def test_a_rejected_field_is_tied_to_its_message(visitor: Browser) -> None:
    again = await visitor.press(
        await visitor.open("/signup"), "Create account", email="a@example.org", password="short"
    )
    field = again.one("input[name=password]")
    assert field["aria-invalid"] == "true"
    described_by = str(field["aria-describedby"]).split()
    assert "at least 8 characters" in again.one(f"#{described_by[0]}").get_text()


async def test_log_in_returns_to_the_page_that_asked_for_it(visitor: Browser, me: Account) -> None:
    form = await visitor.open("/app/inbox?sort=due")
    assert form.path == "/login?next=%2Fapp%2Finbox%3Fsort%3Ddue"
    inbox = await visitor.press(form, "Log in", email=me.user["email"], password=PASSWORD)
    assert inbox.path == "/app/inbox?sort=due"


async def test_a_wrong_password_says_so_without_saying_which_part(visitor: Browser, me: Account) -> None:
    again = await visitor.press(
        await visitor.open("/login"), "Log in", email=me.user["email"], password="wrong"
    )
    assert again.status == 422
    assert "do not match" in again.one("[role=alert]").get_text()
    assert again.one("input[name=email]")["value"] == me.user["email"]


async def test_throttled_log_ins_say_how_long_to_wait(visitor: Browser) -> None:
    again = await visitor.press(
        await visitor.open("/login"), "Log in", email="busy@example.org", password=PASSWORD
    )
    assert again.status == 429
    assert again.response.headers["retry-after"] == "30"
    assert "30 seconds" in again.text


async def test_log_out_ends_the_session_everywhere(browser: Browser, store: Store) -> None:
    gone = await browser.press(await browser.open("/app"), "Log out")
    assert gone.path.startswith("/login")
    assert not store.tokens
    assert "session" not in browser.http.cookies
    assert (await browser.open("/app")).path == "/login"


async def test_the_session_cookie_is_out_of_reach_of_scripts(visitor: Browser, me: Account) -> None:
    answer = await visitor.http.post(
        "/login", data={"email": me.user["email"], "password": PASSWORD}, follow_redirects=False
    )
    attributes = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=lax", "path=/"} <= attributes
    assert "secure" not in attributes


async def test_outside_development_the_cookie_is_bound_to_this_host(production: FastAPI, me: Account) -> None:
    async with browser_of(production) as browser:
        answer = await browser.http.post(
            "/login", data={"email": me.user["email"], "password": PASSWORD}, follow_redirects=False
        )
    assert answer.headers["set-cookie"].startswith("__Host-session=session-")
    assert "Secure" in answer.headers["set-cookie"]
    assert "Domain" not in answer.headers["set-cookie"]


async def test_the_backend_learns_who_is_behind_a_log_in(visitor: Browser, me: Account, store: Store) -> None:
    headers = {"X-Forwarded-For": "203.0.113.7", "User-Agent": "Firefox/140"}
    await visitor.submit("/login", {"email": me.user["email"], "password": PASSWORD}, headers=headers)
    _, _, seen = next(entry for entry in store.requests if entry[1] == "/api/v1/auth/login")
    assert seen["x-forwarded-for"] == "203.0.113.7, 127.0.0.1"
    assert seen["user-agent"] == "Firefox/140"


async def test_an_ended_session_leads_to_the_log_in_page_and_loses_its_cookie(
    browser: Browser, store: Store
) -> None:
    store.tokens.clear()
    page = await browser.open("/app/upcoming")
    assert page.path.startswith("/login?notice=session_over&next=%2Fapp%2Fupcoming")
    assert "session has ended" in page.one("[role=status]").get_text()
    assert "session" not in browser.http.cookies


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/app\\..\\evil",
        "/app/../logout",
        "/apple",
        "/login",
        "javascript:alert(1)",
        "/app\r\nSet-Cookie: a=b",
        "/app/" + "a" * 3000,
        "",
        None,
    ],
)
def test_only_our_own_pages_are_somewhere_to_go_next(target: str | None) -> None:
    assert safe_next(target) == "/app"


@pytest.mark.parametrize("target", ["/app", "/app/inbox", "/app?notice=x", "/app/search?q=%C3%A4&sort=due"])
def test_our_own_pages_are(target: str) -> None:
    assert safe_next(target) == target
