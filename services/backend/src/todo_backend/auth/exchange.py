"""Short tokens for the agent: its own, and narrowed ones that act for a user.

Token exchange (RFC 8693) turns a session or a personal access token into a JWT of five minutes with fewer
scopes, so that a user's real credential never travels further than to here. The result dies with the
credential it came from. Where RFC 8693 (2.2.2) would answer `invalid_request` to a bad subject token we say
`invalid_grant`, as RFC 6749 does for every other grant: the caller can tell it from a mistake of its own.
"""

from collections.abc import Iterable, Sequence

from todo_backend.auth.credentials import parse_authorization
from todo_backend.auth.errors import InvalidGrant, InvalidScope
from todo_backend.auth.principal import find_principal
from todo_backend.auth.scopes import DELEGABLE_SCOPES, SERVICE_SCOPES
from todo_backend.auth.tokens import Claims, TokenSigner
from todo_backend.db.engine import Database
from todo_kit.problem import Unauthorized


def service_claims(requested: str | None) -> Claims:
    """What the agent's own token says. Raises `InvalidScope`."""
    return Claims(scopes=_narrowed(SERVICE_SCOPES, requested, SERVICE_SCOPES))


async def delegated_claims(
    database: Database,
    signer: TokenSigner,
    *,
    subject_token: str,
    requested: str | None,
    idle_days: int,
) -> Claims:
    """What a token says that acts for the user of `subject_token`. Raises `InvalidGrant`, `InvalidScope`."""
    try:
        credential = parse_authorization(f"Bearer {subject_token}", signer=signer, idle_days=idle_days)
        if credential.kind not in {"session", "access_token"}:
            raise InvalidGrant("Only a session or a personal access token can be exchanged.")
        async with database.session() as session:
            user = await find_principal(session, credential, [])
    except Unauthorized:
        raise InvalidGrant from None
    return Claims(
        scopes=_narrowed(DELEGABLE_SCOPES, requested, user.scopes),
        user_id=user.user_id,
        session_id=user.session_id,
        token_id=user.token_id,
    )


def _narrowed(possible: Sequence[str], requested: str | None, held: Iterable[str]) -> tuple[str, ...]:
    wanted = set(possible) if requested is None else set(requested.split())
    scopes = tuple(scope for scope in possible if scope in wanted and scope in held)
    if not scopes:
        raise InvalidScope
    return scopes
