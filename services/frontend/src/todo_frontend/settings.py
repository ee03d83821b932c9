"""The frontend's settings, read from the environment or from `SECRETS_DIR`."""

from urllib.parse import urlsplit

from pydantic import field_validator

from todo_kit.settings import ServiceSettings


class FrontendSettings(ServiceSettings):
    """`backend_url` is where the API answers; `frontend_url` is the public address browsers use."""

    port: int = 3000
    backend_url: str = "http://127.0.0.1:8000"
    frontend_url: str = "http://localhost:3000"

    @field_validator("backend_url", "frontend_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError("must be an address such as https://todo.example.org")
        return value.rstrip("/")

    @property
    def is_development(self) -> bool:
        return self.environment == "development"
