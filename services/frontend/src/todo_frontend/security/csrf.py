"""Refuse writes that another site started.

Cookies alone do not prove that the user meant a request. Browsers say where a request comes from: in
`Sec-Fetch-Site` (Fetch Metadata, W3C), or, where that is missing, in `Origin` (RFC 6454), which every
browser sends with a POST. No token has to be put into forms. This is the order OWASP's cheat sheet on
cross-site request forgery and Go's `http.CrossOriginProtection` use; unlike the latter, a request with
neither header is refused here, since only browsers have business with these pages.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from todo_frontend.pages.errors import error_page

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OWN_SITE = frozenset({"same-origin", "none"})


class CrossSiteGuard:
    """Pure ASGI middleware; `frontend_url` is the public address behind a proxy that changes `Host`."""

    def __init__(self, app: ASGIApp, *, frontend_url: str) -> None:
        self.app = app
        self.frontend_url = frontend_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_trusted(scope["method"], Headers(scope=scope), self.frontend_url):
            await self.app(scope, receive, send)
            return
        response = error_page(Request(scope, receive), 403, "cross_site")
        await response(scope, receive, send)


def is_trusted(method: str, headers: Headers, frontend_url: str) -> bool:
    """Whether a request may change something: it is safe by method, or it comes from our own pages."""
    if method in SAFE_METHODS:
        return True
    if site := headers.get("sec-fetch-site"):
        return site in OWN_SITE
    origin = urlsplit(headers.get("origin", ""))
    if not origin.netloc:  # missing, or the opaque origin "null"
        return False
    own = urlsplit(frontend_url)
    return (origin.scheme, origin.netloc) == (own.scheme, own.netloc) or origin.netloc == headers.get("host")
