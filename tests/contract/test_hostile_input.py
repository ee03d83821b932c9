"""What no client should send: every route that takes a body answers with 2xx or a problem document."""

import json
from collections.abc import Iterator
from typing import Any

import argon2
import httpx
import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from tests.backend.running.users import CHEAP_ARGON2
from tests.contract.conftest import DEVELOPMENT_SECRET

from todo_backend.accounts.passwords import PasswordHashing

pytestmark = pytest.mark.slow

SOME_ID = "019a0000-0000-7000-8000-000000000000"
PASSWORD = "correct horse battery"
CHANGE = {"task_id": SOME_ID, "field": "title", "to": "b"}

# A valid body for every route that takes one; hostile values take the place of its fields one by one.
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/v1/auth/signup": {
        "email": "b@example.com",
        "password": PASSWORD,
        "name": "B",
        "timezone": "UTC",
    },
    "POST /api/v1/auth/login": {"email": "b@example.com", "password": "wrong"},
    "PATCH /api/v1/me": {
        "name": "A",
        "timezone": "UTC",
        "email": "c@example.com",
        "current_password": "wrong",
    },
    "PUT /api/v1/me/password": {"current_password": "wrong", "new_password": "another horse battery"},
    "PATCH /api/v1/me/preferences": {
        "autonomous_agents_enabled": True,
        "agents": {"overdue": True},
        "quiet_hours": {"start": "22:00", "end": "07:00"},
        "email_reminders": True,
        "theme": "dark",
    },
    "POST /api/v1/me/tokens": {"name": "n", "scopes": ["tasks:read"], "expires_at": "2999-01-01T00:00:00Z"},
    "POST /api/v1/tasks": {
        "title": "t",
        "notes": "n",
        "priority": "p1",
        "due_date": "2026-01-01",
        "due_time": "10:00",
        "due_timezone": "Europe/Berlin",
        "project_id": None,
        "labels": ["l"],
    },
    "PATCH /api/v1/tasks/{task_id}": {
        "title": "t",
        "notes": "n",
        "priority": "p1",
        "due_date": "2026-01-01",
        "due_time": "10:00",
        "due_timezone": "Europe/Berlin",
        "labels": ["l"],
        "position": 1.5,
    },
    "POST /api/v1/tasks/{task_id}/move": {"before": SOME_ID, "after": None},
    "POST /api/v1/tasks/quick-add": {"text": "pay p1 tomorrow 9:00", "ignore": [{"start": 0, "end": 3}]},
    "POST /api/v1/tasks/parse": {"text": "pay p1 tomorrow 9:00", "ignore": [{"start": 0, "end": 3}]},
    "POST /api/v1/projects": {"name": "p", "color": "red"},
    "PATCH /api/v1/projects/{project_id}": {"name": "p", "color": "red", "position": 1},
    "POST /api/v1/labels": {"name": "l", "color": "red"},
    "PATCH /api/v1/labels/{label_id}": {"name": "l", "color": "red"},
    "POST /api/v1/suggestions": {
        "user_id": SOME_ID,
        "agent": "overdue",
        "rule": "overdue",
        "title": "t",
        "reason": "r",
        "evidence": {"days": 1},
        "changes": [CHANGE | {"from": "a", "task_version": 1}],
        "fingerprint": "f",
        "source": "rules",
        "fence": 1,
    },
    "POST /api/v1/suggestions/{suggestion_id}/accept": {"changes": [CHANGE]},
    "POST /api/v1/suggestions/{suggestion_id}/dismiss": {"reason": "r", "scope": "this"},
    "POST /api/v1/suggestions/{suggestion_id}/snooze": {"until": "2026-12-01T00:00:00Z"},
    "POST /api/v1/sweeps/claim": {"worker": "w", "limit": 1},
    "POST /api/v1/sweeps/{user_id}/{agent}/complete": {"fence": 1, "next_due_at": "2026-12-01T00:00:00Z"},
    "POST /api/v1/sweeps/{user_id}/{agent}/release": {"fence": 1},
}
WITHOUT_JSON = {
    "POST /api/v1/auth/logout",
    "POST /api/v1/suggestions/{suggestion_id}/undo",
    "POST /api/v1/tasks/{task_id}/complete",
    "POST /api/v1/tasks/{task_id}/reopen",
    "POST /api/v1/tasks/{task_id}/restore",
    "POST /oauth/token",
}

TEXTS = {
    "empty": "",
    "blank": " \t\u00a0\u2003",
    "NUL": "a\0b",
    "high surrogate": "a\ud800b",
    "low surrogate": "\udfff",
    "bidi": "\u202egpj.exe\u2066\u2069\u200f",
    "zero width": "\u200b\ufeff\u2060",
    "combining": "e" + "\u0301" * 2_000,
    "astral": "\U0010ffff\U0001f469\u200d\U0001f680",
    "markup": "<script>alert(1)</script>${7*7}{{7*7}}%s%n'; DROP TABLE tasks; --",
    "long": "x" * 40_000,
    "year 1": "0001-01-01",
    "year 9999": "9999-12-31",
    "no leap day": "2025-02-29",
    "first moment": "0001-01-01T00:00:00+23:59",
    "last moment": "9999-12-31T23:59:59.999999-23:59",
    "leap second": "2016-12-31T23:59:60Z",
    "basic date": "20260101",
    "midnight": "24:00",
    "digits": "9" * 400,
    "path": "../../etc/passwd",
}
VALUES: dict[str, Any] = {
    "null": None,
    "true": True,
    "zero": 0,
    "negative": -1,
    "32 bits": 2**31,
    "64 bits": 2**63,
    "1,000 digits": 10**1_000,
    "tiny": 5e-324,
    "largest": 1.7976931348623157e308,
    "NaN": float("nan"),
    "infinite": float("-inf"),
    "list": [],
    "list of null": [None],
    "list of NUL": ["\0"],
    "list of surrogate": ["\ud800"],
    "many": ["x"] * 10_000,
    "object": {},
    "nested": {"start": "\0", "end": {"\ud800": [None]}, "overdue": "\udfff"},
    "list of objects": [{"start": -1, "end": 2**70, "task_id": "\0", "field": "status", "to": "\ud800"}],
}

DEEP = 100_000
RAW = {
    "nothing": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"title":"\xff\xfe"}',
    "UTF-16": '{"title":"a"}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"title":"a"}',
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"title":' * DEEP + b"1" + b"}" * DEEP,
    "endless number": b'{"title":' + b"9" * 100_000 + b"}",
    "large exponent": b'{"position":1e999999,"fence":1e999999,"limit":-1e999999}',
    "same key twice": b'{"title":"a","title":2}',
    "prototype": b'{"__proto__":{"a":1},"constructor":1,"__class__":1}',
    "a list": b"[]",
    "a string": b'"\\ud800"',
    "null": b"null",
    "2 MB": b'{"title":"' + b"x" * 2_000_000 + b'"}',
}

HEADERS = {
    "long request id": ("X-Request-ID", "a" * 10_000),
    "request id with line breaks": ("X-Request-ID", "abcdefgh\r\nX-Evil: 1"),
    "request id with a line feed at its end": ("X-Request-ID", "abcdefgh\n"),
    "odd traceparent": ("traceparent", "00-" + "0" * 10_000),
    "long header": ("X-Whatever", "x" * 10_000),
    "long idempotency key": ("Idempotency-Key", "k" * 10_000),
    "empty idempotency key": ("Idempotency-Key", ""),
    "odd idempotency key": ("Idempotency-Key", "\x00\xff"),
    "odd version": ("If-Match", '"' + "9" * 100 + '"'),
    "any version": ("If-Match", "*"),
    "bytes in a version": ("If-Match", "\xff\x00"),
    "long user agent": ("User-Agent", "\xff" * 10_000),
    "odd client address": ("X-Forwarded-For", "1.2.3.4, \x00, ::1%eth0, " + "9" * 10_000),
    "odd length": ("Content-Length", "-1"),
    "odd content type": ("Content-Type", "application/json; charset=\xff"),
    "other content type": ("Content-Type", "multipart/form-data; boundary="),
    "long token": ("Authorization", "Bearer " + "x" * 10_000),
    "odd token": ("Authorization", "Bearer \xff\x00"),
    "three odd parts": ("Authorization", "Bearer \xff.\xff.\xff"),
    "odd basic": ("Authorization", "Basic \xff"),
}


class Routes:
    """All routes of one kind, each to be called by whoever may."""

    def __init__(self, app: FastAPI, http: AsyncClient, tokens: dict[str, str], ids: dict[str, str]) -> None:
        self._document = app.openapi()
        self._http = http
        self._tokens = tokens
        self._ids = {"agent": "overdue", "rule": "overdue"} | ids
        self.wrong: list[str] = []

    def named(self, *methods: str) -> Iterator[str]:
        """`POST /api/v1/tasks` and so on, in the document's order."""
        for path, operations in self._document["paths"].items():
            yield from (f"{method.upper()} {path}" for method in operations if method.upper() in methods)

    def parameters(self, route: str) -> list[str]:
        """The names of the query parameters."""
        method, path = route.split(" ")
        declared = self._document["paths"][path][method.lower()].get("parameters", ())
        return [parameter["name"] for parameter in declared if parameter["in"] == "query"]

    async def call(
        self, route: str, what: str, *, headers: dict[str, str] | None = None, **sent: Any
    ) -> Response:
        """Send it; an answer that is neither success nor a problem document is noted in `wrong`."""
        method, template = route.split(" ")
        path = template
        for name in [part[1:-1] for part in template.split("/") if part.startswith("{")]:
            path = path.replace(f"{{{name}}}", self._ids.get(name, SOME_ID))
        who = "agent" if "/sweeps/" in path or route == "POST /api/v1/suggestions" else "user"
        raw = [
            (b"authorization", f"Bearer {self._tokens[who]}".encode()),
            (b"content-type", b"application/json"),
        ]
        changed = {name.lower().encode(): value.encode("latin-1") for name, value in (headers or {}).items()}
        answer = await self._http.request(
            method, path, headers=[*(h for h in raw if h[0] not in changed), *changed.items()], **sent
        )
        if not _is_fine(answer):
            self.wrong.append(f"{route} with {what}: {answer.status_code} {answer.text[:200]}")
        return answer


def _is_fine(answer: Response) -> bool:
    if "x-evil" in answer.headers or len(answer.headers["X-Request-ID"]) > 128:
        return False
    if answer.is_success or answer.status_code == 304:
        return True
    problem = answer.headers.get("content-type") == "application/problem+json"
    return answer.status_code < 500 and problem and answer.json()["status"] == answer.status_code


@pytest.fixture
async def routes(backend: FastAPI) -> Routes:
    """The routes, a user with a task, a project and a label, and the agent's own token."""
    backend.state.passwords = PasswordHashing(argon2.PasswordHasher(**CHEAP_ARGON2), threads=2)
    http = AsyncClient(transport=httpx.ASGITransport(backend), base_url="http://backend")
    signed_up = await http.post("/api/v1/auth/signup", json={"email": "a@example.com", "password": PASSWORD})
    session = signed_up.json()["session"]["token"]
    service = await http.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, auth=("ai-agent", DEVELOPMENT_SECRET)
    )
    mine = {"Authorization": f"Bearer {session}"}
    ids = {}
    for kind, body in (("task", {"title": "t"}), ("project", {"name": "P"}), ("label", {"name": "L"})):
        created = await http.post(f"/api/v1/{kind}s", json=body, headers=mine)
        ids[f"{kind}_id"] = created.json()["id"]
    return Routes(backend, http, {"user": session, "agent": service.json()["access_token"]}, ids)


def test_every_route_is_tried(backend: FastAPI) -> None:
    written = set(Routes(backend, AsyncClient(), {}, {}).named("POST", "PUT", "PATCH"))
    assert written == set(BODIES) | WITHOUT_JSON


async def test_hostile_text(routes: Routes) -> None:
    for route, body in BODIES.items():
        for field in body:
            for what, value in TEXTS.items():
                content = json.dumps(body | {field: value}).encode()
                await routes.call(route, f"{field}: {what}", content=content)
    assert routes.wrong == []


async def test_hostile_types(routes: Routes) -> None:
    for route, body in BODIES.items():
        for what, value in VALUES.items():
            hostile = dict.fromkeys(body, value)
            await routes.call(route, what, content=json.dumps(hostile).encode())
            await routes.call(
                route, f"a field too many: {what}", content=json.dumps(body | {"\ud800\0": value})
            )
    assert routes.wrong == []


async def test_hostile_bodies(routes: Routes) -> None:
    for route in routes.named("POST", "PUT", "PATCH"):
        if route == "POST /api/v1/auth/logout":
            continue  # takes none, and would end the session of all that follow
        for what, content in RAW.items():
            await routes.call(route, what, content=content)
    assert routes.wrong == []


async def test_unknown_fields_are_refused(routes: Routes) -> None:
    for route, body in BODIES.items():
        answer = await routes.call(route, "an unknown field", json=body | {"unknown": 1})
        assert answer.status_code == 422, route
        assert "body.unknown" in {error["field"] for error in answer.json()["errors"]}, route
    assert routes.wrong == []


async def test_two_megabytes_are_too_much(routes: Routes) -> None:
    for route in BODIES:
        assert (await routes.call(route, "2 MB", content=RAW["2 MB"])).status_code == 413, route
    assert routes.wrong == []


async def test_hostile_headers(routes: Routes) -> None:
    for route in routes.named("GET", "POST", "PUT", "PATCH"):
        if route == "POST /api/v1/auth/logout":
            continue
        for what, (name, value) in HEADERS.items():
            await routes.call(route, what, headers={name: value}, json=BODIES.get(route, {}))
    assert routes.wrong == []


async def test_hostile_queries(routes: Routes) -> None:
    for route in routes.named("GET"):
        for parameter in [*routes.parameters(route), "unknown"]:
            for what, value in TEXTS.items():
                params = {parameter: value.encode("utf-8", "surrogatepass")}
                await routes.call(route, f"{parameter}: {what}", params=params)
    assert routes.wrong == []


@pytest.mark.parametrize("number", ["0", "20260101", "1e9", "-1.5", "NaN"])
async def test_a_number_is_no_date(routes: Routes, number: str) -> None:
    answers = [
        await routes.call("GET /api/v1/tasks", number, params={"due_before": number}),
        await routes.call("GET /api/v1/tasks", number, params={"due_after": number}),
        await routes.call("POST /api/v1/tasks", number, json={"title": "t", "due_date": number}),
        await routes.call(
            "POST /api/v1/me/tokens", number, json={"name": "n", "scopes": [], "expires_at": number}
        ),
    ]
    assert [answer.status_code for answer in answers] == [422] * 4
    assert all(answer.json()["errors"][-1]["code"] == "string_type" for answer in answers)
