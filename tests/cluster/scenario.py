"""What the checks share: a steady load around an action, and the figures."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.cluster.installation import KEYS, Installation
from tests.cluster.load import Load

TWO_EACH = tuple(f"{key}.replicaCount=2" for key in KEYS.values())
BACKUPS = ("backup.enabled=true", "backup.verification.enabled=true")
NO_LIMIT = "backend.config.SIGN_UPS_PER_HOUR=0"


Variant = Callable[..., str]


def tagged(tag: str) -> tuple[str, ...]:
    """The settings that make every service run the images with this tag."""
    return tuple(f"{key}.image.tag={tag}" for key in KEYS.values())


def report(what: str, figures: str) -> None:
    """Show figures at once; pytest runs with -s."""
    print(f"\n[{what}] {figures}", flush=True)


async def under_load(
    installation: Installation, what: str, action: Callable[[], Awaitable[str]], *, tolerated: int = 0
) -> Load:
    """Run `action` in the middle of a steady load and hold the books against the database."""
    async with Load(installation.url, installation.sign_up(), host=installation.host) as load:
        await asyncio.sleep(3)
        figures = await action()
        await asyncio.sleep(5)
    stored = installation.titles(load.prefix)
    lost = [title for title in load.books.acknowledged if stored[title] == 0]
    doubled = [title for title, times in stored.items() if times > 1]
    report(
        what, f"{figures}; {load.books.line(load.seconds)}; {len(lost)} lost, {len(doubled)} doubled writes"
    )
    for failure in load.books.failures[:5]:
        print("   ", failure)
    assert not lost
    assert not doubled
    assert len(load.books.failures) <= tolerated
    assert load.books.by_kind["write"] > 0
    return load
