"""Why a caller is turned away."""

from collections.abc import Iterable, Mapping

from todo_kit.problem import ProblemError


class InsufficientScope(ProblemError):
    """The token is good but not for this (RFC 6750 section 3.1)."""

    status = 403
    code = "insufficient_scope"
    title = "This token may not do that"

    def __init__(self, required: Iterable[str]) -> None:
        scope = " ".join(required)
        super().__init__(
            f"The request needs the scope {scope}.",
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
        )


class OAuthError(ProblemError):
    """An error answer of the token endpoint: a problem document that has RFC 6749's `error` member (5.2)."""

    status = 400

    def __init__(self, detail: str | None = None, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(
            detail,
            headers={"Cache-Control": "no-store"} | dict(headers or {}),
            extensions={"error": self.code},
        )


class InvalidRequest(OAuthError):
    code = "invalid_request"
    title = "The token request is incomplete or malformed"


class InvalidClient(OAuthError):
    status = 401
    code = "invalid_client"
    title = "The client is unknown or its secret is wrong"

    def __init__(self) -> None:
        super().__init__(headers={"WWW-Authenticate": 'Basic realm="token", charset="UTF-8"'})


class InvalidGrant(OAuthError):
    code = "invalid_grant"
    title = "The token to exchange is invalid, revoked or expired"


class UnsupportedGrantType(OAuthError):
    code = "unsupported_grant_type"
    title = "The grant type is not supported"


class InvalidScope(OAuthError):
    code = "invalid_scope"
    title = "None of the requested scopes can be granted"
