"""The shapes that requests and answers of all features share."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
)
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError


class Input(BaseModel):
    """The body of a request. What we do not know, we refuse: a typo must not pass for success."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    def given(self) -> dict[str, Any]:
        """The fields that the client sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Output(BaseModel):
    """The body of an answer. Fields have no defaults, so none can be forgotten."""

    model_config = ConfigDict(extra="forbid")


def optional() -> Any:
    """A PATCH field (`name: str = optional()`) that may be left out but not be null. Read it by `given()`."""
    return Field(default=None, json_schema_extra=_without_default)


def _without_default(schema: JsonDict) -> None:
    schema.pop("default", None)


def _storable(value: str) -> str:
    """Refuse what PostgreSQL cannot store as text: NUL and unpaired surrogates."""
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise PydanticCustomError("invalid_characters", "must not contain NUL or unpaired surrogates")
    return value


def refuse_numbers(value: object) -> object:
    """Before a date or time: pydantic would take a number, also one in quotes, for seconds since 1970."""
    if isinstance(value, (int, float)) or (isinstance(value, str) and _is_number(value)):
        raise PydanticCustomError("string_type", "must be a date or time as text, as in ISO 8601")
    return value


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _in_utc(value: datetime) -> datetime:
    """Refuse what has no place on UTC's calendar, such as the last evening of 9999 west of Greenwich."""
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise PydanticCustomError("datetime_out_of_range", "is out of range") from error


def _to_wire(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


Storable = AfterValidator(_storable)
"""Text for the database: `Annotated[str, StringConstraints(strip_whitespace=True), Storable]`."""

UtcDateTime = Annotated[
    AwareDatetime,
    BeforeValidator(refuse_numbers),
    AfterValidator(_in_utc),
    PlainSerializer(_to_wire, return_type=str, when_used="json"),
]
"""An instant; on the wire RFC 3339 in UTC with six decimals, exactly as our SQL writes it."""
