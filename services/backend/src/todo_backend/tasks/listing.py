"""The SQL of `GET /tasks`: one statement that checks the caller, filters, sorts, pages and writes the JSON.

The text depends only on which filters are present and on the sort, so each shape is built once.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fastapi import Response
from sqlalchemy import TextClause, text

from todo_backend.auth.credentials import Credential
from todo_backend.auth.errors import InsufficientScope
from todo_backend.auth.principal import Principal, principal_of, touch
from todo_backend.db.engine import Database, act_for
from todo_backend.tasks import cursor, search
from todo_backend.tasks.cursor import Cursor
from todo_backend.tasks.schemas import TaskQuery

_SCOPES = ["tasks:read"]

_INSTANT = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

# The fields of TaskOut, in its order; a test compares the two.
TASK_JSON = f"""json_build_object(
    'id', t.id, 'title', t.title, 'notes', t.notes, 'status', t.status, 'priority', t.priority,
    'due_date', t.due_date, 'due_time', t.due_time, 'due_timezone', t.due_timezone,
    'overdue_at', {_INSTANT.format("t.overdue_at")},
    'is_overdue', t.status = 'open' AND coalesce(t.overdue_at <= now(), false),
    'project_id', t.project_id, 'labels', t.labels, 'position', t.position, 'version', t.version,
    'created_at', {_INSTANT.format("t.created_at")}, 'updated_at', {_INSTANT.format("t.updated_at")},
    'completed_at', {_INSTANT.format("t.completed_at")}, 'deleted_at', {_INSTANT.format("t.deleted_at")})"""

_TODAY = "(now() AT TIME ZONE c.timezone)::date"

_STATUS = {
    "open": "t.status = 'open' AND t.deleted_at IS NULL",
    "done": "t.status = 'done' AND t.deleted_at IS NULL",
    "trash": "t.deleted_at IS NOT NULL",
    "all": "t.deleted_at IS NULL",
}
_VIEW = {
    "today": f"t.due_date <= {_TODAY}",
    "upcoming": f"t.due_date > {_TODAY}",
    "inbox": "t.project_id IS NULL",
}
_FILTER = {
    "project_id": "t.project_id = :project_id",
    "label": "EXISTS (SELECT FROM unnest(t.labels) label WHERE lower(label) = lower(:label))",
    "priority": "t.priority = :priority",
    "due_before": "t.due_date < :due_before",
    "due_after": "t.due_date > :due_after",
}
# The sort key for ascending and for descending order, each with its type. Without a due date a task comes
# last in both.
_DUE = "to_char(t.due_date, 'YYYY-MM-DD') || coalesce(t.due_time::text, '24')"
_SORT_KEY = {
    "position": (("t.position", "double precision"),) * 2,
    "due": (
        (f"coalesce({_DUE}, '~') COLLATE \"C\"", "text"),
        (f"coalesce({_DUE}, '') COLLATE \"C\"", "text"),
    ),
    "priority": (("t.priority", "text"),) * 2,
    "created": (("t.created_at", "timestamptz"),) * 2,
    "updated": (("t.updated_at", "timestamptz"),) * 2,
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the text of the statement."""

    caller_sql: str
    status: str
    view: str | None
    inbox: bool
    filters: tuple[str, ...]
    overdue: bool | None
    terms: int
    nothing: bool
    sort: str
    descending: bool
    after: bool


def statement(credential: Credential, query: TaskQuery) -> tuple[TextClause, dict[str, Any], str]:
    """The statement, its parameters and the list's name (what its cursors are bound to).

    It yields one row: the caller's columns, `items` (JSON text of the page), the sort key and the id of the
    page's last task, and how many were `found` (one more than the limit when there is another page).
    Raises `InvalidCursor`.
    """
    list_name = query.model_dump_json(exclude={"cursor", "limit"}, exclude_none=True)
    position = cursor.decode(query.cursor, list_name=list_name) if query.cursor else None
    patterns = search.patterns(query.q or "")
    shape = Shape(
        caller_sql=credential.caller_sql,
        status=query.status,
        view=query.view,
        inbox=query.project_id == "inbox",
        filters=tuple(
            name for name in _FILTER if getattr(query, name) is not None and getattr(query, name) != "inbox"
        ),
        overdue=query.overdue,
        terms=len(patterns),
        nothing=bool(query.q and query.q.strip()) and not patterns,
        sort=query.sort,
        descending=query.order == "desc",
        after=position is not None,
    )
    values: dict[str, Any] = {**credential.params, "limit": query.limit}
    values |= {name: getattr(query, name) for name in shape.filters}
    values |= {f"term{number}": pattern for number, pattern in enumerate(patterns)}
    if position is not None:
        values |= {"after_key": position.key, "after_id": position.id}
    return build(shape), values, list_name


@lru_cache(maxsize=512)
def build(shape: Shape) -> TextClause:
    """The text of a statement. Only words of this module and numbers go into it, never a client's."""
    expression, kind = _SORT_KEY[shape.sort][shape.descending]
    direction = "DESC" if shape.descending else "ASC"
    where = [f"t.user_id = c.user_id AND {_STATUS[shape.status]}"]
    where += [_VIEW[shape.view]] if shape.view else []
    where += ["t.project_id IS NULL"] if shape.inbox else []
    where += [_FILTER[name] for name in shape.filters]
    where += [f"t.search_text LIKE :term{number}" for number in range(shape.terms)]
    where += ["false"] if shape.nothing else []  # a query of punctuation alone finds nothing, not everything
    if shape.overdue is not None:
        late = "t.status = 'open' AND coalesce(t.overdue_at <= now(), false)"
        where.append(late if shape.overdue else f"NOT ({late})")
    if shape.after:
        sign = "<" if shape.descending else ">"
        last = f"CAST(CAST(:after_key AS text) AS {kind}), CAST(:after_id AS uuid)"
        where.append(f"({expression}, t.id) {sign} ({last})")
    return text(
        f"""
        WITH caller AS MATERIALIZED ({shape.caller_sql})
        SELECT c.*, p.items, p.last_key, p.last_id, p.found
          FROM caller c
         CROSS JOIN LATERAL (
            SELECT coalesce('[' || string_agg(r.item, ',' ORDER BY r.number) FILTER (WHERE r.number <= :limit)
                            || ']', '[]') AS items,
                   max(r.key) FILTER (WHERE r.number = :limit) AS last_key,
                   (array_agg(r.id) FILTER (WHERE r.number = :limit))[1] AS last_id, count(*) AS found
              FROM (
                SELECT {TASK_JSON}::text AS item, t.id, ({expression})::text AS key,
                       row_number() OVER (ORDER BY {expression} {direction}, t.id {direction}) AS number
                  FROM tasks t
                 WHERE {" AND ".join(where)}
                 ORDER BY {expression} {direction}, t.id {direction}
                 LIMIT :limit + 1
              ) r
         ) p
        """  # noqa: S608  (assembled from this module's own constants)
    )


async def respond(
    database: Database, credential: Credential, query: TaskQuery, *, if_none_match: str | None
) -> Response:
    """The page as PostgreSQL wrote it, or 304 when the client has it already.

    Raises `Unauthorized`, `InsufficientScope` and `InvalidCursor`.
    """
    if credential.kind == "service":
        raise InsufficientScope(_SCOPES)
    sql, values, list_name = statement(credential, query)
    row = await database.read_row(sql, values)
    principal = principal_of(credential, row, _SCOPES)
    assert row is not None  # noqa: S101  (principal_of refuses no row)
    if row.stale:
        await _write_down_use(database, principal)
    next_cursor = "null"
    if row.found > query.limit:
        next_cursor = f'"{cursor.encode(Cursor(row.last_key, row.last_id), list_name=list_name)}"'
    body = f'{{"items":{row.items},"next_cursor":{next_cursor}}}'.encode()
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    if if_none_match is not None and tag in {part.strip() for part in if_none_match.split(",")}:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


async def _write_down_use(database: Database, principal: Principal) -> None:
    async with database.session() as session:
        await act_for(session, principal.user_id)
        await touch(session, principal)
