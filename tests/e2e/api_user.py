"""A person who uses the backend's API."""

import itertools
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx

PASSWORD = "correct-horse-battery"

T = TypeVar("T")

_serial = itertools.count(1)


class ApiUser:
    """A fresh account and its session."""

    def __init__(self, backend_url: str) -> None:
        self.email = f"person{next(_serial)}.{os.getpid()}@example.com"
        self.http = httpx.Client(base_url=f"{backend_url}/api/v1", timeout=10)
        account = self.post("/auth/signup", email=self.email, password=PASSWORD, timezone="UTC")
        self.id: str = account["user"]["id"]
        self.token: str = account["session"]["token"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def __enter__(self) -> "ApiUser":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, path: str, **params: Any) -> Any:
        return _content(self.http.get(path, params=params))

    def post(self, path: str, **body: Any) -> Any:
        return _content(self.http.post(path, json=body))

    def add_overdue_task(self, title: str, **more: Any) -> dict[str, Any]:
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        task: dict[str, Any] = self.post("/tasks", title=title, due_date=yesterday.isoformat(), **more)
        return task

    def open_cards(self) -> list[dict[str, Any]]:
        cards: list[dict[str, Any]] = self.get("/suggestions", status="open")["items"]
        return cards

    def wait_for_card(self, task_id: str, *, seconds: float = 15) -> dict[str, Any]:
        """The first open card about the task; fails when none has come in time."""

        def about_the_task() -> dict[str, Any] | None:
            cards = self.open_cards()
            return next((card for card in cards if _is_about(card, task_id)), None)

        return wait_for(about_the_task, what=f"a card about task {task_id}", seconds=seconds)


def wait_for(ask: Callable[[], T | None], *, what: str, seconds: float) -> T:
    """Ask again until there is an answer; fails after `seconds`."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        answer = ask()
        if answer is not None:
            return answer
        time.sleep(0.2)
    raise AssertionError(f"{what} did not come within {seconds} s")


def _is_about(card: dict[str, Any], task_id: str) -> bool:
    return any(change["task_id"] == task_id for change in card["changes"])


def _content(answer: httpx.Response) -> Any:
    assert answer.is_success, f"{answer.request.method} {answer.request.url.path}: {answer.text}"
    return answer.json() if answer.content else None
