"""`.env.example` names every setting of every service with its true default, and nothing else."""

import re
from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from pydantic_core import PydanticUndefined
from tests.architecture.repository import ROOT

import todo_agent.settings
import todo_backend.settings
import todo_frontend.settings
from todo_kit.settings import ServiceSettings

# Read by `make dev` and not by a service.
_DEVELOPMENT = {
    "DATA_DIR": ".data",
    "POSTGRES_PORT": "",
    "DEMO": "1",
    "FRONTEND_PORT": "3000",
    "BACKEND_PORT": "8000",
    "AI_AGENT_PORT": "8001",
}
# PORT differs per service, so a file that all of them read cannot set it.
_PER_SERVICE = {"PORT"}


def _classes() -> Iterator[type[ServiceSettings]]:
    for module in (todo_backend.settings, todo_agent.settings, todo_frontend.settings):
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, ServiceSettings)
                and value is not ServiceSettings
            ):
                yield value


def _defaults() -> dict[str, str]:
    """Setting name to default as one writes it in a file; a service's own default for all of them agrees."""
    found = {}
    for cls in _classes():
        for name, field in cls.model_fields.items():
            default = field.get_default(
                call_default_factory=True, validated_data={"environment": "production"}
            )
            assert default is not PydanticUndefined, f"{name} has no default: make dev could not start"
            found[name.upper()] = _as_text(default)
    return {name: value for name, value in found.items() if name not in _PER_SERVICE}


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value).rstrip("/")


def _documented() -> dict[str, str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return dict(re.findall(r"^# ([A-Z][A-Z0-9_]+)=(.*)$", text, flags=re.MULTILINE))


def test_each_service_has_a_settings_class() -> None:
    assert {cls.__module__ for cls in _classes()} == {
        "todo_backend.settings",
        "todo_agent.settings",
        "todo_frontend.settings",
    }


def test_every_setting_is_documented_with_its_default() -> None:
    documented = {name: value for name, value in _documented().items() if name not in _PER_SERVICE}
    assert documented == _defaults() | _DEVELOPMENT


@pytest.mark.parametrize("cls", list(_classes()), ids=lambda cls: cls.__module__)
def test_the_documented_values_are_accepted(
    cls: type[ServiceSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in _documented().items():
        if name not in _PER_SERVICE:
            monkeypatch.setenv(name, value)
    assert cls().environment == "development"
