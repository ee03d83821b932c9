"""What pages ask for: the signed-in API, the submitted form, and where to go afterwards."""

from typing import Annotated

from fastapi import Depends, Request

from todo_frontend.backend.client import BackendClient, UserApi
from todo_frontend.forms import Submitted, read_form
from todo_frontend.security.session_cookie import SessionCookie


class LoginRequired(Exception):
    """The browser has no session, or one that has ended."""


def get_backend(request: Request) -> BackendClient:
    backend: BackendClient = request.app.state.backend
    return backend


def get_cookie(request: Request) -> SessionCookie:
    cookie: SessionCookie = request.app.state.session_cookie
    return cookie


def get_api(request: Request) -> UserApi:
    """The API on behalf of this browser's session; without one the answer is the way to the log-in page."""
    token = get_cookie(request).read(request)
    if token is None:
        raise LoginRequired
    return get_backend(request).signed_in(token)


Backend = Annotated[BackendClient, Depends(get_backend)]
Cookie = Annotated[SessionCookie, Depends(get_cookie)]
Api = Annotated[UserApi, Depends(get_api)]
Form = Annotated[Submitted, Depends(read_form)]


def forwarded_headers(request: Request) -> dict[str, str]:
    """Who is behind a log-in: the peer appended to `X-Forwarded-For`, and the browser's name.

    The backend throttles by address, and trusts this header only from us.
    """
    chain = [request.headers.get("x-forwarded-for", ""), request.client.host if request.client else ""]
    headers = {"X-Forwarded-For": ", ".join(part for part in chain if part)}
    headers["User-Agent"] = request.headers.get("user-agent", "")[:300]
    return {name: value for name, value in headers.items() if value}


def is_htmx(request: Request) -> bool:
    """Whether htmx wants a fragment (and not a whole page after going back in the history)."""
    return (
        request.headers.get("hx-request") == "true"
        and request.headers.get("hx-history-restore-request") != "true"
        and request.headers.get("hx-boosted") != "true"
    )
