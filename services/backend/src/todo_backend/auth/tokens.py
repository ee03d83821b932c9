"""Tokens: opaque ones that are looked up, and short signed ones (JWT, RFC 7519) for the agent.

Opaque tokens carry 256 random bits and are stored only as their SHA-256: with that much entropy a slow hash
adds nothing (OWASP ASVS 5.0, 7.2.3 and 11.4).
"""

import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID, uuid4

import jwt

from todo_backend.settings import Settings
from todo_kit.problem import Unauthorized

SESSION_PREFIX = "tds_"
ACCESS_TOKEN_PREFIX = "tdp_"  # noqa: S105  (a prefix that secret scanners can look for, not a secret)
LIFETIME_SECONDS = 300

_ALGORITHM = "HS256"
_ISSUER = "todo-backend"
_AUDIENCE = "backend"


def new_token(prefix: str) -> str:
    """An opaque token: the prefix and 43 characters of base64url."""
    return prefix + secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """The form in which an opaque token is stored: 32 bytes."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified short token says.

    `user_id` is None for the agent's own service token. Otherwise exactly one of `session_id` and
    `token_id` names the credential that it was exchanged for, and it dies with that credential.
    """

    scopes: tuple[str, ...]
    user_id: UUID | None = None
    session_id: UUID | None = None
    token_id: UUID | None = None


class TokenSigner:
    """Makes and checks short tokens. Only the backend holds the key, so HMAC is enough.

    The previous secret still verifies, so that the secret can be rotated without a failed request.
    """

    def __init__(self, settings: Settings) -> None:
        self._keys = [settings.jwt_secret.get_secret_value()]
        if settings.jwt_secret_previous is not None:
            self._keys.append(settings.jwt_secret_previous.get_secret_value())

    def mint(self, claims: Claims, *, actor: str) -> str:
        """A signed token of `LIFETIME_SECONDS`; `actor` is the service that will use it (RFC 8693, 4.1)."""
        now = int(time.time())
        payload: dict[str, Any] = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": str(claims.user_id) if claims.user_id else actor,
            "act": {"sub": actor},
            "scope": " ".join(claims.scopes),
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "jti": uuid4().hex,
        }
        if claims.session_id:
            payload["sid"] = str(claims.session_id)
        if claims.token_id:
            payload["tid"] = str(claims.token_id)
        return jwt.encode(payload, self._keys[0], algorithm=_ALGORITHM)

    def verify(self, token: str) -> Claims:
        """What the token says. Raises `Unauthorized` unless signature, issuer, audience and times hold."""
        for key in self._keys:
            try:
                payload = jwt.decode(
                    token,
                    key,
                    algorithms=[_ALGORITHM],
                    issuer=_ISSUER,
                    audience=_AUDIENCE,
                    options={"require": ["exp", "iat", "sub", "aud", "iss"]},
                )
                return _claims(payload)
            except jwt.InvalidSignatureError:
                continue
            except (jwt.InvalidTokenError, ValueError, KeyError, TypeError, AttributeError):
                break
        raise Unauthorized


def _claims(payload: dict[str, Any]) -> Claims:
    session_id, token_id = _uuid(payload.get("sid")), _uuid(payload.get("tid"))
    delegated = session_id is not None or token_id is not None
    return Claims(
        scopes=tuple(payload["scope"].split()),
        user_id=UUID(payload["sub"]) if delegated else None,
        session_id=session_id,
        token_id=token_id,
    )


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None


Kind = Literal["session", "access_token", "delegated", "service"]
