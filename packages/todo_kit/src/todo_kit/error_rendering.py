"""Rendering an error with the app's own handlers, for code that runs outside of its exception middleware."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope

from todo_kit.problem.errors import ProblemError, problem_response

Handler = Callable[[Request, Exception], Awaitable[Response]]


async def render_error(scope: Scope, receive: Receive, error: Exception) -> Response:
    """The answer for `error` by the most specific handler of `scope["app"]`, else a problem document.

    A service that answers with pages registers its handlers as usual (also for `Exception`) and gets them
    used here too. Handlers must be coroutine functions.
    """
    handlers: dict[Any, Handler] = getattr(scope.get("app"), "exception_handlers", {})
    for kind in type(error).__mro__:
        if kind in handlers:
            return await handlers[kind](Request(scope, receive), error)
    return problem_response(error if isinstance(error, ProblemError) else ProblemError())
