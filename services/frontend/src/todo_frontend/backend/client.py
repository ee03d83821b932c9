"""The backend's API as this service uses it: one method for each thing a page needs.

Every method raises the kit's typed errors: `UpstreamUnavailable` when the backend does not answer and
`UpstreamRejected` when it says no. POSTs carry an `Idempotency-Key`, so the client may retry them safely.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx

from todo_frontend.backend import dto
from todo_kit.http_client import ServiceClient

logger = logging.getLogger(__name__)

D = TypeVar("D", bound=dto.Dto)
Json = dict[str, Any]


class BackendClient:
    """What works without being signed in, and the way to a signed-in API."""

    def __init__(self, http: ServiceClient) -> None:
        self._http = http

    async def aclose(self) -> None:
        await self._http.aclose()

    async def ping(self) -> None:
        """Ask the backend whether its process is up; used by the readiness check."""
        await self._http.request("GET", "/health", deadline=0.7)

    async def sign_up(self, account: Json, *, headers: Mapping[str, str]) -> dto.SignedIn:
        answer = await self._http.request("POST", "/api/v1/auth/signup", json=account, headers=dict(headers))
        return dto.SignedIn.model_validate_json(answer.content)

    async def log_in(self, *, email: str, password: str, headers: Mapping[str, str]) -> dto.SignedIn:
        body = {"email": email, "password": password}
        answer = await self._http.request("POST", "/api/v1/auth/login", json=body, headers=dict(headers))
        return dto.SignedIn.model_validate_json(answer.content)

    def signed_in(self, token: str) -> "UserApi":
        return UserApi(self._http, token)


class UserApi:
    """The backend on behalf of one signed-in browser."""

    def __init__(self, http: ServiceClient, token: str) -> None:
        self._http = http
        self._token = token

    async def log_out(self) -> None:
        await self._post("/auth/logout")

    # --- what pages show

    async def overview(self) -> dto.Overview:
        return _read(dto.Overview, await self._get("/overview"))

    async def tasks(self, query: Mapping[str, str]) -> dto.TaskPage:
        return _read(dto.TaskPage, await self._get("/tasks", params=query))

    async def task(self, task_id: UUID) -> dto.Task:
        return _read(dto.Task, await self._get(f"/tasks/{task_id}"))

    # --- tasks

    async def create_task(self, task: Json, *, key: UUID) -> dto.Task:
        return _read(dto.Task, await self._post("/tasks", body=task, key=key))

    async def update_task(self, task_id: UUID, changes: Json, *, version: int | None = None) -> dto.Task:
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        answer = await self._send("PATCH", f"/tasks/{task_id}", body=changes, headers=headers)
        return _read(dto.Task, answer)

    async def complete_task(self, task_id: UUID) -> None:
        await self._post(f"/tasks/{task_id}/complete")

    async def reopen_task(self, task_id: UUID) -> None:
        await self._post(f"/tasks/{task_id}/reopen")

    async def restore_task(self, task_id: UUID) -> None:
        await self._post(f"/tasks/{task_id}/restore")

    async def move_task(self, task_id: UUID, place: Json) -> None:
        """Put a task in front of or behind another one: `{"before": id}` or `{"after": id}`."""
        await self._post(f"/tasks/{task_id}/move", body={"before": None, "after": None} | place)

    async def delete_task(self, task_id: UUID, *, permanent: bool = False) -> None:
        await self._send("DELETE", f"/tasks/{task_id}", params={"permanent": "true"} if permanent else None)

    # --- projects and labels, which share their shape: `kind` is "projects" or "labels"

    async def create_group(self, kind: str, group: Json, *, key: UUID) -> UUID:
        answer = await self._post(f"/{kind}", body=group, key=key)
        return UUID(answer.json()["id"])

    async def update_group(self, kind: str, group_id: UUID, changes: Json) -> None:
        await self._send("PATCH", f"/{kind}/{group_id}", body=changes)

    async def delete_project(self, project_id: UUID, *, tasks_to_trash: bool) -> None:
        params = {"tasks": "trash"} if tasks_to_trash else None
        await self._send("DELETE", f"/projects/{project_id}", params=params)

    async def delete_label(self, label_id: UUID) -> None:
        await self._send("DELETE", f"/labels/{label_id}")

    # --- suggestions

    async def accept(self, suggestion_id: UUID, *, edited: list[Json] | None = None) -> None:
        body = {} if edited is None else {"changes": edited}
        answer = await self._post(f"/suggestions/{suggestion_id}/accept", body=body)
        # Ties the decision to the sweep that proposed it, whose id is in the agent's and the backend's log.
        logger.info(
            "suggestion accepted", extra={"sweep_request_id": answer.json()["suggestion"].get("request_id")}
        )

    async def dismiss(self, suggestion_id: UUID, *, scope: str, reason: str | None) -> None:
        body = {"scope": scope} | ({"reason": reason} if reason else {})
        await self._post(f"/suggestions/{suggestion_id}/dismiss", body=body)

    async def snooze(self, suggestion_id: UUID, until: datetime) -> None:
        await self._post(f"/suggestions/{suggestion_id}/snooze", body={"until": until.isoformat()})

    async def undo(self, suggestion_id: UUID) -> None:
        await self._post(f"/suggestions/{suggestion_id}/undo")

    # --- the account

    async def update_me(self, changes: Json) -> None:
        await self._send("PATCH", "/me", body=changes)

    async def update_preferences(self, changes: Json) -> None:
        await self._send("PATCH", "/me/preferences", body=changes)

    async def change_password(self, *, current: str, new: str) -> None:
        await self._send("PUT", "/me/password", body={"current_password": current, "new_password": new})

    async def delete_account(self, *, password: str) -> None:
        await self._send("DELETE", "/me", body={"password": password})

    async def export(self) -> bytes:
        return (await self._get("/me/export")).content

    async def sessions(self) -> tuple[dto.BrowserSession, ...]:
        items = (await self._get("/me/sessions")).json()["items"]
        return tuple(dto.BrowserSession.model_validate(item) for item in items)

    async def end_session(self, session_id: UUID) -> None:
        await self._send("DELETE", f"/me/sessions/{session_id}")

    async def access_tokens(self) -> tuple[dto.AccessToken, ...]:
        items = (await self._get("/me/tokens")).json()["items"]
        return tuple(dto.AccessToken.model_validate(item) for item in items)

    async def create_access_token(self, token: Json, *, key: UUID) -> dto.NewAccessToken:
        return _read(dto.NewAccessToken, await self._post("/me/tokens", body=token, key=key))

    async def revoke_access_token(self, token_id: UUID) -> None:
        await self._send("DELETE", f"/me/tokens/{token_id}")

    # --- the three ways to call

    async def _get(self, path: str, *, params: Mapping[str, str] | None = None) -> httpx.Response:
        return await self._send("GET", path, params=params)

    async def _post(self, path: str, *, body: Json | None = None, key: UUID | None = None) -> httpx.Response:
        return await self._send("POST", path, body=body, key=str(key or uuid4()))

    async def _send(
        self,
        method: str,
        path: str,
        *,
        body: Json | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> httpx.Response:
        return await self._http.request(
            method,
            f"/api/v1{path}",
            json=body,
            params=dict(params) if params else None,
            headers=dict(headers) if headers else None,
            token=self._token,
            idempotency_key=key,
        )


def _read(shape: type[D], answer: httpx.Response) -> D:
    return shape.model_validate_json(answer.content)
