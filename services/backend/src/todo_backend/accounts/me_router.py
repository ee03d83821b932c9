"""The caller's own account."""

from fastapi import APIRouter, Response

from todo_backend.accounts import repository
from todo_backend.accounts.credentials_router import router as credentials_router
from todo_backend.accounts.errors import EmailTaken, InvalidPassword
from todo_backend.accounts.export import export
from todo_backend.accounts.preferences import change_preferences, get_preferences
from todo_backend.accounts.schemas import (
    Confirmation,
    Export,
    PasswordChange,
    Preferences,
    PreferencesChange,
    Profile,
    ProfileChange,
)
from todo_backend.accounts.service import AccountsDep
from todo_backend.auth.errors import InsufficientScope
from todo_backend.deps import AccountChanger, AccountReader, AccountWriter, SessionDep
from todo_kit.problem import Overloaded, RateLimited, Unauthorized, problem_responses

router = APIRouter(
    prefix="/me", tags=["accounts"], responses=problem_responses(Unauthorized, InsufficientScope)
)
router.include_router(credentials_router)

_WITH_PASSWORD = problem_responses(Unauthorized, InsufficientScope, InvalidPassword, RateLimited, Overloaded)


@router.get("")
async def read_profile(caller: AccountReader, session: SessionDep) -> Profile:
    """Who is asking."""
    return Profile.model_validate(await repository.profile(session, caller.user_id), from_attributes=True)


@router.patch("", responses=_WITH_PASSWORD | problem_responses(EmailTaken))
async def change_profile(change: ProfileChange, caller: AccountChanger, accounts: AccountsDep) -> Profile:
    """Change what is given. A new e-mail address needs the password."""
    return await accounts.change_profile(caller, change)


@router.delete("", status_code=204, responses=_WITH_PASSWORD)
async def delete_account(confirmation: Confirmation, caller: AccountChanger, accounts: AccountsDep) -> None:
    """Delete the account and everything in it, for good."""
    await accounts.delete(caller, confirmation.password)


@router.put("/password", status_code=204, responses=_WITH_PASSWORD)
async def change_password(change: PasswordChange, caller: AccountChanger, accounts: AccountsDep) -> None:
    """Change the password and end all other sessions. Access tokens keep working."""
    await accounts.change_password(caller, current=change.current_password, new=change.new_password)


@router.get("/export", response_class=Response, responses={200: {"model": Export}})
async def export_account(caller: AccountReader, session: SessionDep) -> Response:
    """Everything that is stored about the caller, without secrets."""
    headers = {
        "Content-Disposition": 'attachment; filename="todo-export.json"',
        "Cache-Control": "no-store",
    }
    return Response(await export(session, caller.user_id), headers=headers, media_type="application/json")


@router.get("/preferences")
async def read_preferences(caller: AccountReader, session: SessionDep) -> Preferences:
    """The caller's preferences."""
    return await get_preferences(session, caller.user_id)


@router.patch("/preferences")
async def patch_preferences(
    change: PreferencesChange, caller: AccountWriter, session: SessionDep
) -> Preferences:
    """Change what is given. Switching the agents off takes their open suggestions away."""
    return await change_preferences(session, caller.user_id, change)
