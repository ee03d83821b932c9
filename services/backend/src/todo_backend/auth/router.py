"""The token endpoint, for programs (RFC 6749 section 3.2, RFC 8693)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import BaseModel

from todo_backend.auth.clients import authenticate_client
from todo_backend.auth.errors import (
    InvalidClient,
    InvalidGrant,
    InvalidRequest,
    InvalidScope,
    UnsupportedGrantType,
)
from todo_backend.auth.exchange import delegated_claims, service_claims
from todo_backend.auth.tokens import LIFETIME_SECONDS, Claims
from todo_backend.deps import DatabaseDep, SettingsDep, SignerDep, refuse_service
from todo_backend.wire import Output
from todo_kit.problem import problem_responses

router = APIRouter(tags=["oauth"])

TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105  (a name, not a secret)
ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105  (a name, not a secret)


class IssuedToken(Output):
    access_token: str
    token_type: str
    expires_in: int
    scope: str


class ExchangedToken(IssuedToken):
    issued_token_type: str


class TokenRequest(BaseModel):
    """The form. What a client sends beyond this is ignored, as RFC 6749 (3.2) asks."""

    grant_type: str | None = None
    scope: str | None = None
    subject_token: str | None = None
    subject_token_type: str | None = None


async def get_client(request: Request, settings: SettingsDep) -> str:
    """The id of the program that asks. Raises `InvalidClient`."""
    return authenticate_client(request.headers.get("authorization"), settings)


ClientDep = Annotated[str, Depends(get_client)]


async def granted_claims(
    _client: ClientDep,  # first: what follows is only for those who are known
    form: Annotated[TokenRequest, Form()],
    settings: SettingsDep,
    signer: SignerDep,
    database: DatabaseDep,
) -> Claims:
    """What the token will say. Raises the errors of RFC 6749 section 5.2."""
    if form.grant_type == "client_credentials":
        return service_claims(form.scope)
    if form.grant_type is None:
        raise InvalidRequest("grant_type is missing.")
    if form.grant_type != TOKEN_EXCHANGE:
        raise UnsupportedGrantType
    if not form.subject_token or form.subject_token_type != ACCESS_TOKEN_TYPE:
        raise InvalidRequest(f"subject_token and subject_token_type {ACCESS_TOKEN_TYPE} are needed.")
    return await delegated_claims(
        database,
        signer,
        subject_token=form.subject_token,
        requested=form.scope,
        idle_days=settings.session_idle_days,
    )


@router.post(
    "/oauth/token",
    dependencies=[Depends(refuse_service)],
    responses=problem_responses(
        InvalidRequest, InvalidGrant, UnsupportedGrantType, InvalidScope, InvalidClient
    ),
)
async def issue_token(
    response: Response,
    client: ClientDep,
    claims: Annotated[Claims, Depends(granted_claims)],
    signer: SignerDep,
) -> ExchangedToken | IssuedToken:
    """A token of five minutes, for a client that identifies itself with HTTP Basic.

    `client_credentials` gives the client's own; token exchange one that acts for the user of `subject_token`.
    """
    response.headers["Cache-Control"] = "no-store"
    issued = IssuedToken(
        access_token=signer.mint(claims, actor=client),
        token_type="Bearer",  # noqa: S106  (a name, not a secret)
        expires_in=LIFETIME_SECONDS,
        scope=" ".join(claims.scopes),
    )
    if claims.user_id is None:
        return issued
    return ExchangedToken(**issued.model_dump(), issued_token_type=ACCESS_TOKEN_TYPE)
