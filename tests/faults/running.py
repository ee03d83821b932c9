"""`python -m tests.faults.<scenario>`: a scenario at full length, with its counts on standard output."""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from tests.faults.platform import Platform, throwaway_directory

Counts = dict[str, int | float]


def show(name: str, counts: Mapping[str, int | float]) -> None:
    """One line for each count."""
    sys.stdout.write(f"{name}\n" + "".join(f"  {what:<58} {count:>9,}\n" for what, count in counts.items()))
    sys.stdout.flush()


def main(scenario: Callable[[Platform], Awaitable[Counts]], **settings: str) -> None:
    """Run a scenario on a platform of its own; a promise that was broken raises AssertionError."""
    name = Path(sys.argv[0]).stem

    async def run() -> None:
        with throwaway_directory() as directory:
            async with Platform(directory, settings=settings) as platform:
                started = time.monotonic()
                counts = await scenario(platform)
                load = round(os.getloadavg()[0], 1)
                show(name, counts | {"seconds": round(time.monotonic() - started), "load average": load})

    asyncio.run(run())


def percentile(values: list[float], percent: int) -> float:
    """The value below which `percent` of the values lie, in the values' unit; rounded to 0.1."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 1)
