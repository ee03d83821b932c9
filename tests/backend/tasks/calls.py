"""What most tests of tasks do first."""

from typing import Any

import httpx
from tests.backend.running.users import SignedIn

Json = dict[str, Any]
TASKS = "/api/v1/tasks"


async def add(user: SignedIn, title: str = "a task", **fields: Any) -> Json:
    """A new task by POST."""
    return ok(await user.client.post(TASKS, json={"title": title} | fields), 201)


async def patch(user: SignedIn, task: Json, **fields: Any) -> Json:
    """The task after a PATCH."""
    return ok(await user.client.patch(f"{TASKS}/{task['id']}", json=fields))


async def post(user: SignedIn, task: Json, action: str, **body: Any) -> Json:
    """The task after `POST /tasks/{id}/{action}`."""
    return ok(await user.client.post(f"{TASKS}/{task['id']}/{action}", json=body or None))


async def get(user: SignedIn, task: Json) -> Json:
    """The task as it is now."""
    return ok(await user.client.get(f"{TASKS}/{task['id']}"))


async def page(user: SignedIn, **query: Any) -> Json:
    """One page of the list."""
    return ok(await user.client.get(TASKS, params=query))


async def titles(user: SignedIn, **query: Any) -> list[str]:
    """The titles of one page of the list, in its order."""
    return [item["title"] for item in (await page(user, **query))["items"]]


def ok(response: httpx.Response, status: int = 200) -> Json:
    """The body of a good answer."""
    assert response.status_code == status, response.text
    body: Json = response.json()
    return body


def problem(response: httpx.Response, status: int, code: str, field: str | None = None) -> Json:
    """The problem document, with the code and (the first) field that it has to have."""
    assert response.headers["content-type"] == "application/problem+json"
    body: Json = response.json()
    assert (response.status_code, body["code"]) == (status, code), response.text
    if field is not None:
        assert [error["field"] for error in body["errors"]] == [field], response.text
    return body
