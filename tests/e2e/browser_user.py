"""A person in front of a real browser, who finds things by what they are called."""

import itertools
import os
import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import Locator, Page, expect

PASSWORD = "correct-horse-battery"
CARD_SECONDS = 15

_serial = itertools.count(1)


async def sign_up(page: Page) -> None:
    """Create an account in UTC; ends on the dashboard."""
    await page.goto("/signup")
    await page.get_by_label("Name").fill("Robin")
    await page.get_by_label("Email").fill(f"robin{next(_serial)}.{os.getpid()}@example.com")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_label("Time zone").select_option("UTC")
    await page.get_by_role("button", name="Create account").click()
    await expect(page).to_have_url(re.compile("/app"))


async def add_task_due_yesterday(page: Page, title: str) -> None:
    """Add a task with the form on the page."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    await page.get_by_role("textbox", name="Add a task").fill(title)
    await page.get_by_label("Due date").fill(yesterday.isoformat())
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(checkbox(page, title)).to_be_visible()


def checkbox(page: Page, title: str) -> Locator:
    """A task's check box, which is named after it."""
    return page.get_by_role("checkbox", name=title)


def row(page: Page, title: str) -> Locator:
    """Everything the list says about a task."""
    return page.get_by_role("listitem").filter(has=checkbox(page, title))


def card(page: Page, title: str) -> Locator:
    """The suggestion about a task."""
    region = page.get_by_role("region", name="Suggestions")
    return region.get_by_role("article").filter(has_text=title)
