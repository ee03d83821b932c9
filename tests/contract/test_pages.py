"""The real pages over the real API: the main job, and every page with something on it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from tests.contract.conftest import Agents
from tests.frontend.browser import Browser, Page

EMAIL, PASSWORD = "ada@example.com", "correct horse battery"
YESTERDAY = str(datetime.now(UTC).date() - timedelta(days=1))
TODAY = str(datetime.now(UTC).date())


async def sign_up(browser: Browser, email: str = EMAIL) -> Page:
    page = await browser.open("/signup")
    page = await browser.press(page, "Create account", email=email, password=PASSWORD, name="Ada")
    assert page.path.startswith("/app"), page.text
    return page


async def add(browser: Browser, title: str, **fields: Any) -> Page:
    page = await browser.open("/app/inbox")
    return await browser.press(page, "Add", title=title, **fields)


def suggestions(page: Page) -> list[str]:
    return [" ".join(card.get_text(" ").split()) for card in page.html.select("section article")]


async def overdue(browser: Browser) -> list[str]:
    """What Today lists as overdue."""
    page = await browser.open("/app")
    return [
        str(box["aria-label"])
        for box in page.html.select("[role=checkbox]")
        if "Overdue" in box.find_parent("section").get_text()  # type: ignore[union-attr]
    ]


async def test_overdue_card_accept_undo(browser: Browser, agents: Agents) -> None:
    await sign_up(browser)
    await add(browser, "Pay the rent", due_date=YESTERDAY)
    await agents.look()

    page = await browser.open("/app")
    assert len(suggestions(page)) == 1
    assert "Pay the rent" in suggestions(page)[0]
    page = await browser.press(page, "Accept")
    assert "Undo" in page.text
    assert await overdue(browser) == []

    await browser.press(await browser.open("/app"), "Undo")
    assert await overdue(browser) == ["Pay the rent"]
    await agents.look()
    assert suggestions(await browser.open("/app")) == [], "what was taken back is not proposed again"


async def test_a_card_whose_task_has_changed_says_so(browser: Browser, agents: Agents) -> None:
    await sign_up(browser)
    page = await add(browser, "Pay the rent", due_date=YESTERDAY)
    await agents.look()
    with_card = await browser.open("/app")
    async with (
        agents.database.system_session() as session
    ):  # as another tab would, without the hint to the cards
        await session.execute(text("UPDATE tasks SET due_date = due_date - 1, version = version + 1"))
    page = await browser.press(with_card, "Accept")
    assert page.status == 409 or "changed" in page.text
    assert suggestions(await browser.open("/app")) == []


async def test_dismiss_and_snooze_put_the_card_away(browser: Browser, agents: Agents) -> None:
    await sign_up(browser)
    await add(browser, "Pay the rent", due_date=YESTERDAY)
    await agents.look()
    await browser.press(await browser.open("/app"), "Snooze")
    assert suggestions(await browser.open("/app")) == []
    async with agents.database.system_session() as session:
        await session.execute(
            text("UPDATE agent_suggestions SET snoozed_until = now() - interval '1 second'")
        )
    page = await browser.open("/app")
    assert len(suggestions(page)) == 1, "a snoozed card comes back"
    await browser.press(page, "Dismiss")
    await agents.look()
    assert suggestions(await browser.open("/app")) == []


async def test_every_page_renders_and_its_links_lead_somewhere(browser: Browser, agents: Agents) -> None:
    await sign_up(browser)
    await browser.submit("/app/projects", {"name": "Home", "color": "teal"})
    for number in range(12):
        await add(
            browser,
            f"Task {number} <b>&amp;",
            due_date=(YESTERDAY if number < 3 else TODAY),
            labels="home, x y",
        )
    await agents.look()
    seen, waiting = set[str](), ["/app", "/app/settings", "/app/done", "/app/trash", "/app/search?q=task"]
    while waiting and len(seen) < 40:
        path = waiting.pop()
        seen.add(path)
        page = await browser.open(path)
        assert page.status == 200, (path, page.text[:300])
        if "text/html" not in page.response.headers["content-type"]:
            continue
        assert len(page.html.find_all("h1")) == 1, path
        for link in page.html.find_all("a", href=True):
            target = urlsplit(str(link["href"]))
            full = target.path + (f"?{target.query}" if target.query else "")
            if target.path.startswith("/app") and full not in seen and full not in waiting:
                waiting.append(full)


async def test_a_wrong_form_keeps_what_was_typed(browser: Browser) -> None:
    await sign_up(browser)
    page = await add(browser, "x" * 501)
    assert page.status == 422
    assert "x" * 501 in str(page.html)


async def test_a_double_submit_makes_one_task(browser: Browser) -> None:
    await sign_up(browser)
    page = await browser.open("/app/inbox")
    await browser.press(page, "Add", title="only once")
    await browser.press(page, "Add", title="only once")
    assert len((await browser.open("/app/inbox")).html.select("[role=checkbox]")) == 1


async def test_log_in_log_out_and_a_wrong_password(browser: Browser) -> None:
    await sign_up(browser)
    page = await browser.press(await browser.open("/app"), "Log out")
    assert (await browser.open("/app")).path.startswith("/login")
    page = await browser.press(
        await browser.open("/login"), "Log in", email="ada@example.com", password="wrong one"
    )
    assert page.status in {401, 422}
    page = await browser.press(
        await browser.open("/login"), "Log in", email="ada@example.com", password=PASSWORD
    )
    assert page.path.startswith("/app")


async def test_one_request_id_goes_through(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    await sign_up(browser)
    with caplog.at_level("INFO", logger="todo_kit.request"):
        answer = await browser.open("/app", headers={"X-Request-ID": "one-id-for-all"})
    assert answer.response.headers["x-request-id"] == "one-id-for-all"
    routes = {record.__dict__["route"] for record in caplog.records}
    assert {"/app", "/api/v1/overview", "/api/v1/tasks"} <= routes
