"""The agent's only way to the outside: the few backend routes that its service token may use."""

from datetime import datetime
from typing import Any

import httpx

from todo_agent.backend.dto import Claim, Lease, SuggestionDraft
from todo_agent.backend.errors import refusal_of
from todo_agent.backend.tokens import ServiceToken
from todo_kit.http_client import ServiceClient, UpstreamRejected

HEALTH_SECONDS = 0.7
RELEASE_SECONDS = 3.0


class BackendClient:
    """Typed calls. They raise `UpstreamUnavailable`, `UpstreamRejected` or what `errors` lists.

    Nothing is repeated here: the sweep loop is the one layer of retries. It comes back with back-off when a
    claim fails, and a lease that could not be finished is offered again when it runs out.
    """

    def __init__(
        self, base_url: str, *, client_secret: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._http = ServiceClient(base_url, service="backend", max_attempts=1, transport=transport)
        self._token = ServiceToken(self._http, client_secret=client_secret)

    async def claim(self, worker: str, limit: int) -> tuple[Lease, ...]:
        """Up to `limit` users that are due, leased to `worker`."""
        response = await self._post("/api/v1/sweeps/claim", {"worker": worker, "limit": limit})
        return Claim.model_validate_json(response.content).leases

    async def suggest(self, lease: Lease, draft: SuggestionDraft) -> bool:
        """Post a card; False when the backend had it already."""
        card = draft.model_dump(mode="json", by_alias=True)
        card |= {"user_id": str(lease.user_id), "agent": lease.agent, "fence": lease.fence}
        response = await self._post("/api/v1/suggestions", card)
        return response.status_code == 201

    async def complete(self, lease: Lease, next_due_at: datetime | None) -> None:
        """Give the lease back, done, to be offered again at `next_due_at` (or at the next task change)."""
        due = None if next_due_at is None else next_due_at.isoformat()
        await self._post(_path(lease, "complete"), {"fence": lease.fence, "next_due_at": due})

    async def release(self, lease: Lease) -> None:
        """Give the lease back, not done, to be offered to anybody at once."""
        await self._post(_path(lease, "release"), {"fence": lease.fence}, deadline=RELEASE_SECONDS)

    async def check_health(self) -> None:
        """Raises when the backend does not answer in time. Being alive is enough: we keep trying anyway."""
        await self._http.request("GET", "/health", deadline=HEALTH_SECONDS)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _post(
        self, path: str, body: dict[str, Any], *, deadline: float | None = None, fresh_token: bool = False
    ) -> httpx.Response:
        token = await self._token.get()
        try:
            return await self._http.request("POST", path, json=body, token=token, deadline=deadline)
        except UpstreamRejected as error:
            if error.status != 401 or fresh_token:
                raise refusal_of(error) from error
        # The signing secret may have been rotated under a token that had not run out yet.
        self._token.discard(token)
        return await self._post(path, body, deadline=deadline, fresh_token=True)


def _path(lease: Lease, action: str) -> str:
    return f"/api/v1/sweeps/{lease.user_id}/{lease.agent}/{action}"
