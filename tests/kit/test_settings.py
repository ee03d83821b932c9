"""Settings: where values come from, and what a person reads when one is wrong."""

from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import Field, HttpUrl, PostgresDsn, SecretStr, ValidationError, field_validator

from todo_kit.settings import ConfigurationError, ServiceSettings, load_settings

LONG_SECRET = "x" * 32


class SampleSettings(ServiceSettings):
    development_secrets: ClassVar[dict[str, str]] = {"jwt_secret": "development-jwt-secret"}

    jwt_secret: SecretStr = SecretStr(development_secrets["jwt_secret"])
    jwt_secret_previous: SecretStr | None = None
    database_url: PostgresDsn = PostgresDsn("postgresql://localhost/todo")
    allowed: list[str] = Field(default_factory=list)
    quota: int = 3

    @field_validator("quota")
    @classmethod
    def _even(cls, value: int) -> int:
        if value == 13:
            raise ValueError("must not be 13")
        return value


class NeedySettings(ServiceSettings):
    backend_url: HttpUrl


def test_defaults_are_those_of_development() -> None:
    settings = load_settings(SampleSettings)

    assert settings.environment == "development"
    assert settings.drain_seconds == 0
    assert settings.metrics_port == 9464


def test_draining_takes_five_seconds_outside_development(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    monkeypatch.setenv("JWT_SECRET", LONG_SECRET)

    assert load_settings(SampleSettings).drain_seconds == 5


@pytest.mark.parametrize(("name", "value"), [("LOG_LEVEL", "warning"), ("log_level", "Warning")])
def test_names_and_levels_are_case_insensitive(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    assert load_settings(SampleSettings).log_level == "WARNING"


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "")

    assert load_settings(SampleSettings).log_level == "INFO"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL must be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'."),
        ("ENVIRONMENT", "prod", "ENVIRONMENT must be 'development', 'staging' or 'production'."),
        ("PORT", "eighty", "PORT must be a valid integer, unable to parse string as an integer."),
        ("PORT", "70000", "PORT must be less than or equal to 65535."),
        ("QUOTA", "13", "QUOTA must not be 13."),
        ("ALLOWED", "no json", "ALLOWED must be valid JSON."),
        ("DATABASE_URL", "mysql://u:hunter2@db/x", "DATABASE_URL "),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigurationError) as caught:
        load_settings(SampleSettings)

    message = str(caught.value)
    assert message.startswith(sentence)
    assert "\n" not in message
    assert "hunter2" not in message


def test_several_wrong_values_are_one_sentence_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("LOG_FORMAT", "xml")

    with pytest.raises(ConfigurationError) as caught:
        load_settings(NeedySettings)

    assert sorted(line.split()[0] for line in str(caught.value).splitlines()) == [
        "BACKEND_URL",
        "LOG_FORMAT",
        "PORT",
    ]
    assert "BACKEND_URL is not set." in str(caught.value)


def test_settings_are_frozen() -> None:
    settings = load_settings(SampleSettings)

    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]  # the assignment under test


class TestSecretsDirectory:
    @pytest.fixture
    def secrets_dir(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
        return tmp_path

    @pytest.mark.parametrize("name", ["JWT_SECRET", "jwt_secret"])
    def test_a_file_gives_the_value_without_its_last_newline(self, secrets_dir: Path, name: str) -> None:
        (secrets_dir / name).write_text("from a file\n")

        assert load_settings(SampleSettings).jwt_secret.get_secret_value() == "from a file"

    def test_the_environment_wins(self, secrets_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (secrets_dir / "QUOTA").write_text("7")
        monkeypatch.setenv("QUOTA", "8")

        assert load_settings(SampleSettings).quota == 8

    def test_links_as_kubernetes_makes_them_are_followed(self, secrets_dir: Path) -> None:
        (secrets_dir / "..2026_11_21").mkdir()
        (secrets_dir / "..2026_11_21" / "QUOTA").write_text("9")
        (secrets_dir / "..data").symlink_to("..2026_11_21")
        (secrets_dir / "QUOTA").symlink_to("..data/QUOTA")

        assert load_settings(SampleSettings).quota == 9

    def test_lists_are_json(self, secrets_dir: Path) -> None:
        (secrets_dir / "ALLOWED").write_text('["a", "b"]')

        assert load_settings(SampleSettings).allowed == ["a", "b"]

    def test_a_wrong_value_in_a_file_names_the_setting(self, secrets_dir: Path) -> None:
        (secrets_dir / "PORT").write_text("x")

        with pytest.raises(ConfigurationError, match=r"^PORT must be"):
            load_settings(SampleSettings)

    def test_a_file_that_is_not_text_names_the_setting(self, secrets_dir: Path) -> None:
        (secrets_dir / "JWT_SECRET").write_bytes(b"\xff\xfe")

        with pytest.raises(ConfigurationError, match=r"^JWT_SECRET cannot be read .*not UTF-8 text\.$"):
            load_settings(SampleSettings)

    def test_a_missing_directory_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SECRETS_DIR", str(tmp_path / "nowhere"))

        with pytest.raises(ConfigurationError, match=r"^SECRETS_DIR .*No such file or directory\.$"):
            load_settings(SampleSettings)


class TestSecretsOutsideDevelopment:
    @pytest.fixture(params=["staging", "production"], autouse=True)
    def _environment(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ENVIRONMENT", request.param)

    def test_the_default_is_refused(self) -> None:
        with pytest.raises(
            ConfigurationError,
            match=r"^JWT_SECRET must not be the development default when ENVIRONMENT is \w+\.$",
        ):
            load_settings(SampleSettings)

    def test_the_default_is_refused_under_another_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("JWT_SECRET", LONG_SECRET)
        monkeypatch.setenv("JWT_SECRET_PREVIOUS", "development-jwt-secret")

        with pytest.raises(ConfigurationError, match=r"^JWT_SECRET_PREVIOUS must not be"):
            load_settings(SampleSettings)

    @pytest.mark.parametrize("secret", ["hunter2", "x" * 31])
    def test_a_short_one_is_refused_and_not_shown(self, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
        monkeypatch.setenv("JWT_SECRET", secret)

        with pytest.raises(ConfigurationError) as caught:
            load_settings(SampleSettings)

        assert str(caught.value).startswith("JWT_SECRET must have at least 32 characters")
        assert secret not in str(caught.value)

    def test_a_long_one_is_accepted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("JWT_SECRET", LONG_SECRET)

        assert load_settings(SampleSettings).jwt_secret.get_secret_value() == LONG_SECRET
