"""Everything the ai-agent can be told from outside."""

from typing import ClassVar

from pydantic import Field, HttpUrl, SecretStr

from todo_kit.settings import ServiceSettings


class Settings(ServiceSettings):
    """The ai-agent's settings; each is an environment variable or a file of that name in `SECRETS_DIR`."""

    development_secrets: ClassVar[dict[str, str]] = {"ai_agent_client_secret": "development-ai-agent-secret"}

    port: int = Field(default=8001, ge=0, le=65535)
    backend_url: HttpUrl = HttpUrl("http://127.0.0.1:8000")
    ai_agent_client_secret: SecretStr = SecretStr(development_secrets["ai_agent_client_secret"])

    sweep_poll_seconds: float = Field(
        default=3.0, gt=0, le=5, description="pause between two looks for work, before jitter"
    )
    sweep_batch: int = Field(default=10, ge=1, le=50, description="how many users to claim at once")
    sweep_concurrency: int = Field(default=4, ge=1, le=50, description="how many of them to handle at a time")

    @property
    def backend_base_url(self) -> str:
        """`backend_url` without the slash that the URL type adds."""
        return str(self.backend_url).rstrip("/")
