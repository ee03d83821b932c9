"""Single-statement reads on the driver itself (docs/adr/0007).

The connection comes from SQLAlchemy's pool, but the statement goes to asyncpg without SQLAlchemy's execution
context, adapted cursor and greenlets. For the list of tasks that saves two thirds of the processor time
between the route and the driver (`python -m bench.layers`). Outside of a transaction PostgreSQL commits each
statement by itself, so this is autocommit without having to say so.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import TextClause
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncEngine


async def fetch_row(engine: AsyncEngine, statement: TextClause, values: Mapping[str, Any]) -> Any:
    """The first row of `statement` with its columns as attributes, or None.

    A connection that turns out to be dead costs one more try. Raises the driver's own errors.
    """
    sql, names = _positional(statement)
    arguments = [values[name] for name in names]
    for last_try in (False, True):
        pooled = await engine.raw_connection()
        driver: Any = pooled.driver_connection
        try:
            record = await driver.fetchrow(sql, *arguments)
        except Exception:
            if not driver.is_closed():
                pooled.close()
                raise
            pooled.invalidate()
            if last_try:
                raise
        except BaseException:  # cancelled in the middle: nobody knows what the connection will say next
            pooled.invalidate()
            raise
        else:
            pooled.close()
            return None if record is None else SimpleNamespace(**record)
    raise AssertionError("unreachable")


@lru_cache(maxsize=1024)
def _positional(statement: TextClause) -> tuple[str, tuple[str, ...]]:
    """The SQL with `$1` for placeholders, and the names of the values in that order."""
    compiled: Any = statement.compile(dialect=dialect())  # type: ignore[no-untyped-call]  # not annotated
    return str(compiled), tuple(compiled.positiontup)
