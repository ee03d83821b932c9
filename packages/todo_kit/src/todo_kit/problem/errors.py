"""Errors as problem documents (RFC 9457): one shape, a stable `code`, the request id, nothing internal."""

import json
import math
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel
from starlette.responses import Response

from todo_kit.request_context import current_request_id

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One thing that is wrong with the input. `field` is a path such as `body.title`."""

    field: str
    message: str
    code: str


class Problem(BaseModel):
    """The body of every error answer."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str | None
    errors: list[FieldError] | None = None


class ProblemError(Exception):
    """Raise a subclass anywhere below a route. Subclasses set `status`, `code` and `title`.

    `detail` is a sentence for people (the title when left out), `extensions` are extra members of the
    document, and `headers` are added to the answer.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: list[FieldError] | None = None,
        headers: Mapping[str, str] | None = None,
        extensions: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = errors
        self.headers = dict(headers or {})
        self.extensions = dict(extensions or {})


class Unauthorized(ProblemError):
    status = 401
    code = "unauthorized"
    title = "Authentication is needed"

    def __init__(self, detail: str | None = None, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"} | dict(headers or {}))


class Forbidden(ProblemError):
    status = 403
    code = "forbidden"
    title = "Not allowed"


class NotFound(ProblemError):
    status = 404
    code = "not_found"
    title = "Not found"


class Conflict(ProblemError):
    status = 409
    code = "conflict"
    title = "Conflict"


class PreconditionFailed(ProblemError):
    status = 412
    code = "version_conflict"
    title = "It has changed in the meantime"


class BodyTooLarge(ProblemError):
    status = 413
    code = "body_too_large"
    title = "The body is too large"


class _RetryLater(ProblemError):
    """`retry_after` is in seconds and becomes the `Retry-After` header, rounded up (RFC 9110, 10.2.3)."""

    def __init__(
        self,
        detail: str | None = None,
        *,
        retry_after: float = 1,
        extensions: Mapping[str, Any] | None = None,
    ) -> None:
        self.retry_after = max(1, math.ceil(retry_after))
        super().__init__(detail, headers={"Retry-After": str(self.retry_after)}, extensions=extensions)


class RateLimited(_RetryLater):
    status = 429
    code = "rate_limited"
    title = "Too many requests"


class Overloaded(_RetryLater):
    status = 503
    code = "overloaded"
    title = "Too busy right now"


class DependencyUnavailable(_RetryLater):
    status = 503
    code = "dependency_unavailable"
    title = "Something this service needs is not available"


def problem_response(problem: ProblemError) -> Response:
    """The answer for `problem`, with the current request id."""
    return render_problem(
        status=problem.status,
        code=problem.code,
        title=problem.title,
        detail=problem.detail,
        errors=problem.errors,
        headers=problem.headers,
        extensions=problem.extensions,
    )


def render_problem(
    *,
    status: int,
    code: str,
    title: str,
    detail: str,
    errors: list[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
    extensions: Mapping[str, Any] | None = None,
) -> Response:
    """A problem answer from its parts, for errors that have no class of their own."""
    document: dict[str, Any] = dict(extensions or {})
    document |= {
        "type": f"urn:todo-chatbot:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": current_request_id(),
    }
    if errors:
        document["errors"] = [error.model_dump() for error in errors]
    # ASCII escapes keep a lone surrogate in somebody's input from breaking the answer about it.
    body = json.dumps(document, separators=(",", ":")).encode("ascii")
    return Response(body, status_code=status, headers=dict(headers or {}), media_type=MEDIA_TYPE)
