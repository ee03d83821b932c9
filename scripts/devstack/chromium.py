"""A real browser for tests and screenshots."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from shutil import which

from playwright.async_api import Browser, async_playwright


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The system's Chromium; without one, the build that `playwright install chromium` fetches."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=which("chromium") or which("chromium-browser") or which("google-chrome"),
            chromium_sandbox=os.geteuid() != 0,  # Chromium's sandbox does not work as root
        )
        try:
            yield browser
        finally:
            await browser.close()
