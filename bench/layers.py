"""Where the microseconds of `GET /tasks` go: processor time of one process per answer, layer by layer.

Each layer contains the one before it. Processor time, not elapsed time, so other work on the machine hardly
shows; PostgreSQL's own time and the client's are left out.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import asyncpg
import uvloop
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from bench.data import token
from bench.place import populated, postgres
from bench.table import show
from todo_backend.app import create_app
from todo_backend.auth.credentials import Credential, parse_authorization
from todo_backend.settings import Settings
from todo_backend.tasks import listing
from todo_backend.tasks.schemas import TaskQuery
from todo_kit.logging import configure_logging
from todo_kit.middleware import BodyLimitMiddleware

_AT_ONCE = 10
_REQUESTS = 1_000
_ROUNDS = 5

Layer = Callable[[], Awaitable[object]]


def main() -> None:
    """Print the layers and what each adds."""
    with postgres() as server:
        url = populated(server, "layers", users=100, tasks=50)
        with Path(os.devnull).open("w") as nowhere:
            configure_logging(service="backend", level="INFO", log_format="json", stream=nowhere)
            uvloop.run(_measure(url))


async def _measure(url: str) -> None:
    app = create_app(Settings(database_url=url))
    pool = await asyncpg.create_pool(
        url, min_size=_AT_ONCE, max_size=_AT_ONCE, server_settings={"jit": "off", "role": "todo_app"}
    )
    credential = parse_authorization(f"Bearer {token(1)}", signer=app.state.signer, idle_days=30)
    layers = _layers(app, pool, credential)
    times: dict[str, list[float]] = {name: [] for name in layers}
    for _ in range(_ROUNDS):
        for name, layer in layers.items():
            times[name].append(await _microseconds(layer))
    medians = {name: median(values) for name, values in times.items()}
    rows, before = [], 0.0
    for name, value in medians.items():
        rows.append((name, value, value - before))
        before = value
    show("GET /tasks, processor time of the backend's process", ("up to", "µs", "adds µs"), rows)
    await pool.close()
    await app.state.database.close()


def _layers(app: Any, pool: Any, credential: Credential) -> dict[str, Layer]:
    sql, values, _ = listing.statement(credential, TaskQuery())
    values = {**credential.params, **values}
    compiled: Any = sql.compile(dialect=dialect())  # type: ignore[no-untyped-call]  # not annotated
    text, arguments = str(compiled), [values[name] for name in compiled.positiontup]
    database = app.state.database

    within = app.build_middleware_stack()
    while not isinstance(within, BodyLimitMiddleware):  # the inner one of our two layers
        within = getattr(within, "_app", None) or within.app
    within = within._app  # noqa: SLF001  (what lies between the layers has no other name)

    async def route() -> None:
        await within(_scope(app), _receive, _send)

    async def everything() -> None:
        await app(_scope(app), _receive, _send)

    return {
        "asyncpg": lambda: pool.fetchrow(text, *arguments),
        "+ gate, pool and rows": lambda: database.read_row(sql, values),
        "+ caller, statement, ETag": lambda: listing.respond(database, credential, TaskQuery(), None),
        "+ routing and validation": route,
        "+ request id, trace, metrics, log line": everything,
    }


def _scope(app: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/api/v1/tasks",
        "raw_path": b"/api/v1/tasks",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {token(1)}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "state": {},
        "app": app,
    }


async def _receive() -> MutableMapping[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(message: MutableMapping[str, Any]) -> None:
    if message["type"] == "http.response.start" and message["status"] != 200:
        raise AssertionError(message)


async def _microseconds(layer: Layer) -> float:
    async def worker(requests: int) -> None:
        for _ in range(requests):
            await layer()

    await worker(20)
    started = process_time()
    await asyncio.gather(*(worker(_REQUESTS // _AT_ONCE) for _ in range(_AT_ONCE)))
    return (process_time() - started) * 1_000_000 / _REQUESTS


if __name__ == "__main__":
    main()
