"""Opening an account, signing in, and whatever needs the password.

No transaction is open while a password is hashed: look up, hash, then write, and the write checks that what
was verified still holds.
"""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.accounts import repository
from todo_backend.accounts.errors import EmailTaken, InvalidCredentials, InvalidField, InvalidPassword
from todo_backend.accounts.passwords import PasswordHashing, is_own_address
from todo_backend.accounts.schemas import NewSession, Profile, ProfileChange, SignedIn, SignUp
from todo_backend.accounts.throttling import Throttle
from todo_backend.auth.principal import Principal
from todo_backend.auth.tokens import SESSION_PREFIX, hash_token, new_token
from todo_backend.db.engine import Database, act_for
from todo_backend.deps import DatabaseDep, SettingsDep
from todo_backend.settings import Settings
from todo_backend.sweeps.service import task_written
from todo_backend.tasks.overdue import recompute_overdue
from todo_kit.problem import RateLimited

_USER_AGENT_LENGTH = 300


class Accounts:
    """What needs the database and the password hashing in turns."""

    def __init__(self, database: Database, passwords: PasswordHashing, settings: Settings) -> None:
        self._database = database
        self._passwords = passwords
        self._throttle = Throttle(settings)
        self._session_days = settings.session_absolute_days

    async def sign_up(self, wanted: SignUp, *, address: str, user_agent: str) -> SignedIn:
        """A new account and its first session.

        Raises `EmailTaken`, `InvalidField` when the password is the address, `RateLimited`, `Overloaded`.
        """
        _refuse_own_address(wanted.password, wanted.email, field="body.password")
        with self._passwords.admitted():
            async with self._database.system_session() as session:
                wait = await self._throttle.count_sign_up(session, address=address)
                taken = await repository.find_password(session, wanted.email) is not None
            _refuse_haste(wait)
            if taken:
                raise EmailTaken
            hashed = await self._passwords.hash(wanted.password)
        async with self._database.system_session() as session:
            user_id = await repository.insert_user(
                session,
                email=wanted.email,
                name=wanted.name or wanted.email.partition("@")[0],
                password_hash=hashed,
                timezone=wanted.timezone,
            )
            if user_id is None:
                raise EmailTaken
            return await self._open_session(session, user_id, hashed, user_agent)

    async def log_in(self, email: str, password: str, *, address: str, user_agent: str) -> SignedIn:
        """A new session. Raises `InvalidCredentials`, `RateLimited` and `Overloaded`."""
        with self._passwords.admitted():
            async with self._database.system_session() as session:
                wait = await self._throttle.count_login(session, email=email, address=address)
                found = await repository.find_password(session, email)
            _refuse_haste(wait)
            if (
                not await self._passwords.verify(found.password_hash if found else None, password)
                or not found
            ):
                raise InvalidCredentials
            hashed: str = found.password_hash
            renewed = await self._passwords.hash(password) if self._passwords.is_outdated(hashed) else None
        async with self._database.system_session() as session:
            await self._throttle.succeeded(session, email=email, address=address)
            if renewed and await repository.replace_password(session, found.id, old=hashed, new=renewed):
                hashed = renewed
            return await self._open_session(session, found.id, hashed, user_agent)

    async def change_profile(self, caller: Principal, change: ProfileChange) -> Profile:
        """The profile after the change.

        A new zone moves the moments at which open tasks become overdue, so the agents look again.

        Raises `EmailTaken`, and as `confirm` does when the e-mail address changes.
        """
        values = change.given()
        password = values.pop("current_password", None)
        if "email" in values:
            await self.confirm(caller.user_id, password)
        try:
            async with self._database.session() as session:
                await act_for(session, caller.user_id)
                if values:
                    await repository.update_user(session, caller.user_id, values)
                if values.get("timezone", caller.timezone) != caller.timezone:
                    await recompute_overdue(session, caller.user_id, values["timezone"])
                    await task_written(session, caller.user_id, overdue_at=datetime.now(UTC))
                return _profile(await repository.profile(session, caller.user_id))
        except IntegrityError:
            raise EmailTaken from None

    async def change_password(self, caller: Principal, *, current: str, new: str) -> None:
        """Replace the password and end all other sessions; access tokens stay (they have their own list).

        Raises as `confirm` does, and `InvalidField` when the new password is the e-mail address.
        """
        with self._passwords.admitted():
            email, verified = await self.confirm(caller.user_id, current)
            _refuse_own_address(new, email, field="body.new_password")
            hashed = await self._passwords.hash(new)
        async with self._database.session() as session:
            await act_for(session, caller.user_id)
            if not await repository.replace_password(session, caller.user_id, old=verified, new=hashed):
                raise InvalidPassword
            await repository.end_other_sessions(session, caller.user_id, current=caller.session_id)

    async def delete(self, caller: Principal, password: str) -> None:
        """Delete the account and everything in it. Raises as `confirm` does."""
        _, verified = await self.confirm(caller.user_id, password)
        async with self._database.session() as session:
            await act_for(session, caller.user_id)
            if not await repository.delete_user(session, caller.user_id, password_hash=verified):
                raise InvalidPassword

    async def confirm(self, user_id: UUID, password: str) -> tuple[str, str]:
        """The e-mail address and the verified hash of a signed-in user.

        Raises `InvalidPassword`, `RateLimited` (guesses count as failed log-ins) and `Overloaded`.
        """
        with self._passwords.admitted():
            async with self._database.system_session() as session:
                user = await repository.password_of(session, user_id)
                email, hashed = user.email, user.password_hash
                wait = await self._throttle.count_confirmation(session, email=email)
            _refuse_haste(wait)
            if not await self._passwords.verify(hashed, password):
                raise InvalidPassword
        async with self._database.system_session() as session:
            await self._throttle.succeeded(session, email=email)
        return email, hashed

    async def _open_session(
        self, session: AsyncSession, user_id: UUID, password_hash: str, user_agent: str
    ) -> SignedIn:
        token = new_token(SESSION_PREFIX)
        row = await repository.open_session(
            session,
            user_id,
            password_hash=password_hash,
            token_hash=hash_token(token),
            user_agent=user_agent[:_USER_AGENT_LENGTH],
            days=self._session_days,
        )
        if row is None:
            raise InvalidCredentials
        return SignedIn(user=_profile(row), session=NewSession(token=token, expires_at=row.expires_at))


def _refuse_haste(wait: float | None) -> None:
    if wait is not None:
        raise RateLimited("Too many tries; please wait before the next one.", retry_after=wait)


def _refuse_own_address(password: str, email: str, *, field: str) -> None:
    if is_own_address(password, email):
        raise InvalidField(field, "must not be your e-mail address", "password_guessable")


def _profile(row: Row[Any]) -> Profile:
    return Profile(
        id=row.id, email=row.email, name=row.name, timezone=row.timezone, created_at=row.created_at
    )


async def get_accounts(request: Request, database: DatabaseDep, settings: SettingsDep) -> Accounts:
    """The service, with the application's password hashing."""
    return Accounts(database, request.app.state.passwords, settings)


AccountsDep = Annotated[Accounts, Depends(get_accounts)]
