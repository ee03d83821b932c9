"""`make screenshots`: docs/images/ from the real pages, with the demo account and the cards it was given."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Literal

import httpx
from playwright.async_api import Browser

from devstack import demo
from devstack.chromium import chromium
from devstack.services import ROOT
from devstack.stack import Stack

IMAGES = ROOT / "docs" / "images"
CARDS_SECONDS = 30

Scheme = Literal["light", "dark"]
# File name, width and height in CSS pixels, colour scheme.
SHOTS: tuple[tuple[str, int, int, Scheme], ...] = (
    ("dashboard.png", 1280, 860, "light"),
    ("dashboard-dark.png", 1280, 860, "dark"),
    ("dashboard-phone.png", 390, 844, "light"),
)


def wait_for_cards(stack: Stack) -> None:
    """Return when the agents have proposed something to the demo user."""
    with httpx.Client(base_url=f"{stack.backend_url}/api/v1", timeout=10) as client:
        login = client.post("/auth/login", json={"email": demo.EMAIL, "password": demo.PASSWORD})
        client.headers["Authorization"] = f"Bearer {login.json()['session']['token']}"
        give_up = time.monotonic() + CARDS_SECONDS
        while time.monotonic() < give_up:
            if client.get("/suggestions", params={"status": "open"}).json()["items"]:
                return
            time.sleep(0.3)
    raise TimeoutError(f"No suggestion came within {CARDS_SECONDS} seconds.")


async def take(browser: Browser, page_url: str) -> None:
    """Log in and photograph the dashboard in every size and scheme."""
    for name, width, height, scheme in SHOTS:
        context = await browser.new_context(
            base_url=page_url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        page = await context.new_page()
        await page.goto("/login")
        await page.get_by_label("Email").fill(demo.EMAIL)
        await page.get_by_label("Password").fill(demo.PASSWORD)
        await page.get_by_role("button", name="Log in").click()
        await page.get_by_role("textbox", name="Add a task").wait_for()
        await page.screenshot(path=IMAGES / name)
        await context.close()
        print(f"wrote docs/images/{name}")


async def photograph(page_url: str) -> None:
    """All pictures of the platform that answers at `page_url`."""
    async with chromium() as browser:
        await take(browser, page_url)


def main() -> int:
    """Start the platform, wait for the agents and take the pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, Stack(Path(directory) / "stack") as stack:
        demo.seed(stack.backend_url)
        wait_for_cards(stack)
        asyncio.run(photograph(stack.frontend_url))
    return 0


if __name__ == "__main__":
    sys.exit(main())
