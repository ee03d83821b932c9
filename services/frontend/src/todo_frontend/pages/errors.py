"""Every way a request can fail, as a calm page that says what to do next.

Pages never show internals. A write that could not reach the backend is offered again with what was typed.
"""

import logging
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from todo_frontend.deps import LoginRequired, get_cookie
from todo_frontend.forms import SECRET_FIELDS, Submitted
from todo_frontend.security.redirects import HOME, safe_next, see_other
from todo_frontend.templating import page
from todo_kit.http_client import UpstreamRejected, UpstreamUnavailable
from todo_kit.problem import ProblemError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Words:
    heading: str
    text: str


WORDS = {
    "400": Words("That did not look right", "The address or the form was incomplete. Nothing was changed."),
    "403": Words("This is not yours to open", "You do not have access to this. Nothing was changed."),
    "cross_site": Words(
        "That came from somewhere else",
        "For your safety, changes are only accepted from these pages. Nothing was changed.",
    ),
    "404": Words("Nothing here", "This page does not exist, or no longer. The rest of your list is fine."),
    "405": Words("That does not work here", "This address only answers another kind of request."),
    "413": Words(
        "That is a bit too much", "What you sent is larger than 1 MB. Please shorten it and try again."
    ),
    "422": Words(
        "Please check what you sent", "Something in the form was not as expected. Nothing was changed."
    ),
    "429": Words("A little slower, please", "There were many requests in a short time. Nothing was changed."),
    "500": Words("Something went wrong", "This is our fault, not yours. It has been noted in the log."),
    "503": Words("One moment, please", "The service is not answering right now. Your tasks are safe."),
}
_SHOWN_AGAIN = frozenset({"title", "notes", "due_date", "due_time", "labels", "name", "reason"})
_SENT_LATER = Words(
    "One moment, please",
    "The service is not answering right now. What you wrote is still here; send it again.",
)


def error_page(
    request: Request, status: int, key: str | None = None, *, wait: float | None = None
) -> Response:
    """The page for a status; `wait` in seconds also becomes `Retry-After`."""
    words = WORDS.get(key or str(status)) or WORDS["500" if status >= 500 else "400"]
    submitted = _worth_keeping(request) if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    response = page(
        request,
        "errors/error.html",
        status=status,
        code=status,
        words=_SENT_LATER if submitted else words,
        wait=None if wait is None else max(1, round(wait)),
        retry=safe_next(_get_address(request), default=HOME if request.url.path.startswith(HOME) else "/"),
        submitted=submitted,
        kept_names=_SHOWN_AGAIN,
        notice=None,
    )
    if wait is not None:
        response.headers["Retry-After"] = str(max(1, round(wait)))
    return response


def install_error_pages(app: FastAPI) -> None:
    app.add_exception_handler(LoginRequired, _login_required)
    app.add_exception_handler(UpstreamUnavailable, _unavailable)
    app.add_exception_handler(UpstreamRejected, _rejected)
    app.add_exception_handler(RequestValidationError, _bad_address)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(Exception, _unexpected)


async def _login_required(request: Request, _: Exception) -> Response:
    return to_login(request, notice=None)


async def _unavailable(request: Request, error: Exception) -> Response:
    assert isinstance(error, UpstreamUnavailable)  # noqa: S101  # registered for this class only
    log.warning("backend unavailable", extra={"reason": error.reason})
    return error_page(request, 503, wait=error.retry_after)


async def _rejected(request: Request, error: Exception) -> Response:
    assert isinstance(error, UpstreamRejected)  # noqa: S101  # registered for this class only
    if error.status == HTTPStatus.UNAUTHORIZED:
        response = to_login(request, notice="session_over")
        get_cookie(request).clear(response)
        return response
    return error_page(request, error.status, wait=error.retry_after)


async def _bad_address(request: Request, _: Exception) -> Response:
    """An id in the address that is no id: there is no such page."""
    return error_page(request, 404)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for this class only
    response = error_page(request, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def _problem(request: Request, error: Exception) -> Response:
    """What the shared layers refuse, such as a body that is too large."""
    assert isinstance(error, ProblemError)  # noqa: S101  # registered for this class only
    response = error_page(request, error.status)
    response.headers.update(error.headers)
    return response


async def _unexpected(request: Request, _: Exception) -> Response:
    return error_page(request, 500)


def to_login(request: Request, *, notice: str | None) -> Response:
    """The log-in page, which afterwards returns to where the user was. htmx has to be told in a header."""
    target = safe_next(_get_address(request))
    login = see_other("/login", notice=notice, next=None if target == HOME else target)
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": login.headers["location"]})
    return login


def _get_address(request: Request) -> str | None:
    """The page the user was on: this one for a GET, the form's `next` for a POST."""
    if request.headers.get("hx-request") == "true":
        current = request.headers.get("hx-current-url", "")
        return "/" + current.split("/", 3)[3] if current.count("/") >= 3 else None
    if request.method in {"GET", "HEAD"}:
        return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    submitted: Submitted | None = getattr(request.state, "submitted", None)
    return submitted.text("next") if submitted else None


def _worth_keeping(request: Request) -> Submitted | None:
    """A form that can be sent again as it is: one without secrets, to a signed-in page."""
    submitted: Submitted | None = getattr(request.state, "submitted", None)
    if submitted is None or not request.url.path.startswith(HOME):
        return None
    return None if any(name in SECRET_FIELDS for name, _ in submitted.pairs) else submitted
