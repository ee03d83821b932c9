"""Workers that die and dawdle claim users among writers who do not care."""

import asyncio
import json
import random
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.backend.running.users import SignedIn
from tests.backend.sweeps.agent import Json, add_task, service_token
from tests.faults.lease_history import judge, seen_by_completed_leases
from tests.faults.lease_worker import Orders
from tests.faults.platform import Platform
from tests.faults.running import Counts, main, percentile

from todo_backend.settings import Settings

LEASE_SECONDS = 1
_AGENTS = ("overdue", "prioritization")


class Writer:
    """A user who edits one task again and again."""

    def __init__(self, user: SignedIn, task: Json) -> None:
        self.user = user
        self._task = task
        self.version: int = task["version"]

    async def write(self, until: float, *, pause: float) -> list[float]:
        """Edit until then; how long each write took, in ms."""
        took = []
        while time.monotonic() < until:
            await asyncio.sleep(random.uniform(0, 2 * pause))
            started = time.monotonic()
            notes = f"Edit {self.version}"
            answer = await self.user.client.patch(f"/api/v1/tasks/{self._task['id']}", json={"notes": notes})
            took.append((time.monotonic() - started) * 1000)
            assert answer.status_code == 200, answer.text
            self.version = answer.json()["version"]
        return took


async def run(
    platform: Platform, *, workers: int = 8, writers: int = 100, seconds: float = 60, pause: float = 2
) -> Counts:
    """No lease twice at a time, nothing forgotten, no stale fence accepted, writers undisturbed."""
    everybody = await _new_writers(platform, writers)
    alone = await _write(everybody, seconds=seconds / 6, pause=pause)
    with tempfile.TemporaryDirectory() as directory:
        orders = Orders(
            port=urlsplit(platform.backend.url).port or 0,
            token=service_token(Settings(database_url=platform.database_url)),
            workers=workers,
            seconds=seconds,
            lease_seconds=LEASE_SECONDS,
            killed=0.1,
            too_long=0.1,
            directory=directory,
        )
        beside, killed = await asyncio.gather(
            _write(everybody, seconds=seconds, pause=pause), _employ(orders)
        )
        await _drain(platform, orders)
        records = await asyncio.to_thread(_read_histories, directory)
    verdict = judge(records, lease_seconds=LEASE_SECONDS)
    assert verdict.overlaps == verdict.fences_given_twice == verdict.stale_fences_accepted == 0, verdict
    seen = seen_by_completed_leases(records)
    keys = {f"{writer.user.id}/{agent}": writer.version for writer in everybody for agent in _AGENTS}
    forgotten = [key for key, version in keys.items() if seen.get(key, 0) < version]
    assert forgotten == []
    return {
        "workers": workers,
        "writers": writers,
        "workers killed": killed,
        **asdict(verdict),
        "last writes never seen by an agent": len(forgotten),
        "writes beside the workers": len(beside),
        "p95 of a write alone, ms": percentile(alone, 95),
        "p95 of a write beside the workers, ms": percentile(beside, 95),
    }


async def _new_writers(platform: Platform, number: int) -> list[Writer]:
    users = [await platform.new_user() for _ in range(number)]
    return [Writer(user, await add_task(user.client)) for user in users]


async def _write(everybody: list[Writer], *, seconds: float, pause: float) -> list[float]:
    until = time.monotonic() + seconds
    times = await asyncio.gather(*(writer.write(until, pause=pause) for writer in everybody))
    return [one for some in times for one in some]


async def _employ(orders: Orders) -> int:
    """Let the workers work; how many were killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.faults.lease_worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    try:
        output, _ = await process.communicate(json.dumps(asdict(orders)).encode())
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0
    return int(output)


async def _drain(platform: Platform, orders: Orders) -> None:
    """Reliable workers until nobody is due any more; users on whom workers kept dying are due now."""
    reliable = asdict(orders) | {"killed": 0.0, "too_long": 0.0, "seconds": 1.0, "workers": 2}
    give_up = time.monotonic() + 120
    while await platform.sql("SELECT user_id FROM sweep_state WHERE due_at IS NOT NULL LIMIT 1"):
        assert time.monotonic() < give_up, "somebody stays due"
        await platform.sql(
            "UPDATE sweep_state SET due_at = clock_timestamp()"
            " WHERE attempts > 4 AND due_at > clock_timestamp() AND lease_until < clock_timestamp()"
        )
        await _employ(Orders(**reliable))


def _read_histories(directory: str) -> list[dict[str, Any]]:
    files = Path(directory).glob("*.history")
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


if __name__ == "__main__":
    main(run, SWEEP_LEASE_SECONDS=str(LEASE_SECONDS))
