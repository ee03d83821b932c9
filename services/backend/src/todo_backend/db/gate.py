"""A first-come, first-served door in front of the connection pool.

SQLAlchemy's own asynchronous queue is unfair under contention: with 100 waiting requests some wait more than
a second while later ones overtake them. A semaphore of the pool's size serves them in order, and a bound on
the queue turns overload into a quick, honest 503 instead of a time-out.
"""

import asyncio
from types import TracebackType

from prometheus_client import Gauge

from todo_kit.metrics import REGISTRY
from todo_kit.problem import Overloaded

_waiting = Gauge("database_gate_waiting", "Requests waiting for a database connection", registry=REGISTRY)


class Gate:
    """Admits `size` holders at a time and lets at most `max_waiting` more wait in line.

    Entering raises `Overloaded` (503 with `Retry-After`) at once when the line is full.
    """

    def __init__(self, size: int, *, max_waiting: int) -> None:
        self._semaphore = asyncio.Semaphore(size)
        self._max_waiting = max_waiting
        self._line = 0

    async def __aenter__(self) -> None:
        if not self._semaphore.locked():
            await self._semaphore.acquire()
            return
        if self._line >= self._max_waiting:
            raise Overloaded(retry_after=1)
        self._line += 1
        _waiting.set(self._line)
        try:
            await self._semaphore.acquire()
        finally:
            self._line -= 1
            _waiting.set(self._line)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._semaphore.release()
