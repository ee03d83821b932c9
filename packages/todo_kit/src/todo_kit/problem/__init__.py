"""Errors as problem documents (RFC 9457), from the exception to the OpenAPI description."""

from todo_kit.problem.errors import (
    MEDIA_TYPE,
    BodyTooLarge,
    Conflict,
    DependencyUnavailable,
    FieldError,
    Forbidden,
    NotFound,
    Overloaded,
    PreconditionFailed,
    Problem,
    ProblemError,
    RateLimited,
    Unauthorized,
    problem_response,
    render_problem,
)
from todo_kit.problem.handlers import install_problem_handlers
from todo_kit.problem.openapi import install_problem_openapi, problem_responses

__all__ = [
    "MEDIA_TYPE",
    "BodyTooLarge",
    "Conflict",
    "DependencyUnavailable",
    "FieldError",
    "Forbidden",
    "NotFound",
    "Overloaded",
    "PreconditionFailed",
    "Problem",
    "ProblemError",
    "RateLimited",
    "Unauthorized",
    "install_problem_handlers",
    "install_problem_openapi",
    "problem_response",
    "problem_responses",
    "render_problem",
]
