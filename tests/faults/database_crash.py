"""PostgreSQL is shut down at once under write load, and comes back."""

import asyncio
import time

from tests.faults.platform import Platform
from tests.faults.running import Counts, main
from tests.faults.write_load import account, write_load

BACK_WITHIN = 5.0
"""Seconds from when PostgreSQL accepts connections until every client has been served."""


async def run(
    platform: Platform,
    *,
    crashes: int = 10,
    writers: int = 20,
    load_seconds: float = 3,
    down_seconds: float = 1,
) -> Counts:
    """Acknowledged writes are there once, refusals are clear, and the service comes back by itself."""
    pid = platform.backend.pid
    back: list[float] = []
    async with write_load(platform, writers=writers) as load:
        for _ in range(crashes):
            await asyncio.sleep(load_seconds)
            platform.crash_postgres()
            await asyncio.sleep(down_seconds)
            platform.postgres.start()
            back.append(await load.all_served_since(time.monotonic(), patience=30))
    assert platform.backend.pid == pid
    assert max(back) < BACK_WITHIN, back
    assert platform.backend.records("error") == []
    return {
        "crashes of PostgreSQL": crashes,
        "writers": writers,
        **await account(platform, load),
        "all clients served again after, ms, worst": round(max(back) * 1000),
    }


if __name__ == "__main__":
    main(run)
