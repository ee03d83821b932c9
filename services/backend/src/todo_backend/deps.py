"""What routes ask for, named once.

A route states its caller and so its scopes in its signature: `caller: TasksWriter`. That is the only
authorization mechanism; a test fails for a route without one.

All of it is `async def`: FastAPI would send a plain function to a thread, on every request.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer, SecurityScopes
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from todo_backend.auth.credentials import Credential, parse_authorization
from todo_backend.auth.errors import InsufficientScope
from todo_backend.auth.principal import Principal, ServicePrincipal, find_principal
from todo_backend.auth.tokens import TokenSigner
from todo_backend.db.engine import Database
from todo_backend.settings import Settings


async def get_settings(request: Request) -> Settings:
    """The settings that the application was made with."""
    settings: Settings = request.app.state.settings
    return settings


async def get_database(request: Request) -> Database:
    """The application's database handle."""
    database: Database = request.app.state.database
    return database


async def get_signer(request: Request) -> TokenSigner:
    """The maker and checker of short tokens."""
    signer: TokenSigner = request.app.state.signer
    return signer


SettingsDep = Annotated[Settings, Depends(get_settings)]
DatabaseDep = Annotated[Database, Depends(get_database)]
SignerDep = Annotated[TokenSigner, Depends(get_signer)]


async def get_session(database: DatabaseDep) -> AsyncIterator[AsyncSession]:
    """One transaction for one request."""
    async with database.session() as session:
        yield session


async def get_system_session(database: DatabaseDep) -> AsyncIterator[AsyncSession]:
    """One transaction that sees all users' rows; for the few routes that serve no single user."""
    async with database.system_session() as session:
        yield session


async def get_reader(database: DatabaseDep) -> AsyncIterator[AsyncConnection]:
    """One autocommit connection for a request that only reads."""
    async with database.read() as connection:
        yield connection


# scope="function" commits before the response is sent; FastAPI's default would commit after it,
# and a client that reads at once would see the past (docs/adr/0002).
SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
SystemSessionDep = Annotated[AsyncSession, Depends(get_system_session, scope="function")]
ReadDep = Annotated[AsyncConnection, Depends(get_reader, scope="function")]

_bearer = HTTPBearer(auto_error=False, description="Session token, personal access token or short token.")


async def get_credential(
    request: Request, settings: SettingsDep, signer: SignerDep, _: Annotated[object, Depends(_bearer)]
) -> Credential:
    """The bearer token of the request. Raises `Unauthorized`."""
    return parse_authorization(
        request.headers.get("authorization"), signer=signer, idle_days=settings.session_idle_days
    )


CredentialDep = Annotated[Credential, Depends(get_credential)]


async def authenticate(
    scopes: SecurityScopes, request: Request, credential: CredentialDep, session: SessionDep
) -> Principal:
    """The caller, found in the route's own transaction: only there are the caller's rows visible."""
    principal = await find_principal(session, credential, scopes.scopes)
    request.state.principal = principal
    return principal


async def authenticate_briefly(
    scopes: SecurityScopes, credential: CredentialDep, database: DatabaseDep
) -> Principal:
    """The caller, found in a short transaction: for routes that hash passwords between their transactions."""
    async with database.session() as session:
        return await find_principal(session, credential, scopes.scopes)


async def authenticate_service(scopes: SecurityScopes, credential: CredentialDep) -> ServicePrincipal:
    """The autonomous agent; no user's token passes here, whatever its scopes."""
    granted = frozenset(credential.granted or ())
    if credential.kind != "service" or not granted.issuperset(scopes.scopes):
        raise InsufficientScope(scopes.scopes)
    return ServicePrincipal(granted)


async def refuse_service(request: Request, settings: SettingsDep, signer: SignerDep) -> None:
    """For the public routes: the agent's own token opens none of them either."""
    header = request.headers.get("authorization")
    if header is None or header.count(".") != 2:
        return
    if parse_authorization(header, signer=signer, idle_days=settings.session_idle_days).kind == "service":
        raise InsufficientScope(["account:write"])


TasksReader = Annotated[Principal, Security(authenticate, scopes=["tasks:read"])]
TasksWriter = Annotated[Principal, Security(authenticate, scopes=["tasks:write"])]
SuggestionsReader = Annotated[Principal, Security(authenticate, scopes=["suggestions:read"])]
SuggestionsWriter = Annotated[Principal, Security(authenticate, scopes=["suggestions:write"])]
AccountReader = Annotated[Principal, Security(authenticate, scopes=["account:read"])]
AccountWriter = Annotated[Principal, Security(authenticate, scopes=["account:write"])]
AccountChanger = Annotated[Principal, Security(authenticate_briefly, scopes=["account:write"])]
SweepClaimer = Annotated[ServicePrincipal, Security(authenticate_service, scopes=["sweeps:claim"])]
SuggestionCreator = Annotated[ServicePrincipal, Security(authenticate_service, scopes=["suggestions:create"])]
