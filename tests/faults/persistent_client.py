"""A client as the API wants them: a key for each write, the same key for each try, until an answer comes."""

import asyncio
import time
from collections import Counter
from typing import Any

import httpx
from tests.backend.running.users import SignedIn

_PAUSE = 0.05


class PersistentClient:
    """Tries again on 503 and on a lost connection; `seen` counts what came back.

    Anything else than a success or a clear refusal (a problem document with `Retry-After`) fails the test.
    """

    def __init__(self, user: SignedIn) -> None:
        self.user = user
        self.seen: Counter[str] = Counter()
        self.successes: list[float] = []
        """When each success arrived, by the monotonic clock."""

    async def post(self, path: str, body: Any, *, key: str, tries: int = 10_000) -> httpx.Response | None:
        """The answer; None when none came in that many tries."""
        for _ in range(tries):
            answer = await self.attempt("POST", path, json=body, headers={"Idempotency-Key": key})
            if answer is not None:
                return answer
            await asyncio.sleep(_PAUSE)
        return None

    async def attempt(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        """One try."""
        try:
            answer = await self.user.client.request(method, path, **more)
        except httpx.TransportError:
            self.seen["connections lost"] += 1
            return None
        if answer.status_code == 503:
            self.seen["answers 503"] += 1
            check_unavailable(answer)
            return None
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        self.seen["replayed answers"] += "Idempotency-Replayed" in answer.headers
        self.successes.append(time.monotonic())
        return answer


def check_unavailable(answer: httpx.Response) -> None:
    """A 503 says that it is one, when to come back and nothing about our insides."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) >= 1
    problem = answer.json()
    assert problem["status"] == 503
    assert problem["code"] in {"dependency_unavailable", "overloaded"}, problem
    assert problem["request_id"] == answer.headers["X-Request-ID"]
    inside = ("asyncpg", "sqlalchemy", "Traceback", "INSERT", "SELECT", "127.0.0.1", "postgres")
    assert [word for word in inside if word in answer.text] == []
