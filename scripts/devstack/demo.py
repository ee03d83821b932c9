"""Puts a lived-in list of tasks into the demo account, through the same public API that everybody uses."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import httpx

from devstack.demo_tasks import LABELS, PROJECTS, TASKS

EMAIL = "demo@example.com"
PASSWORD = "lavender-tea-at-nine"  # noqa: S105 - printed by `make dev`, for a local account


def seed(backend_url: str) -> bool:
    """Make sure the demo user exists and has tasks; returns whether one can log in as printed.

    Does nothing when the user already has a task, done and deleted ones included.
    """
    with httpx.Client(base_url=f"{backend_url}/api/v1", timeout=10) as client:
        token = _session_token(client)
        if token is None:
            return False
        client.headers["Authorization"] = f"Bearer {token}"
        if not _has_tasks(client):
            _fill(client)
        return True


def _session_token(client: httpx.Client) -> str | None:
    """A session of the demo user; None when somebody changed its password."""
    credentials = {"email": EMAIL, "password": PASSWORD}
    answer = client.post(
        "/auth/signup", json={**credentials, "name": "Demo", "timezone": local_timezone().key}
    )
    if answer.status_code == 409:
        answer = client.post("/auth/login", json=credentials)
    if answer.status_code == 401:
        return None
    token: str = _json(answer)["session"]["token"]
    return token


def _has_tasks(client: httpx.Client) -> bool:
    return any(
        _json(client.get("/tasks", params={"status": status, "limit": 1}))["items"]
        for status in ("all", "trash")
    )


def _fill(client: httpx.Client) -> None:
    projects = {
        name: _json(client.post("/projects", json={"name": name, "color": color}))["id"]
        for name, color in PROJECTS
    }
    for name, color in LABELS:
        _json(client.post("/labels", json={"name": name, "color": color}))
    today = datetime.now(local_timezone()).date()
    for task in TASKS:
        created = _json(client.post("/tasks", json=task.body(today=today, projects=projects)))
        if task.done:
            _json(client.post(f"/tasks/{created['id']}/complete"))


def _json(answer: httpx.Response) -> Any:
    answer.raise_for_status()
    return answer.json()


def local_timezone() -> ZoneInfo:
    """This machine's IANA time zone, UTC when it does not tell."""
    linked = Path("/etc/localtime").resolve().as_posix().partition("/zoneinfo/")[2]
    for name in (os.environ.get("TZ", ""), linked):
        if name in available_timezones():
            return ZoneInfo(name)
    return ZoneInfo("UTC")
