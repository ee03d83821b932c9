"""The one cookie: an opaque session token that only the backend can make sense of."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from todo_frontend.backend.dto import Session


class SessionCookie:
    """Outside development the `__Host-` prefix (RFC 6265bis 4.1.3.2) makes browsers insist on `Secure`,
    `Path=/` and no `Domain`, so that no subdomain can plant a session. Plain HTTP on localhost cannot."""

    def __init__(self, *, secure: bool) -> None:
        self.secure = secure
        self.name = "__Host-session" if secure else "session"

    def read(self, request: Request) -> str | None:
        """The token, or None. Anything that could not be a bearer token is treated as absent."""
        token = request.cookies.get(self.name, "")
        return token if token and len(token) <= 512 and token.isascii() and token.isprintable() else None

    def write(self, response: Response, session: Session) -> None:
        seconds = int((session.expires_at - datetime.now(UTC)).total_seconds())
        response.set_cookie(
            self.name,
            session.token,
            max_age=max(seconds, 0),
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )

    def clear(self, response: Response) -> None:
        response.delete_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="lax")
