"""Clients hang up in the middle of a request, a thousand at a time."""

import asyncio
import json
import random
from collections import Counter
from urllib.parse import urlsplit

import psutil
from sqlalchemy import text
from tests.backend.running.users import SignedIn
from tests.backend.sweeps.agent import add_task
from tests.faults.platform import Platform
from tests.faults.running import Counts, main

POOL_SIZE = 10
"""The backend's default."""

_LEFT_BEHIND = """
    SELECT count(*) FILTER (WHERE state <> 'idle'),
           count(*) FILTER (WHERE state LIKE 'idle in transaction%'),
           (SELECT count(*) FROM pg_locks l WHERE l.pid = ANY(array_agg(a.pid)))
      FROM pg_stat_activity a WHERE application_name = 'todo-backend'
"""
_BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


async def run(platform: Platform, *, storms: int = 5, clients: int = 1000) -> Counts:
    """No connection, no lock and no memory is left behind, and the whole pool still works."""
    user = await platform.new_user()
    for number in range(20):
        await add_task(user.client, title=f"Task {number}")
    process = psutil.Process(platform.backend.pid)
    seen: Counter[str] = Counter()
    memory = []
    for _ in range(storms):
        await _storm(platform, user, clients=clients, seen=seen)
        await _settled(platform)
        memory.append(process.memory_info().rss / 2**20)
    working = await _whole_pool_works(platform, user)
    errors = platform.backend.records("error")
    assert errors == []
    # The first storms fill pools, caches and the allocator's arenas; after them it must stay.
    assert memory[-1] - memory[len(memory) // 2] < 20, memory
    return {
        "storms": storms,
        "clients that hung up": sum(seen.values()),
        **{f"hung up {when}": number for when, number in sorted(seen.items())},
        "sessions busy or in a transaction afterwards": 0,
        "locks held afterwards": 0,
        "connections of the pool that work at the same time": working,
        "errors in the log": len(errors),
        **{f"memory after storm {number}, MiB": round(size, 1) for number, size in enumerate(memory, 1)},
    }


async def _storm(platform: Platform, user: SignedIn, *, clients: int, seen: Counter[str]) -> None:
    room = asyncio.Semaphore(200)

    async def one() -> None:
        async with room:
            seen[await _hang_up(platform.backend.url, user.token)] += 1

    await asyncio.gather(*(one() for _ in range(clients)))


async def _hang_up(url: str, token: str) -> str:
    """One request, broken off at a random point; which."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    body = json.dumps({"title": "Storm", "due_date": "2020-01-01"}).encode()
    kind = random.choice(["GET /api/v1/tasks", "POST /api/v1/tasks", "POST /api/v1/tasks"])
    head = f"{kind} HTTP/1.1\r\nHost: backend\r\nAuthorization: Bearer {token}\r\n"
    if kind.startswith("POST"):
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        head += f"Idempotency-Key: storm-{random.randrange(200)}\r\n"
    request = f"{head}\r\n".encode() + (body if kind.startswith("POST") else b"")
    when = random.choice(["in the request", "before the answer", "in the answer"])
    if when == "in the request":
        request = request[: random.randrange(20, len(request))]
    writer.write(request)
    await writer.drain()
    if when == "before the answer":
        await asyncio.sleep(random.uniform(0, 0.02))
    if when == "in the answer":
        await reader.read(10)
    writer.transport.abort()  # a reset, as a client that has died sends it
    return when


async def _settled(platform: Platform) -> None:
    """Wait until the backend has worked off what was sent; fails when something stays."""
    for _ in range(300):
        left = await _ask(platform, _LEFT_BEHIND)
        if left == [0, 0, 0]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"left behind (busy, in a transaction, locks): {left}")


async def _ask(platform: Platform, statement: str) -> list[int]:
    """One row of numbers, asked as the superuser: others do not see what sessions do."""
    row = await asyncio.to_thread(platform.postgres.sql, statement, "todo")
    return [int(number or 0) for number in row.split("|")]


async def _whole_pool_works(platform: Platform, user: SignedIn) -> int:
    """As many edits as the pool is large, all inside PostgreSQL at the same time; how many."""
    task = await add_task(user.client)
    path = f"/api/v1/tasks/{task['id']}"
    async with platform.database.system_session() as session:
        await session.execute(text("SELECT id FROM tasks WHERE id = :id FOR UPDATE"), {"id": task["id"]})
        edits = [
            asyncio.create_task(user.client.patch(path, json={"notes": f"Edit {number}"}))
            for number in range(POOL_SIZE)
        ]
        for _ in range(100):
            (blocked,) = await _ask(platform, _BLOCKED)
            if blocked == POOL_SIZE:
                break
    assert [answer.status_code for answer in await asyncio.gather(*edits)] == [200] * POOL_SIZE
    assert blocked == POOL_SIZE
    return POOL_SIZE


if __name__ == "__main__":
    main(run)
