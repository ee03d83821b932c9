"""What a field of an account may look like."""

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from todo_backend.accounts.passwords import MAX_BYTES, MIN_CHARACTERS, is_common
from todo_backend.wire import Storable


def _normalised_email(value: str) -> str:
    """Trimmed and in lower case. Domains under `.test` are fine, so that anyone can try things out."""
    try:
        checked = validate_email(value.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise PydanticCustomError("email_invalid", "is not an e-mail address") from error
    return checked.normalized.lower()


def _comparable_email(value: str) -> str:
    """As `_normalised_email`, but whatever is no address stays what it is: no account has it."""
    try:
        return _normalised_email(value)
    except PydanticCustomError:
        return value.strip().lower()


def _short_enough(value: str) -> str:
    if len(value.encode()) > MAX_BYTES:
        raise PydanticCustomError("password_too_long", "must have at most 1,024 bytes")
    return value


def _long_enough(value: str) -> str:
    if len(value) < MIN_CHARACTERS:
        raise PydanticCustomError("password_too_short", "must have at least 8 characters")
    return value


def _uncommon(value: str) -> str:
    if is_common(value):
        raise PydanticCustomError("password_common", "is one of the passwords that are tried first")
    return value


@cache
def _zone_names() -> frozenset[str]:
    # `localtime` is a file of some systems and nothing that PostgreSQL knows.
    return frozenset(available_timezones()) - {"localtime"}


def _known_zone(value: str) -> str:
    if value not in _zone_names():
        raise PydanticCustomError("timezone_unknown", "is not a time zone of the IANA database")
    return value


Email = Annotated[str, StringConstraints(max_length=320), AfterValidator(_normalised_email), Storable]

LoginEmail = Annotated[str, StringConstraints(max_length=320), AfterValidator(_comparable_email), Storable]

Password = Annotated[str, StringConstraints(max_length=MAX_BYTES), AfterValidator(_short_enough)]

NewPassword = Annotated[
    str,
    StringConstraints(max_length=MAX_BYTES),
    AfterValidator(_short_enough),
    AfterValidator(_long_enough),
    AfterValidator(_uncommon),
]

PersonName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Storable]

TokenName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), Storable]

TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
"""An IANA name such as `Europe/Berlin`."""

ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""`HH:MM`."""
