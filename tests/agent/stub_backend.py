"""The backend's side of the lease protocol, small and in memory, behind real HTTP on a loopback port.

It runs in a thread with a loop of its own, so that tests may also point agents in other processes at it.
"""

import asyncio
import base64
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

SECRET = "development-ai-agent-secret"


@dataclass
class User:
    """One row of sweep state, and the snapshot that a claim of it brings."""

    snapshot: dict[str, Any]
    agent: str = "overdue"
    id: UUID = field(default_factory=uuid4)
    due_at: datetime | None = None
    fence: int = 0
    lease_until: datetime | None = None
    attempts: int = 0
    completed: list[str | None] = field(default_factory=list)
    released: int = 0

    def is_due(self, now: datetime) -> bool:
        leased = self.lease_until is not None and self.lease_until > now
        return self.due_at is not None and self.due_at <= now and not leased


@dataclass
class Answer:
    """What the stub says instead of doing its work."""

    status: int
    code: str
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        body = {"status": self.status, "code": self.code, "detail": self.code}
        return JSONResponse(body, self.status, self.headers, media_type="application/problem+json")


class StubBackend:
    """Set what it should do through the attributes; read what happened from them."""

    def __init__(self) -> None:
        self.users: dict[UUID, User] = {}
        self.suggestions: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str | None]] = []
        self.tokens: set[str] = set()
        self.lease_seconds = 60.0
        self.answers: dict[str, Answer] = {}
        self.before: Callable[[str], float] = lambda _path: 0.0
        self.url = ""
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def add(self, snapshot: dict[str, Any], *, agent: str = "overdue") -> User:
        user = User(snapshot, agent=agent, due_at=datetime.now(UTC))
        self.users[user.id] = user
        return user

    def count(self, path_end: str) -> int:
        return sum(path.endswith(path_end) for path, _ in list(self.requests))

    @contextmanager
    def running(self, port: int = 0) -> Iterator["StubBackend"]:
        self.start(port)
        try:
            yield self
        finally:
            self.stop()

    def start(self, port: int = 0) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(self._app(), log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(5)
            self._server = None

    def _app(self) -> FastAPI:
        app = FastAPI()
        app.add_api_route("/health", lambda: {"status": "ok"})
        app.add_api_route("/oauth/token", self._token, methods=["POST"])
        app.add_api_route("/api/v1/sweeps/claim", self._guarded(self._claim), methods=["POST"])
        app.add_api_route("/api/v1/suggestions", self._guarded(self._suggest), methods=["POST"])
        app.add_api_route(
            "/api/v1/sweeps/{user_id}/{agent}/{action}", self._guarded(self._give_back), methods=["POST"]
        )
        return app

    async def _token(self, request: Request) -> Response:
        self.requests.append((request.url.path, request.headers.get("X-Request-ID")))
        expected = "Basic " + base64.b64encode(f"ai-agent:{SECRET}".encode()).decode()
        if request.headers.get("Authorization") != expected:
            return Answer(401, "invalid_client").response()
        token = uuid4().hex
        self.tokens.add(token)
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": 300})

    def _guarded(self, handler: Callable[..., Response]) -> Callable[[Request], Any]:
        async def route(request: Request) -> Response:
            path = request.url.path
            self.requests.append((path, request.headers.get("X-Request-ID")))
            if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
                return Answer(401, "unauthorized").response()
            for end, answer in self.answers.items():
                if path.endswith(end):
                    return answer.response()
            response = handler(request, await request.json())
            await asyncio.sleep(self.before(path))
            return response

        return route

    def _claim(self, _request: Request, body: dict[str, Any]) -> Response:
        now = datetime.now(UTC)
        due = [user for user in self.users.values() if user.is_due(now)]
        return JSONResponse({"leases": [self._lease(user, now) for user in due[: body["limit"]]]})

    def _lease(self, user: User, now: datetime) -> dict[str, Any]:
        due_at, until = user.due_at, now + timedelta(seconds=self.lease_seconds)
        user.fence += 1
        user.attempts += 1
        user.lease_until = user.due_at = until
        return {
            "user_id": str(user.id),
            "agent": user.agent,
            "fence": user.fence,
            "lease_seconds": self.lease_seconds,
            "lease_until": until.isoformat(),
            "due_at": due_at.isoformat() if due_at else None,
            "snapshot": user.snapshot,
        }

    def _suggest(self, request: Request, body: dict[str, Any]) -> Response:
        user = self.users[UUID(body["user_id"])]
        if body["fence"] != user.fence or user.lease_until is None:
            return Answer(409, "stale_fence").response()
        known = [card for card in self.suggestions if card["fingerprint"] == body["fingerprint"]]
        if known:
            return JSONResponse(known[0], 200)
        self.suggestions.append(body | {"request_id": request.headers.get("X-Request-ID")})
        return JSONResponse(body, 201)

    def _give_back(self, request: Request, body: dict[str, Any]) -> Response:
        user = self.users[UUID(request.path_params["user_id"])]
        if body["fence"] != user.fence or user.lease_until is None:
            return Answer(409, "stale_fence").response()
        user.lease_until, user.attempts = None, 0
        if request.path_params["action"] == "release":
            user.released += 1
            user.due_at = datetime.now(UTC)
        else:
            user.completed.append(body["next_due_at"])
            user.due_at = datetime.fromisoformat(body["next_due_at"]) if body["next_due_at"] else None
        return Response(status_code=204)
