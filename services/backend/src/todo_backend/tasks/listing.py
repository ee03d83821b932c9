"""The SQL of `GET /tasks`: one statement that checks the caller, filters, sorts, pages and writes the JSON.

The text depends only on which filters are present and on the sort, so each shape is built once.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fastapi import Response
from sqlalchemy import TextClause, text

from todo_backend.auth.credentials import Credential
from todo_backend.db.engine import Database
from todo_backend.db.json_sql import instant
from todo_backend.hot_read import conditional_response, read_for_caller
from todo_backend.tasks import cursor, search
from todo_backend.tasks.cursor import Cursor, KeyKind
from todo_backend.tasks.schemas import TaskQuery

_SCOPES = ["tasks:read"]

# The fields of TaskOut, in its order; a test compares the two.
TASK_JSON = f"""json_build_object(
    'id', t.id, 'title', t.title, 'notes', t.notes, 'status', t.status, 'priority', t.priority,
    'due_date', t.due_date, 'due_time', t.due_time, 'due_timezone', t.due_timezone,
    'recurrence', t.recurrence,
    'overdue_at', {instant("t.overdue_at")},
    'is_overdue', t.status = 'open' AND coalesce(t.overdue_at <= now(), false),
    'project_id', t.project_id, 'labels', t.labels, 'position', t.position, 'version', t.version,
    'created_at', {instant("t.created_at")}, 'updated_at', {instant("t.updated_at")},
    'completed_at', {instant("t.completed_at")}, 'deleted_at', {instant("t.deleted_at")})"""

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
_SORT_KEY: dict[str, tuple[tuple[str, KeyKind], tuple[str, KeyKind]]] = {
    "position": (("t.position", "double precision"), ("t.position", "double precision")),
    "due": (
        (f"coalesce({_DUE}, '~') COLLATE \"C\"", "text"),
        (f"coalesce({_DUE}, '') COLLATE \"C\"", "text"),
    ),
    "priority": (("t.priority", "text"), ("t.priority", "text")),
    "created": (("t.created_at", "timestamptz"), ("t.created_at", "timestamptz")),
    "updated": (("t.updated_at", "timestamptz"), ("t.updated_at", "timestamptz")),
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
    descending = query.order == "desc"
    position = None
    if query.cursor is not None:
        kind = _SORT_KEY[query.sort][descending][1]
        position = cursor.decode(query.cursor, list_name=list_name, kind=kind)
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
        descending=descending,
        after=position is not None,
    )
    values: dict[str, Any] = {"limit": query.limit}
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
    database: Database, credential: Credential, query: TaskQuery, if_none_match: str | None
) -> Response:
    """The page as PostgreSQL wrote it, or 304 when the client has it already.

    Raises `Unauthorized`, `InsufficientScope` and `InvalidCursor`.
    """
    sql, values, list_name = statement(credential, query)
    row = await read_for_caller(database, credential, _SCOPES, sql, values)
    next_cursor = "null"
    if row.found > query.limit:
        next_cursor = f'"{cursor.encode(Cursor(row.last_key, row.last_id), list_name=list_name)}"'
    body = f'{{"items":{row.items},"next_cursor":{next_cursor}}}'.encode()
    return conditional_response(body, if_none_match=if_none_match)
