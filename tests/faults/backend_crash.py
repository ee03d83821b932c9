"""The backend is killed with SIGKILL under write load, and started again."""

import asyncio
import random
import signal
import time

from tests.faults.platform import Platform
from tests.faults.running import Counts, main
from tests.faults.write_load import account, write_load


async def run(platform: Platform, *, kills: int = 20, writers: int = 20, load_seconds: float = 2) -> Counts:
    """Clients with keys lose nothing and double nothing."""
    async with write_load(platform, writers=writers) as load:
        for _ in range(kills):
            await asyncio.sleep(load_seconds * random.uniform(0.5, 1.5))
            assert platform.backend.end(signal.SIGKILL) == -signal.SIGKILL
            await platform.backend.start()
            await load.all_served_since(time.monotonic(), patience=30)
    return {"kills of the backend": kills, "writers": writers, **await account(platform, load)}


if __name__ == "__main__":
    main(run)
