"""A short way to the hot reads (docs/adr/0007).

Finding the route costs FastAPI a look at every route before it, twice, and solving the dependencies costs
more than asking PostgreSQL does; together that was 40 % of the processor time of a list
(`python -m bench.layers`). So the hottest paths are looked up in a table first. The routes stay declared as
any other: they feed the OpenAPI document, and they get whatever is not entirely ordinary here, such as a
query that does not validate. Both ways end in the same function.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

from fastapi import Response
from pydantic import BaseModel, ValidationError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from todo_backend.auth.credentials import Credential, parse_authorization
from todo_backend.db.engine import Database
from todo_backend.db.errors import DATABASE_ERRORS
from todo_kit.error_rendering import render_error
from todo_kit.problem import ProblemError

Query = TypeVar("Query", bound=BaseModel)


class NoQuery(BaseModel):
    """For a route that asks nothing; as FastAPI does, it overlooks what it does not know."""


@dataclass(frozen=True, slots=True)
class HotRead(Generic[Query]):
    """A GET whose answer is one statement. `answer` gets the credential, the query and `If-None-Match`."""

    path: str
    query: type[Query]
    answer: Callable[[Database, Credential, Query, str | None], Awaitable[Response]]

    def parse(self, query_string: bytes) -> Query | None:
        """The query as FastAPI would read it; None when it is invalid or says something twice."""
        pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
        values = dict(pairs)
        if len(values) != len(pairs):
            return None
        try:
            return self.query.model_validate(values)
        except ValidationError:
            return None


class FastLane:
    """The innermost middleware: answers the hot reads, leaves everything else to the router."""

    def __init__(self, app: ASGIApp, *, reads: Mapping[str, HotRead[Any]]) -> None:
        self._app = app
        self._reads = reads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = self._reads.get(scope.get("path", ""))
        if read is None or scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        query = read.parse(scope["query_string"])
        if query is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = read  # its path is the template that the log line and the metrics name
        try:
            response = await _answer(scope, read, query)
        except (ProblemError, *DATABASE_ERRORS) as error:
            response = await render_error(scope, receive, error)
        await response(scope, receive, send)


async def _answer(scope: Scope, read: HotRead[Any], query: BaseModel) -> Response:
    state = scope["app"].state
    headers = Headers(scope=scope)
    credential = parse_authorization(
        headers.get("authorization"), signer=state.signer, idle_days=state.settings.session_idle_days
    )
    return await read.answer(state.database, credential, query, headers.get("if-none-match"))
