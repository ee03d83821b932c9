"""Signing up, in and out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response

from todo_backend.accounts import repository
from todo_backend.accounts.client_address import ClientAddressDep
from todo_backend.accounts.errors import EmailTaken, InvalidCredentials, SessionNeeded
from todo_backend.accounts.schemas import LogIn, SignedIn, SignUp
from todo_backend.accounts.service import AccountsDep
from todo_backend.deps import AccountWriter, SessionDep, refuse_service
from todo_kit.problem import Overloaded, RateLimited, Unauthorized, problem_responses

router = APIRouter(prefix="/auth", tags=["accounts"])

UserAgent = Annotated[str, Header(alias="user-agent")]
_PUBLIC = [Depends(refuse_service)]


@router.post(
    "/signup",
    status_code=201,
    dependencies=_PUBLIC,
    responses=problem_responses(EmailTaken, RateLimited, Overloaded),
)
async def sign_up(
    wanted: SignUp,
    response: Response,
    accounts: AccountsDep,
    address: ClientAddressDep,
    user_agent: UserAgent = "",
) -> SignedIn:
    """Open an account and sign in."""
    response.headers["Cache-Control"] = "no-store"
    return await accounts.sign_up(wanted, address=address, user_agent=user_agent)


@router.post(
    "/login",
    dependencies=_PUBLIC,
    responses=problem_responses(InvalidCredentials, RateLimited, Overloaded),
)
async def log_in(
    credentials: LogIn,
    response: Response,
    accounts: AccountsDep,
    address: ClientAddressDep,
    user_agent: UserAgent = "",
) -> SignedIn:
    """Sign in. Every log-in makes a session of its own."""
    response.headers["Cache-Control"] = "no-store"
    return await accounts.log_in(
        credentials.email, credentials.password, address=address, user_agent=user_agent
    )


@router.post("/logout", status_code=204, responses=problem_responses(Unauthorized, SessionNeeded))
async def log_out(caller: AccountWriter, session: SessionDep) -> None:
    """End the session that asks, at once and everywhere."""
    if caller.kind != "session" or caller.session_id is None:
        raise SessionNeeded
    await repository.end_session(session, caller.user_id, caller.session_id)
