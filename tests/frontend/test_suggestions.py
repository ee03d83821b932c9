"""The cards: what they say, and every way to answer them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.frontend.browser import Browser, Page
from tests.frontend.stub.store import Account, Json


@pytest.fixture
def task(me: Account) -> Json:
    return me.add_task("Tax papers", due_date=(me.today - timedelta(days=1)).isoformat())


@pytest.fixture
def card(me: Account, task: Json) -> Json:
    return me.add_suggestion(task, to=(me.today + timedelta(days=5)).isoformat())


async def test_a_card_says_why_and_what_exactly(browser: Browser, card: Json) -> None:
    page = await browser.open("/app")
    article = page.one("section[aria-label=Suggestions] article")
    assert page.one("#suggestions h3").get_text() == card["title"]
    assert card["reason"] in article.get_text()
    assert "Days overdue: 1" in article.get_text()
    assert [cell.get_text() for cell in article.select("td.before")] == ["Yesterday"]
    assert len(article.select("td.after")) == 1
    for name in ("Accept", "Edit", "Snooze", "Dismiss"):
        page.button(name, article)
    assert page.one("#suggestions [role=status]").get_text(strip=True) == "1 new"


async def test_accept_then_undo(browser: Browser, card: Json, task: Json) -> None:
    before = task["due_date"]
    page = await browser.press(await browser.open("/app"), "Accept")
    assert task["due_date"] == card["changes"][0]["to"]
    article = page.one("section[aria-label=Suggestions] article")
    page = await browser.press(page, "Undo", within=article)
    assert task["due_date"] == before
    assert "Taken back" in page.text


async def test_accept_with_another_value(browser: Browser, card: Json, task: Json) -> None:
    form = await browser.press(await browser.open("/app"), "Edit")
    assert form.one("h1").get_text() == card["title"]
    typed: dict[str, Any] = {"to-0": "2027-05-01"}
    await browser.press(form, "Accept", **typed)
    assert task["due_date"] == "2027-05-01"


async def test_accepting_nothing_asks_again(browser: Browser, card: Json) -> None:
    page = await browser.submit(f"/app/suggestions/{card['id']}/edit", {"task-0": "x", "field-0": "due_date"})
    assert page.status == 422
    assert "at least one" in page.one("[role=alert]").get_text()
    assert card["status"] == "open"


async def test_one_click_dismisses_this_card_only(browser: Browser, card: Json) -> None:
    await browser.press(await browser.open("/app"), "Dismiss")
    assert card["dismissed_with"] == {"scope": "this"}


async def test_dismissing_a_kind_with_a_reason(browser: Browser, card: Json) -> None:
    page = await browser.press(await browser.open("/app"), "Dismiss", scope="rule", reason="I know")
    assert card["dismissed_with"] == {"scope": "rule", "reason": "I know"}
    assert "stays away" in page.text


async def test_snooze_for_a_week(browser: Browser, card: Json) -> None:
    chosen: dict[str, Any] = {"for": "1w"}
    await browser.press(await browser.open("/app"), "Snooze", **chosen)
    until = datetime.fromisoformat(card["snoozed_until"])
    assert timedelta(days=6, hours=23) < until - datetime.now(until.tzinfo) <= timedelta(days=7)


async def test_a_stale_card_changes_nothing_and_says_so(browser: Browser, card: Json, task: Json) -> None:
    form = await browser.open("/app")
    card["stale"] = True
    page = await browser.press(form, "Accept")
    assert page.status == 200
    assert "out of date" in page.one("main > [role=status]").get_text()
    assert task["due_date"] == card["changes"][0]["from"]


async def test_htmx_gets_the_region_once_and_then_nothing_new(browser: Browser, card: Json) -> None:
    region = (await browser.open("/app/inbox")).one("#suggestions")
    assert region.find("a", href="/app/suggestions"), "the way without a script"
    htmx = {"HX-Request": "true", "HX-Current-URL": "http://localhost:3000/app/inbox"}
    unchanged = await browser.open(str(region["hx-get"]), headers=htmx)
    assert unchanged.status == 204

    card["status"] = "dismissed"
    changed = await browser.open(str(region["hx-get"]), headers=htmx)
    assert changed.status == 200
    assert changed.one("#suggestions")["hx-get"] != region["hx-get"]
    assert not changed.html.select("html, nav, h1"), "a fragment, not a page"
    assert changed.one("#suggestion-count[hx-swap-oob]").get_text(strip=True) == ""


async def test_the_same_address_is_a_page_without_htmx(browser: Browser, card: Json) -> None:
    page = await browser.open("/app/suggestions")
    assert page.one("h1").get_text() == "Suggestions"
    assert len(page.html.select("article")) == 1


async def test_the_poll_of_an_ended_session_leads_to_the_log_in_page(visitor: Browser) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost:3000/app/inbox"}
    page = await visitor.open("/app/suggestions?seen=x", headers=headers)
    assert page.status == 204
    assert page.response.headers["hx-redirect"] == "/login?next=%2Fapp%2Finbox"


async def test_switched_off_assistants_say_so(browser: Browser, me: Account) -> None:
    me.preferences["autonomous_agents_enabled"] = False
    assert "switched off" in _region(await browser.open("/app"))


async def test_a_rule_that_backed_off_is_explained(browser: Browser, me: Account) -> None:
    me.notices.append(
        {"code": "rule_backed_off", "rule": "overdue_one", "until": "2027-01-01T00:00:00+00:00"}
    )
    assert "“overdue one”" in _region(await browser.open("/app"))


def _region(page: Page) -> str:
    return " ".join(page.one("#suggestions").get_text(" ").split())
