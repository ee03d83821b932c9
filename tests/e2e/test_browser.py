"""The main job as a person does it: sign up, write a task, get a card, accept it, take it back."""

import time
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect
from tests.e2e.browser_user import (
    CARD_SECONDS,
    add_task_due_yesterday,
    card,
    row,
    sign_up,
)

from devstack.chromium import chromium
from devstack.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

TITLE = "Return the library books"


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
async def page(browser: Browser, stack: Stack, scripts: bool) -> AsyncIterator[Page]:
    context = await browser.new_context(base_url=stack.frontend_url, java_script_enabled=scripts)
    context.set_default_timeout(10_000)
    problems: list[str] = []
    opened = await context.new_page()
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda entry: problems.append(entry.text) if entry.type == "error" else None)
    yield opened
    await context.close()
    assert problems == [], "the browser complained"


async def test_overdue_card_accept_undo(page: Page, scripts: bool) -> None:
    await sign_up(page)
    await add_task_due_yesterday(page, TITLE)
    before = await row(page, TITLE).inner_text()

    await _wait_for_card(page, scripts=scripts)
    await card(page, TITLE).get_by_role("button", name="Accept").click()
    undo = card(page, TITLE).get_by_role("button", name="Undo")
    await expect(undo).to_be_visible()
    await page.goto("/app/inbox")
    assert await row(page, TITLE).inner_text() != before

    await page.goto("/app")
    await undo.click()
    await expect(undo).to_have_count(0)
    await expect(row(page, TITLE)).to_have_text(before, use_inner_text=True)


async def _wait_for_card(page: Page, *, scripts: bool) -> None:
    """With scripts the card comes to the open page by itself; without them, one looks again."""
    accept = card(page, TITLE).get_by_role("button", name="Accept")
    if scripts:
        await expect(accept).to_be_visible(timeout=CARD_SECONDS * 1000)
        return
    give_up = time.monotonic() + CARD_SECONDS
    while time.monotonic() < give_up and not await accept.is_visible():
        await page.wait_for_timeout(500)
        await page.reload()
    await expect(accept).to_be_visible(timeout=1)
