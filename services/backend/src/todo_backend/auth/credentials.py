"""From an `Authorization` header to the SQL that finds the caller.

The check is one query. Ordinary routes run it alone; a hot read puts it in front of its own statement as a
common table expression, `caller`, and so checks the caller without another round trip.
"""

from dataclasses import dataclass, field
from typing import Any

from todo_backend.auth.scopes import USER_SCOPES
from todo_backend.auth.tokens import ACCESS_TOKEN_PREFIX, SESSION_PREFIX, Kind, TokenSigner, hash_token
from todo_kit.problem import Unauthorized

_MAX_LENGTH = 4096

# Finding the caller also arms row-level security (`app.user_id`) for the rest of the transaction, or of the
# statement when it is one by itself: from here on only this user's rows exist (docs/adr/0008).
_SESSION = """
    SELECT c.user_id, c.timezone, c.id AS session_id, NULL::uuid AS token_id, NULL::varchar[] AS scopes,
           c.last_seen_at < now() - interval '5 minutes' AS stale,
           now() AS now, set_config('app.user_id', c.user_id::text, true) AS armed
      FROM caller_sessions c
     WHERE {match} AND c.expires_at > now()
       AND c.last_seen_at > now() - make_interval(days => :caller_idle_days)
"""
_PERSONAL = """
    SELECT c.user_id, c.timezone, NULL::uuid AS session_id, c.id AS token_id, c.scopes,
           coalesce(c.last_used_at < now() - interval '5 minutes', true) AS stale,
           now() AS now, set_config('app.user_id', c.user_id::text, true) AS armed
      FROM caller_access_tokens c
     WHERE {match} AND (c.expires_at IS NULL OR c.expires_at > now())
"""

_BY_SESSION_TOKEN = _SESSION.format(match="c.token_hash = :caller_hash")
_BY_SESSION_ID = _SESSION.format(match="c.id = :caller_id AND c.user_id = :caller_user_id")
_BY_ACCESS_TOKEN = _PERSONAL.format(match="c.token_hash = :caller_hash")
_BY_ACCESS_TOKEN_ID = _PERSONAL.format(match="c.id = :caller_id AND c.user_id = :caller_user_id")


@dataclass(frozen=True, slots=True)
class Credential:
    """A bearer token that looks right; whether it still holds, `caller_sql` tells.

    `caller_sql` yields at most one row (user_id, timezone, session_id, token_id, scopes, stale, now): none
    when the credential was revoked, has expired or its user is disabled. `stale` says that the time of last
    use is worth writing down. It is empty for a service token, which belongs to no user.
    """

    kind: Kind
    caller_sql: str
    params: dict[str, Any] = field(repr=False)
    granted: tuple[str, ...] | None
    """Scopes known from the token itself; None means that the row has them."""

    def scopes(self, row_scopes: list[str] | None) -> frozenset[str]:
        """What the caller may do: never more than the token says and the underlying credential has."""
        stored = frozenset(USER_SCOPES if row_scopes is None else row_scopes)
        return stored if self.granted is None else stored & frozenset(self.granted)


def parse_authorization(header: str | None, *, signer: TokenSigner, idle_days: int) -> Credential:
    """The credential of an `Authorization: Bearer` header (RFC 6750). Raises `Unauthorized`."""
    scheme, _, token = (header or "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > _MAX_LENGTH or not token.isascii():
        raise Unauthorized
    if token.startswith(SESSION_PREFIX):
        params = {"caller_hash": hash_token(token), "caller_idle_days": idle_days}
        return Credential("session", _BY_SESSION_TOKEN, params, granted=None)
    if token.startswith(ACCESS_TOKEN_PREFIX):
        return Credential("access_token", _BY_ACCESS_TOKEN, {"caller_hash": hash_token(token)}, granted=None)
    return _signed(token, signer=signer, idle_days=idle_days)


def _signed(token: str, *, signer: TokenSigner, idle_days: int) -> Credential:
    claims = signer.verify(token)
    if claims.user_id is None:
        return Credential("service", "", {}, granted=claims.scopes)
    params: dict[str, Any] = {
        "caller_user_id": claims.user_id,
        "caller_id": claims.session_id or claims.token_id,
    }
    if claims.session_id:
        return Credential(
            "delegated", _BY_SESSION_ID, params | {"caller_idle_days": idle_days}, claims.scopes
        )
    return Credential("delegated", _BY_ACCESS_TOKEN_ID, params, claims.scopes)
