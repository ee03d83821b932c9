"""One request for everything that surrounds the tasks of a page."""

from fastapi import APIRouter, Request, Response

from todo_backend.auth.credentials import Credential
from todo_backend.auth.errors import InsufficientScope
from todo_backend.db.engine import Database
from todo_backend.deps import CredentialDep, DatabaseDep
from todo_backend.fast_lane import HotRead, NoQuery
from todo_backend.hot_read import conditional_response, read_for_caller
from todo_backend.overview.repository import overview
from todo_backend.overview.schemas import Overview
from todo_kit.problem import Unauthorized, problem_responses

router = APIRouter(prefix="/overview", tags=["overview"])

_SCOPES = ["tasks:read", "suggestions:read", "account:read"]


@router.get(
    "",
    response_class=Response,
    responses={200: {"model": Overview}, **problem_responses(Unauthorized, InsufficientScope)},
)
async def read_overview(request: Request, credential: CredentialDep, database: DatabaseDep) -> Response:
    """The caller, with preferences, projects, labels, suggestions and counts."""
    return await _respond(database, credential, NoQuery(), request.headers.get("if-none-match"))


async def _respond(
    database: Database, credential: Credential, _query: NoQuery, if_none_match: str | None
) -> Response:
    row = await read_for_caller(database, credential, _SCOPES, overview(credential.caller_sql), {})
    return conditional_response(row.body.encode(), if_none_match=if_none_match)


hot_read = HotRead("/api/v1/overview", NoQuery, _respond)
