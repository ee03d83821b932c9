"""What clients send and get for accounts, sessions and tokens."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from todo_backend.accounts.fields import (
    ClockTime,
    Email,
    LoginEmail,
    NewPassword,
    Password,
    PersonName,
    TimeZone,
    TokenName,
)
from todo_backend.auth.scopes import UserScope
from todo_backend.wire import Input, Output, UtcDateTime, optional

Theme = Literal["system", "light", "dark"]


class SignUp(Input):
    """`name` is the part of the address before the @ when it is left out."""

    email: Email
    password: NewPassword
    name: PersonName | None = None
    timezone: TimeZone = "UTC"


class LogIn(Input):
    email: LoginEmail
    password: Password


class Profile(Output):
    id: UUID
    email: str
    name: str
    timezone: str
    created_at: UtcDateTime


class NewSession(Output):
    """The token of a new session. It is shown this once."""

    token: str
    expires_at: UtcDateTime


class SignedIn(Output):
    user: Profile
    session: NewSession


class ProfileChange(Input):
    """A new e-mail address needs the `current_password`."""

    name: PersonName = optional()
    timezone: TimeZone = optional()
    email: Email = optional()
    current_password: Password = optional()

    @model_validator(mode="after")
    def _confirmed(self) -> Self:
        if "email" in self.model_fields_set and "current_password" not in self.model_fields_set:
            raise PydanticCustomError(
                "current_password_missing", "current_password is needed to change the e-mail address"
            )
        return self


class PasswordChange(Input):
    current_password: Password
    new_password: NewPassword


class Confirmation(Input):
    password: Password


class QuietHours(Input):
    """Wall-clock times in the user's zone; the end may lie on the next day."""

    start: ClockTime
    end: ClockTime

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.start == self.end:
            raise PydanticCustomError("quiet_hours_empty", "start and end must differ")
        return self


class AgentSwitches(Output):
    overdue: bool
    prioritization: bool


class Preferences(Output):
    autonomous_agents_enabled: bool
    agents: AgentSwitches
    quiet_hours: QuietHours | None
    email_reminders: bool
    theme: Theme


class AgentSwitchesChange(Input):
    overdue: StrictBool = optional()
    prioritization: StrictBool = optional()


class PreferencesChange(Input):
    """Only what is given changes; `quiet_hours: null` removes them."""

    autonomous_agents_enabled: StrictBool = optional()
    agents: AgentSwitchesChange = optional()
    quiet_hours: QuietHours | None = optional()
    email_reminders: StrictBool = optional()
    theme: Theme = optional()


class SessionOut(Output):
    """A place where the user is signed in; `current` marks the one that asks."""

    id: UUID
    created_at: UtcDateTime
    last_seen_at: UtcDateTime
    expires_at: UtcDateTime
    user_agent: str
    current: bool


class SessionList(Output):
    items: list[SessionOut]


class NewToken(Input):
    name: TokenName
    scopes: Annotated[list[UserScope], Field(min_length=1, max_length=20)]
    expires_at: UtcDateTime | None = None


class TokenOut(Output):
    id: UUID
    name: str
    scopes: list[str]
    created_at: UtcDateTime
    expires_at: UtcDateTime | None
    last_used_at: UtcDateTime | None


class TokenCreated(TokenOut):
    """The only answer that holds the token itself."""

    token: str


class TokenList(Output):
    items: list[TokenOut]


class Export(Output):
    """Everything that is stored about a user, but no secrets. Rows are as the database has them."""

    exported_at: str
    profile: dict[str, Any]
    preferences: dict[str, Any]
    projects: list[dict[str, Any]]
    labels: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    suggestions: list[dict[str, Any]]
    rule_states: list[dict[str, Any]]
    muted_tasks: list[dict[str, Any]]
    sweeps: list[dict[str, Any]]
    sessions: list[dict[str, Any]]
    tokens: list[dict[str, Any]]
