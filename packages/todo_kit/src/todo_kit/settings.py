"""Settings from the environment and from mounted secret files, with failures a person can act on."""

import os
import re
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

S = TypeVar("S", bound="ServiceSettings")

MINIMUM_SECRET_LENGTH = 32


class ConfigurationError(Exception):
    """The service cannot start. The message is one sentence per wrong setting and never holds a secret."""


class SecretFiles(PydanticBaseSettingsSource):
    """One file per setting in the directory that `SECRETS_DIR` names; the file's name is the setting's."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        super().__init__(settings_cls)
        self._files = _files_of(os.environ.get("SECRETS_DIR", ""))

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = self._files.get(field_name.lower())
        return (None if path is None else _content_of(path)), field_name, False

    def __call__(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, field in self.settings_cls.model_fields.items():
            value, key, _ = self.get_field_value(field, name)
            if value is not None:
                values[key] = self.prepare_field_value(name, field, value, self.field_is_complex(field))
        return values


def _files_of(directory: str) -> dict[str, Path]:
    if not directory:
        return {}
    try:
        return {path.name.lower(): path for path in Path(directory).iterdir() if path.is_file()}
    except OSError as error:
        raise ConfigurationError(
            f"SECRETS_DIR names {directory!r}, which cannot be read as a directory: {error.strerror}."
        ) from error


def _content_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigurationError(
            f"{path.name.upper()} cannot be read from its file in SECRETS_DIR: {reason}."
        ) from error


class ServiceSettings(BaseSettings):
    """Settings that every service has. Names are case-insensitive and an empty variable counts as unset.

    The environment wins over a file in `SECRETS_DIR`, which wins over the default.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        case_sensitive=False,
        extra="ignore",
        env_ignore_empty=True,
        hide_input_in_errors=True,
        validate_default=False,
    )

    development_secrets: ClassVar[dict[str, str]] = {}
    """Field name to the default that only development may use."""

    environment: Literal["development", "staging", "production"] = "development"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["auto", "json", "console"] = "auto"
    host: str = "0.0.0.0"
    port: int = Field(default=8000, ge=0, le=65535)
    metrics_port: int = Field(default=9464, ge=0, le=65535, description="0 turns the metrics server off")
    drain_seconds: float = Field(
        default_factory=lambda data: 0.0 if data.get("environment") == "development" else 5.0,
        ge=0,
        le=60,
        description="how long to keep serving after SIGTERM while load balancers look away",
    )

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("log_format", "environment", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @model_validator(mode="after")
    def _refuse_weak_secrets(self) -> "ServiceSettings":
        if self.environment == "development":
            return self
        sentences = [sentence for name in type(self).model_fields if (sentence := self._weakness(name))]
        if sentences:
            raise PydanticCustomError("weak_secret", "{sentences}", {"sentences": "\n".join(sentences)})
        return self

    def _weakness(self, name: str) -> str | None:
        """What is wrong with the secret `name` outside development, as a sentence."""
        value = getattr(self, name)
        if not isinstance(value, SecretStr):
            return None
        secret = value.get_secret_value()
        where = f"when ENVIRONMENT is {self.environment}"
        if secret in self.development_secrets.values():
            return f"{name.upper()} must not be the development default {where}."
        if name in self.development_secrets and len(secret) < MINIMUM_SECRET_LENGTH:
            return f"{name.upper()} must have at least {MINIMUM_SECRET_LENGTH} characters {where}."
        return None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, SecretFiles(settings_cls)


def load_settings(cls: type[S]) -> S:
    """Read the settings; raises `ConfigurationError` with one sentence per wrong setting, one per line."""
    try:
        return cls()
    except ValidationError as error:
        raise ConfigurationError("\n".join(_sentences(error))) from None
    except SettingsError as error:
        found = re.search(r'field "(\w+)"', str(error))
        name = found.group(1).upper() if found else "A setting"
        raise ConfigurationError(f"{name} must be valid JSON.") from None


def _sentences(error: ValidationError) -> list[str]:
    # A default that depends on a wrong setting is not a mistake of its own.
    return [_sentence(detail) for detail in error.errors() if detail["type"] != "default_factory_not_called"]


def _sentence(error: ErrorDetails) -> str:
    message = error["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if not error["loc"]:
        return message
    name = str(error["loc"][0]).upper()
    if error["type"] == "missing":
        return f"{name} is not set."
    if message.startswith("Input "):
        message = message.removeprefix("Input ").replace("should be", "must be", 1)
    return f"{name} {message.rstrip('.')}."
