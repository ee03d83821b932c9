"""The SQL of `GET /suggestions`: one statement that checks the caller, filters, pages and writes the JSON."""

from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, text

from todo_backend.auth.credentials import Credential
from todo_backend.db.engine import Database
from todo_backend.hot_read import read_for_caller
from todo_backend.suggestions.schemas import SuggestionQuery
from todo_backend.suggestions.sql import EFFECTIVE_STATUS, SUGGESTION_JSON
from todo_backend.tasks import cursor as cursors
from todo_backend.tasks.cursor import Cursor

_WAITING = "s.status IN ('open', 'snoozed')"
_FILTER = {
    "open": f"{_WAITING} AND {EFFECTIVE_STATUS} = 'open'",
    "snoozed": f"{_WAITING} AND {EFFECTIVE_STATUS} = 'snoozed'",
    "expired": f"{EFFECTIVE_STATUS} = 'expired'",
    "all": "true",
}


async def page(database: Database, credential: Credential, query: SuggestionQuery) -> bytes:
    """The JSON of a `SuggestionPage`, the newest first.

    Raises `Unauthorized`, `InsufficientScope` and `InvalidCursor`.
    """
    list_name = f"suggestions {query.status}"
    values: dict[str, Any] = {"limit": query.limit}
    if query.cursor is not None:
        after = cursors.decode(query.cursor, list_name=list_name, kind="timestamptz")
        values |= {"after_key": after.key, "after_id": after.id}
    statement = _build(credential.caller_sql, query.status, after=query.cursor is not None)
    row = await read_for_caller(database, credential, ["suggestions:read"], statement, values)
    next_cursor = "null"
    if row.found > query.limit:
        next_cursor = f'"{cursors.encode(Cursor(row.last_key, row.last_id), list_name=list_name)}"'
    return f'{{"items":{row.items},"next_cursor":{next_cursor}}}'.encode()


@lru_cache(maxsize=64)
def _build(caller_sql: str, status: str, *, after: bool) -> TextClause:
    """The text of a statement; `status` is one of our own words."""
    where = f"s.user_id = c.user_id AND {_FILTER.get(status, f's.status = {status!r}')}"
    if after:
        where += (
            " AND (s.created_at, s.id)"
            " < (CAST(CAST(:after_key AS text) AS timestamptz), CAST(:after_id AS uuid))"
        )
    return text(
        f"""
        WITH caller AS MATERIALIZED ({caller_sql})
        SELECT c.*, p.items, p.last_key, p.last_id, p.found
          FROM caller c
         CROSS JOIN LATERAL (
            SELECT coalesce('[' || string_agg(r.item, ',' ORDER BY r.number) FILTER (WHERE r.number <= :limit)
                            || ']', '[]') AS items,
                   max(r.key) FILTER (WHERE r.number = :limit) AS last_key,
                   (array_agg(r.id) FILTER (WHERE r.number = :limit))[1] AS last_id, count(*) AS found
              FROM (
                SELECT {SUGGESTION_JSON}::text AS item, s.id, s.created_at::text AS key,
                       row_number() OVER (ORDER BY s.created_at DESC, s.id DESC) AS number
                  FROM agent_suggestions s
                 WHERE {where}
                 ORDER BY s.created_at DESC, s.id DESC
                 LIMIT :limit + 1
              ) r
         ) p
        """  # noqa: S608  (assembled from our own constants)
    )
