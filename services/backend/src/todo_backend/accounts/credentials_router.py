"""What opens the account: sessions and personal access tokens."""

from uuid import UUID

from fastapi import APIRouter, Response

from todo_backend.accounts import repository
from todo_backend.accounts.access_tokens import create_token, delete_token, list_tokens
from todo_backend.accounts.errors import SessionNotFound, TokenNotFound, TooManyTokens
from todo_backend.accounts.schemas import NewToken, SessionList, SessionOut, TokenCreated, TokenList
from todo_backend.deps import AccountReader, AccountWriter, SessionDep, SettingsDep
from todo_kit.problem import problem_responses

router = APIRouter()


@router.get("/sessions")
async def read_sessions(caller: AccountReader, session: SessionDep, settings: SettingsDep) -> SessionList:
    """Where the caller is signed in, the last used first."""
    rows = await repository.list_sessions(
        session, caller.user_id, current=caller.session_id, idle_days=settings.session_idle_days
    )
    return SessionList(items=[SessionOut.model_validate(row, from_attributes=True) for row in rows])


@router.delete("/sessions/{session_id}", status_code=204, responses=problem_responses(SessionNotFound))
async def end_session(session_id: UUID, caller: AccountWriter, session: SessionDep) -> None:
    """Sign out somewhere, also here."""
    if not await repository.end_session(session, caller.user_id, session_id):
        raise SessionNotFound


@router.get("/tokens")
async def read_tokens(caller: AccountReader, session: SessionDep) -> TokenList:
    """The caller's access tokens, without the tokens themselves."""
    return TokenList(items=await list_tokens(session, caller.user_id))


@router.post("/tokens", status_code=201, responses=problem_responses(TooManyTokens))
async def add_token(
    wanted: NewToken, caller: AccountWriter, session: SessionDep, response: Response
) -> TokenCreated:
    """Make an access token; the answer is the only one that shows it.

    It takes no `Idempotency-Key`: that would keep the token readable.
    """
    response.headers["Cache-Control"] = "no-store"
    return await create_token(session, caller, wanted)


@router.delete("/tokens/{token_id}", status_code=204, responses=problem_responses(TokenNotFound))
async def remove_token(token_id: UUID, caller: AccountWriter, session: SessionDep) -> None:
    """Revoke an access token at once and everywhere."""
    await delete_token(session, caller.user_id, token_id)
