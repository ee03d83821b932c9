"""The same statements with 1,000 users and with 100,000, ten tasks each (1,000,000 tasks).

Blocks read do not depend on what else the machine does; the times, which PostgreSQL takes itself, do.
"""

import asyncio
import json
import random
from collections.abc import Iterator
from statistics import median
from typing import Any

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from bench.data import token, user_id
from bench.place import populated, postgres
from bench.table import show
from todo_backend.auth.credentials import parse_authorization
from todo_backend.auth.tokens import TokenSigner
from todo_backend.settings import Settings
from todo_backend.sweeps import repository as sweeps
from todo_backend.tasks import listing
from todo_backend.tasks.schemas import TaskQuery

_SIZES = {"small": 1_000, "large": 100_000}
_SAMPLES = 30
_DUE = "UPDATE sweep_state SET due_at = now() WHERE user_id <= '{last}'"
_WRITE = "UPDATE tasks SET notes = 'x', version = version + 1 WHERE id = $1 AND user_id = $2"


def main() -> None:
    """Print both sizes side by side, then the plans of the large one."""
    with postgres() as server:
        found = {}
        for name, users in _SIZES.items():
            url = populated(server, name, users=users, tasks=10)
            server.sql(_DUE.format(last=user_id(200)), name)
            found[name] = asyncio.run(_measure(url, users))
    rows = []
    for name, (small_ms, small_blocks, _) in found["small"].items():
        ms, blocks, _ = found["large"][name]
        rows.append((name, small_ms, ms, ms / small_ms, small_blocks, blocks))
    show("Growth by 100 times", ("statement", "ms", "ms large", "growth", "blocks", "blocks large"), rows)
    for name, (_, _, plan) in found["large"].items():
        print(f"\n{name}\n\n" + "\n".join(_outline(plan)))


async def _measure(url: str, users: int) -> dict[str, tuple[float, float, dict[str, Any]]]:
    connection = await asyncpg.connect(url, server_settings={"jit": "off", "timezone": "UTC"})
    samples: dict[str, list[dict[str, Any]]] = {}
    chooser = random.Random(1)
    for _ in range(_SAMPLES):
        user = chooser.randint(1, users)
        for name, sql, arguments, role in await _statements(connection, user):
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute(f"SET LOCAL ROLE {role}")
            await connection.execute("SELECT set_config('app.user_id', $1, true)", user_id(user))
            answer = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", *arguments)
            await transaction.rollback()
            samples.setdefault(name, []).append(json.loads(answer)[0])
    await connection.close()
    return {name: _summary(plans) for name, plans in samples.items()}


async def _statements(connection: Any, user: int) -> list[tuple[str, str, list[Any], str]]:
    task = await connection.fetchval("SELECT id FROM tasks WHERE user_id = $1 LIMIT 1", user_id(user))
    claim = {"limit": 50, "lease_seconds": 60, "worker": "bench"}
    return [
        ("hot list", *_list(user, TaskQuery()), "todo_app"),
        ("search", *_list(user, TaskQuery(q="many done")), "todo_app"),
        ("task write", _WRITE, [task, user_id(user)], "todo_app"),
        ("claim", *_positional(sweeps._CLAIM, claim), "todo_system"),  # noqa: SLF001  (the product's own text)
    ]


def _list(user: int, query: TaskQuery) -> tuple[str, list[Any]]:
    credential = parse_authorization(f"Bearer {token(user)}", signer=TokenSigner(Settings()), idle_days=30)
    statement, values, _ = listing.statement(credential, query)
    return _positional(statement, {**credential.params, **values})


def _positional(statement: Any, values: dict[str, Any]) -> tuple[str, list[Any]]:
    compiled = statement.compile(dialect=dialect())  # type: ignore[no-untyped-call]  # not annotated
    return str(compiled), [values[name] for name in compiled.positiontup]


def _summary(plans: list[dict[str, Any]]) -> tuple[float, float, dict[str, Any]]:
    blocks = median(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] for plan in plans)
    return median(plan["Execution Time"] for plan in plans), float(blocks), plans[-1]["Plan"]


def _outline(node: dict[str, Any], depth: int = 0) -> Iterator[str]:
    where = node.get("Index Name") or node.get("Relation Name") or node.get("CTE Name") or ""
    yield f"{'  ' * depth}{node['Node Type']} {where}".rstrip() + f" ({node['Actual Rows']:g} rows)"
    for child in node.get("Plans", []):
        yield from _outline(child, depth + 1)


if __name__ == "__main__":
    main()
