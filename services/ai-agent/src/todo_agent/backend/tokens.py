"""The agent's own access token, from its client secret (RFC 6749, section 4.4)."""

import asyncio
import time

from todo_kit.http_client import ServiceClient

CLIENT_ID = "ai-agent"
SCOPES = "sweeps:claim suggestions:create"
RENEW_BEFORE_SECONDS = 60.0


class ServiceToken:
    """Keeps one token and renews it a minute before it ends. Simultaneous callers share one request."""

    def __init__(self, http: ServiceClient, *, client_secret: str) -> None:
        self._http = http
        self._credentials = (CLIENT_ID, client_secret)
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._renew_at = 0.0

    async def get(self) -> str:
        """A token that is good for a while. Raises `UpstreamUnavailable` or `UpstreamRejected`."""
        async with self._lock:
            if self._token is None or time.monotonic() >= self._renew_at:
                await self._renew()
            assert self._token is not None  # noqa: S101  # for the type checker: _renew sets it or raises
            return self._token

    def discard(self, token: str) -> None:
        """Forget `token`, which the backend has refused, unless it has been replaced already."""
        if self._token == token:
            self._token = None

    async def _renew(self) -> None:
        asked_at = time.monotonic()
        response = await self._http.request(
            "POST",
            "/oauth/token",
            data={"grant_type": "client_credentials", "scope": SCOPES},
            auth=self._credentials,
        )
        answer = response.json()
        lifetime = float(answer["expires_in"])
        self._token = str(answer["access_token"])
        self._renew_at = asked_at + max(lifetime - RENEW_BEFORE_SECONDS, lifetime / 2)
