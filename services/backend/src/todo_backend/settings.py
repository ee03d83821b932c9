"""Everything the backend can be told from outside."""

from ipaddress import ip_network
from typing import ClassVar

from pydantic import Field, PostgresDsn, SecretStr, field_validator

from todo_kit.settings import ServiceSettings


class Settings(ServiceSettings):
    """The backend's settings; each is an environment variable or a file of that name in `SECRETS_DIR`."""

    development_secrets: ClassVar[dict[str, str]] = {
        "jwt_secret": "development-jwt-secret-not-for-production",
        "ai_agent_client_secret": "development-ai-agent-secret",
    }

    port: int = 8000
    database_url: PostgresDsn = PostgresDsn("postgresql://postgres@127.0.0.1:5432/todo")
    database_pool_size: int = Field(default=10, ge=1, le=200)
    database_system_pool_size: int = Field(default=3, ge=1, le=50)
    database_max_waiting: int = Field(default=500, ge=0)

    jwt_secret: SecretStr = SecretStr(development_secrets["jwt_secret"])
    jwt_secret_previous: SecretStr | None = None
    ai_agent_client_secret: SecretStr = SecretStr(development_secrets["ai_agent_client_secret"])
    ai_agent_client_secret_previous: SecretStr | None = None

    trusted_proxies: str = "127.0.0.0/8,::1/128"
    login_failures_per_address: int = Field(default=30, ge=1)
    sign_ups_per_hour: int = Field(
        default_factory=lambda data: 0 if data.get("environment") == "development" else 20,
        ge=0,
        description="from one address; 0 means no limit, the default in development",
    )

    session_idle_days: int = Field(default=30, ge=1)
    session_absolute_days: int = Field(default=180, ge=1)
    trash_days: int = Field(default=30, ge=1)
    sweep_lease_seconds: int = Field(default=60, ge=1)

    @field_validator("jwt_secret_previous", "ai_agent_client_secret_previous", mode="before")
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        """An empty variable, as compose files and charts like to leave behind, means no previous secret."""
        return None if value == "" else value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        for entry in filter(None, map(str.strip, value.split(","))):
            try:
                ip_network(entry)
            except ValueError:
                raise ValueError(
                    f"must be networks such as 10.0.0.0/8,fd00::/8, separated by commas; {entry!r} is not one"
                ) from None
        return value

    @property
    def asyncpg_url(self) -> str:
        """`database_url` in the form that SQLAlchemy wants for asyncpg."""
        return str(self.database_url).replace("postgresql://", "postgresql+asyncpg://", 1)
