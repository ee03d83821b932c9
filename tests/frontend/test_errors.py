"""When things go wrong: calm pages, the right status, and nothing typed is lost."""

import httpx
import pytest
from fastapi import FastAPI
from tests.frontend.browser import Browser, Page
from tests.frontend.conftest import browser_of
from tests.frontend.stub.store import Account, Json, Store

from todo_frontend.app import create_app
from todo_frontend.settings import FrontendSettings


def problem(status: int, code: str, **headers: str) -> tuple[int, Json, dict[str, str]]:
    body = {"type": "t", "title": "Refused", "status": status, "detail": "secret detail", "code": code}
    return status, body, headers


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        (403, "This is not yours to open"),
        (404, "Nothing here"),
        (413, "That is a bit too much"),
        (422, "Please check what you sent"),
    ],
)
async def test_refusals_have_pages(browser: Browser, store: Store, status: int, heading: str) -> None:
    store.faults = [problem(status, "some_code"), problem(status, "some_code")]
    page = await browser.open("/app/projects")
    _check(page, status, heading)


async def test_a_limit_says_how_long_to_wait(browser: Browser, store: Store, me: Account) -> None:
    task = me.add_task("One")
    store.faults = [problem(429, "rate_limited", **{"Retry-After": "42"})] * 3
    page = await browser.submit(f"/app/tasks/{task['id']}/complete", {"next": "/app/inbox"})
    _check(page, 429, "A little slower, please")
    assert "in 42 seconds" in page.text
    assert page.response.headers["retry-after"] == "42"
    assert page.link("Try again") == "/app/inbox"


async def test_an_unknown_page(visitor: Browser) -> None:
    _check(await visitor.open("/nowhere"), 404, "Nothing here")


async def test_a_body_that_is_too_large(browser: Browser) -> None:
    _check(await browser.submit("/app/tasks", {"title": "x" * 2_000_000}), 413, "That is a bit too much")


async def test_a_bug_shows_no_internals(frontend: FastAPI) -> None:
    @frontend.get("/broken")
    async def broken() -> None:
        raise RuntimeError("internal detail")

    async with browser_of(frontend) as browser:
        page = await browser.open("/broken")
    _check(page, 500, "Something went wrong")
    assert "internal detail" not in page.response.text


def _check(page: Page, status: int, heading: str) -> None:
    assert page.status == status
    assert page.one("h1").get_text() == heading
    assert page.response.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.response.headers["content-security-policy"]
    assert "secret detail" not in page.response.text


@pytest.fixture
async def lonely(store: Store) -> FastAPI:
    """A frontend whose backend refuses every connection."""

    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    return create_app(FrontendSettings(metrics_port=0), transport=httpx.MockTransport(refuse))


async def test_a_backend_that_is_down(lonely: FastAPI) -> None:
    async with browser_of(lonely) as browser:
        browser.use_session("some-token")
        page = await browser.open("/app/inbox?sort=due")
        _check(page, 503, "One moment, please")
        assert page.link("Try again") == "/app/inbox?sort=due"
        assert (await browser.open("/")).status == 200
        assert (await browser.open("/health")).status == 200
        ready = await browser.open("/ready")
        assert ready.status == 503
        assert ready.response.json()["checks"]["backend"]["ok"] is False


async def test_what_was_typed_survives_a_backend_that_is_down(lonely: FastAPI) -> None:
    typed = {
        "title": "Long thought",
        "next": "/app/inbox",
        "idempotency_key": "0199f1d2-0000-7000-8000-000000000000",
    }
    async with browser_of(lonely) as browser:
        browser.use_session("some-token")
        page = await browser.submit("/app/tasks", typed)
    assert page.status == 503
    assert "Long thought" in page.text
    form = page.form("/app/tasks")
    assert {str(field["name"]): str(field["value"]) for field in form.select("input")} == typed
    page.button("Send again", form)


async def test_a_password_is_never_sent_back(lonely: FastAPI) -> None:
    async with browser_of(lonely) as browser:
        page = await browser.submit("/login", {"email": "a@example.org", "password": "very secret"})
    assert page.status == 503
    assert "very secret" not in page.response.text
