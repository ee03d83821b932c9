"""Submitted forms: their text, their idempotency key, and what the backend found wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from fastapi import Request

from todo_kit.http_client import UpstreamRejected

SECRET_FIELDS = frozenset({"password", "current_password", "new_password"})
_FORM_STATUSES = frozenset({400, 409, 422})


@dataclass(frozen=True)
class Submitted:
    """The text fields of a form, in order; a name may occur several times (check boxes)."""

    pairs: tuple[tuple[str, str], ...]

    def text(self, name: str) -> str:
        """The trimmed value, "" when the field is missing."""
        return next((value for key, value in self.pairs if key == name), "").strip()

    def raw(self, name: str) -> str:
        """The value exactly as typed, for passwords."""
        return next((value for key, value in self.pairs if key == name), "")

    def optional(self, name: str) -> str | None:
        return self.text(name) or None

    def all(self, name: str) -> list[str]:
        return [value.strip() for key, value in self.pairs if key == name and value.strip()]

    def checked(self, name: str) -> bool:
        return bool(self.text(name))

    def key(self) -> UUID:
        """The idempotency key the form was rendered with; a fresh one if it was lost or damaged."""
        return _uuid_or_none(self.text("idempotency_key")) or uuid4()

    def version(self) -> int | None:
        text = self.text("version")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

    def values(self) -> dict[str, str]:
        """What to show again: everything but secrets, first value of each name."""
        shown: dict[str, str] = {}
        for name, value in self.pairs:
            if name not in SECRET_FIELDS:
                shown.setdefault(name, value)
        return shown


async def read_form(request: Request) -> Submitted:
    """Read the form once. It stays on the request, so that an error page can offer to send it again."""
    form = await request.form()
    pairs = tuple((name, value) for name, value in form.multi_items() if isinstance(value, str))
    submitted = Submitted(pairs)
    request.state.submitted = submitted
    return submitted


@dataclass(frozen=True)
class FormState:
    """What a form template needs: values to fill in, an error for a field, one for the whole form."""

    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None
    key: UUID = field(default_factory=uuid4)

    def value(self, name: str, default: object = "") -> Any:
        found = self.values.get(name)
        return default if found is None else found


def rejected_form(error: UpstreamRejected, form: Submitted) -> FormState:
    """The form again, with the backend's objections. Re-raises what is not about the user's input."""
    if error.status not in _FORM_STATUSES:
        raise error
    found = field_errors(error)
    asked = {name for name, _ in form.pairs}
    errors = {name: message for name, message in found.items() if name in asked}
    others = [message for name, message in found.items() if name not in asked]
    whole = " ".join(others) if found else _sentence(error)
    # A key that belongs to another form (a page brought back by the browser) must not be used again.
    key = uuid4() if "idempotency" in error.code else form.key()
    return FormState(values=form.values(), errors=errors, error=whole or None, key=key)


def field_errors(error: UpstreamRejected) -> dict[str, str]:
    """One message for each field of `errors[]`, named by the first part of its path below the body."""
    found: dict[str, str] = {}
    for entry in (error.problem or {}).get("errors") or ():
        path = str(entry.get("field", "")).removeprefix("body.")
        name = path.split(".")[0] or "form"
        found.setdefault(name, _friendly(str(entry.get("message", "")), str(entry.get("code", ""))))
    return found


_BY_CODE = {
    "missing": "Please fill this in.",
    "string_too_short": "Please fill this in.",
    "date_from_datetime_parsing": "This is not a date that exists.",
    "date_parsing": "This is not a date that exists.",
    "date_type": "This is not a date that exists.",
    "time_parsing": "This is not a time of day.",
    "uuid_parsing": "Please choose one from the list.",
    "literal_error": "Please choose one from the list.",
}


def _friendly(message: str, code: str) -> str:
    """Plain words for the codes validators use; anything else already is a sentence of the backend's."""
    text = _BY_CODE.get(code) or message.removeprefix("Value error, ").strip() or "Please check this."
    text = text.replace("String should have at most", "Please use at most")
    text = text.replace("String should have at least", "Please use at least")
    text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."


def _sentence(error: UpstreamRejected) -> str:
    known = {
        "email_taken": "There already is an account with this address. Log in instead?",
        "name_taken": "You already use this name. Please choose another one.",
        "idempotency_key_reused": "This form was sent before. To send it once more, press the button again.",
    }
    problem = error.problem or {}
    return known.get(error.code) or str(problem.get("detail") or problem.get("title") or "Please check this.")


def _uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
