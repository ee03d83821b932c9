"""From exceptions to problem documents, for a whole app."""

import re
from http import HTTPStatus
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from todo_kit.problem.errors import FieldError, ProblemError, problem_response, render_problem

_CODES = {413: "body_too_large", 422: "validation_failed", 429: "rate_limited", 503: "overloaded"}
_MAX_ERRORS = 20
_MAX_FIELD = 100
_NO_BODY = frozenset({204, 205, 304})
_PARAMETER = re.compile(r"\\\{.*?\\\}")  # as re.escape leaves `{task_id}`


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every error of `app` with a problem document."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(Exception, _on_unexpected)


async def _on_problem(_request: Request, error: Exception) -> Response:
    return problem_response(cast(ProblemError, error))


async def _on_unexpected(_request: Request, _error: Exception) -> Response:
    return problem_response(
        ProblemError("The error has been recorded. Quote the request id when you report it.")
    )


async def _on_http_exception(request: Request, error: Exception) -> Response:
    error = cast(HTTPException, error)
    if error.status_code in _NO_BODY or error.status_code < 200:
        return Response(status_code=error.status_code, headers=error.headers)
    title = _phrase(error.status_code)
    headers = dict(error.headers or {})
    if error.status_code == 405 and (allowed := _methods_of_path(request)):
        headers["Allow"] = allowed
    return render_problem(
        status=error.status_code,
        code=_CODES.get(error.status_code) or re.sub(r"[^a-z]+", "_", title.lower()).strip("_"),
        title=title,
        detail=error.detail if isinstance(error.detail, str) and error.detail else title,
        headers=headers,
    )


def _methods_of_path(request: Request) -> str:
    """All methods that the path knows; Starlette names those of the first route with this path only."""
    app: FastAPI = request.app
    for template, operations in app.openapi()["paths"].items():
        if re.fullmatch(_PARAMETER.sub("[^/]+", re.escape(template)), request.url.path):
            return ", ".join(sorted(method.upper() for method in operations))
    return ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


async def _on_validation_error(_request: Request, error: Exception) -> Response:
    found = cast(RequestValidationError, error).errors()
    for entry in found:
        if entry["type"] == "json_invalid":
            return _invalid_json(entry["loc"][-1])
    errors = [_field_error(entry) for entry in found[:_MAX_ERRORS]]
    return render_problem(
        status=422,
        code="validation_failed",
        title="The input is not valid",
        detail=f"{errors[0].field}: {errors[0].message}" if errors else "The input is not valid",
        errors=errors,
    )


def _invalid_json(position: object) -> Response:
    return render_problem(
        status=422,
        code="invalid_json",
        title="The body is not valid JSON",
        detail=f"The body is not valid JSON (at character {position}).",
    )


def _field_error(entry: dict[str, object]) -> FieldError:
    """Where and what, but never the value: it may be a password, and it may be anything else."""
    location = entry["loc"]
    parts = location if isinstance(location, (tuple, list)) else (location,)
    return FieldError(
        field=".".join(str(part)[:_MAX_FIELD] for part in parts),
        message=str(entry["msg"]).removeprefix("Value error, "),
        code=str(entry["type"]),
    )
