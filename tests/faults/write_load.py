"""Writers with keys, readers beside them, and the account of what was acknowledged."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults.persistent_client import PersistentClient
from tests.faults.platform import Platform
from tests.faults.running import Counts

_GIVES_UP_EACH = 4
"""Every fourth write is tried once only: whether it had an effect is open, but two it must not have."""


class WriteLoad:
    """`writers` users who add tasks one after the other, and one reader for each four of them."""

    def __init__(self, writers: list[PersistentClient], readers: list[PersistentClient]) -> None:
        self._writers = writers
        self._readers = readers
        self._stop = asyncio.Event()
        self.acknowledged: dict[str, str] = {}
        """Title to id."""
        self.given_up: set[str] = set()

    @property
    def clients(self) -> list[PersistentClient]:
        return self._writers + self._readers

    def stop(self) -> None:
        """Let every writer finish what it has begun."""
        self._stop.set()

    async def run(self) -> None:
        """Write and read until `stop`."""
        writing = (self._write(client, number) for number, client in enumerate(self._writers))
        await asyncio.gather(*writing, *(self._read(client) for client in self._readers))

    async def all_served_since(self, moment: float, *, patience: float) -> float:
        """Seconds from `moment` (monotonic) until every client had a success."""
        give_up = time.monotonic() + patience
        while time.monotonic() < give_up:
            firsts = [next((s for s in c.successes if s >= moment), None) for c in self.clients]
            known = [first for first in firsts if first is not None]
            if len(known) == len(firsts):
                return max(known) - moment
            await asyncio.sleep(0.02)
        raise AssertionError(f"not everybody was served within {patience} s")

    async def _write(self, client: PersistentClient, number: int) -> None:
        serial = 0
        while not self._stop.is_set():
            serial += 1
            title = f"writer {number} task {serial}"
            tries = 1 if serial % _GIVES_UP_EACH == 0 else 10_000
            answer = await client.post("/api/v1/tasks", {"title": title}, key=title, tries=tries)
            if answer is None:
                self.given_up.add(title)
            else:
                self.acknowledged[title] = answer.json()["id"]

    async def _read(self, client: PersistentClient) -> None:
        while not self._stop.is_set():
            await client.attempt("GET", "/api/v1/tasks", params={"limit": 5})
            await asyncio.sleep(0.05)


@asynccontextmanager
async def write_load(platform: Platform, *, writers: int) -> AsyncIterator[WriteLoad]:
    """The load, running inside the block; when the block ends, every write that was begun has ended too."""
    clients = [PersistentClient(await platform.new_user()) for _ in range(writers + (writers + 3) // 4)]
    load = WriteLoad(clients[:writers], clients[writers:])
    running = asyncio.create_task(load.run())
    try:
        yield load
    finally:
        load.stop()
        await running


async def account(platform: Platform, load: WriteLoad) -> Counts:
    """Compare what was acknowledged with what is there; raises AssertionError when they differ."""
    stored: dict[str, str] = {}
    copies: Counter[str] = Counter()
    for row in await platform.sql("SELECT id, title FROM tasks WHERE title LIKE 'writer %'"):
        stored[row.title] = str(row.id)
        copies[row.title] += 1
    lost = [title for title, id_ in load.acknowledged.items() if stored.get(title) != id_]
    doubled = [title for title, number in copies.items() if number > 1]
    unasked = stored.keys() - load.acknowledged.keys() - load.given_up
    assert (lost, doubled, unasked) == ([], [], set())
    seen = sum((client.seen for client in load.clients), Counter[str]())
    return {
        "writes acknowledged": len(load.acknowledged),
        "of these lost": len(lost),
        "of these doubled": len(doubled),
        "writes given up after one try": len(load.given_up),
        **{name: seen[name] for name in ("answers 503", "connections lost", "replayed answers")},
    }
