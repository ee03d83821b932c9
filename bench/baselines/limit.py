"""The limit: the product's own SQL, with its check of the caller, behind nothing but ASGI and asyncpg.

No routing, no validation, no headers beyond the necessary, no log. What Python on this machine could do at
most for this answer, and so the thing to stay close to.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import asyncpg
import uvicorn
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from todo_backend.auth.credentials import parse_authorization
from todo_backend.auth.tokens import TokenSigner
from todo_backend.settings import Settings
from todo_backend.tasks.listing import statement
from todo_backend.tasks.schemas import TaskQuery

_signer = TokenSigner(Settings())
_pool: "asyncpg.Pool[Any] | None" = None


def _values(token: str) -> dict[str, Any]:
    credential = parse_authorization(token, signer=_signer, idle_days=30)
    return {**credential.params, "limit": 50}


def _sql() -> tuple[str, list[str]]:
    """The product's statement with PostgreSQL's own placeholders, and the names of what goes into them."""
    credential = parse_authorization("Bearer tds_bench_1", signer=_signer, idle_days=30)
    # asyncpg's dialect is not annotated.
    compiled: Any = statement(credential, TaskQuery())[0].compile(dialect=dialect())  # type: ignore[no-untyped-call]
    return str(compiled), list(compiled.positiontup)


_SQL, _NAMES = _sql()


async def app(
    scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
) -> None:
    """One list of 50 open tasks for every path but `/ready`."""
    global _pool  # noqa: PLW0603  (a lifespan has no other place in bare ASGI)
    if scope["type"] == "lifespan":
        await receive()
        _pool = await asyncpg.create_pool(
            os.environ["DATABASE_URL"],
            min_size=10,
            max_size=10,
            server_settings={"jit": "off", "timezone": "UTC", "role": "todo_app"},
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await _pool.close()
        await send({"type": "lifespan.shutdown.complete"})
        return
    status, body = 200, b'{"status":"ready"}'
    if scope["path"] != "/ready":
        assert _pool is not None
        token = dict(scope["headers"]).get(b"authorization", b"").decode()
        values = _values(token)
        row = await _pool.fetchrow(_SQL, *[values[name] for name in _NAMES])
        status = 200 if row is not None else 401
        body = b'{"items":%s,"next_cursor":null}' % row["items"].encode() if row is not None else b""
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        access_log=False,
        log_level="warning",
        loop="uvloop",
        http="httptools",
        proxy_headers=False,
    )
