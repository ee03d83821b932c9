"""Steady load through the Ingress, and the books to hold against the database afterwards."""

import asyncio
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType

import httpx

TIMEOUT = httpx.Timeout(10, connect=5)


@dataclass(frozen=True, slots=True)
class Failure:
    """One request that got no good answer."""

    second: float
    what: str
    why: str


@dataclass(slots=True)
class Books:
    """What was sent and what came back."""

    milliseconds: list[float] = field(default_factory=list)
    by_kind: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    unanswered: set[str] = field(default_factory=set)

    def percentile(self, share: float) -> float:
        """The `share` (0 to 1) percentile of the good answers, in milliseconds."""
        ordered = sorted(self.milliseconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0

    def line(self, seconds: float) -> str:
        """One line of figures."""
        kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(self.by_kind.items()))
        total = len(self.milliseconds) + len(self.failures)
        return (
            f"{total} requests in {seconds:.0f} s ({total / seconds:.0f}/s): {len(self.failures)} failed, "
            f"p50 {self.percentile(0.5):.0f} ms, p95 {self.percentile(0.95):.0f} ms, "
            f"p99 {self.percentile(0.99):.0f} ms, slowest {self.percentile(1):.0f} ms; {kinds}"
        )


class Load:
    """`per_second` requests from `workers` clients that keep their connections, like browsers or scripts.

    A client sends a request when its turn comes, never more than one at a time, and never a second time: what
    fails is counted, not tried again. Of ten requests five read tasks through the API, one writes one with an
    idempotency key, three are pages (two of them logged in), and one reads a single task.
    """

    PLAN = ("list", "page", "list", "write", "list", "landing", "list", "page", "list", "read")

    def __init__(
        self, url: str, tokens: list[str], *, host: str, per_second: float = 65, workers: int = 24
    ) -> None:
        self.books = Books()
        self._url = url
        self._host = host
        self.prefix = f"load {secrets.token_hex(3)}"
        self._tokens = tokens
        self._pause = workers / per_second
        self._workers = workers
        self._serial = count()
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._started = 0.0
        self.seconds = 0.0

    async def __aenter__(self) -> "Load":
        self._started = time.monotonic()
        self._tasks = [asyncio.create_task(self._client(number)) for number in range(self._workers)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        await asyncio.gather(*self._tasks)
        self.seconds = time.monotonic() - self._started

    async def _client(self, number: int) -> None:
        token = self._tokens[number % len(self._tokens)]
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
        await asyncio.sleep(self._pause * number / self._workers)
        client = httpx.AsyncClient(
            base_url=self._url, headers={"Host": self._host}, timeout=TIMEOUT, limits=limits, trust_env=False
        )
        async with client:
            last = "/api/v1/tasks?limit=1"
            for turn in count(number):
                if self._stop.is_set():
                    return
                due = time.monotonic() + self._pause
                kind = self.PLAN[turn % len(self.PLAN)]
                location = await self._one(client, kind, token, last)
                last = location or last
                await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _one(self, client: httpx.AsyncClient, kind: str, token: str, last: str) -> str | None:
        """Send one request and book it; the address of the task it made, if it made one."""
        bearer = {"Authorization": f"Bearer {token}"}
        title = f"{self.prefix} {next(self._serial)}"
        began = time.monotonic()
        try:
            match kind:
                case "landing":
                    answer, wanted = await client.get("/"), 200
                case "page":
                    answer, wanted = await client.get("/app", headers={"Cookie": f"session={token}"}), 200
                case "list":
                    answer, wanted = await client.get("/api/v1/tasks?limit=20", headers=bearer), 200
                case "write":
                    self.books.unanswered.add(title)
                    headers = {**bearer, "Idempotency-Key": title.replace(" ", "-")}
                    answer, wanted = (
                        await client.post("/api/v1/tasks", json={"title": title}, headers=headers),
                        201,
                    )
                case _:
                    answer, wanted = await client.get(last, headers=bearer), 200
        except httpx.HTTPError as error:
            self._fail(began, kind, f"{type(error).__name__}: {error}")
            return None
        if answer.status_code != wanted:
            self._fail(began, kind, f"{answer.status_code} {answer.text[:160]}")
            return None
        self.books.milliseconds.append((time.monotonic() - began) * 1000)
        self.books.by_kind[kind] += 1
        if kind != "write":
            return None
        self.books.unanswered.discard(title)
        self.books.acknowledged.append(title)
        return f"/api/v1/tasks/{answer.json()['id']}"

    def _fail(self, began: float, kind: str, why: str) -> None:
        self.books.failures.append(Failure(round(began - self._started, 1), kind, why))
