"""The loop that finds users who are due and looks at them."""

import asyncio
import logging
import os
import secrets
import socket
import time

from todo_agent.backend.client import BackendClient
from todo_agent.backend.errors import BackendRefusal
from todo_agent.sweeps import metrics
from todo_agent.sweeps.polling import Pauses
from todo_agent.sweeps.sweep import HeldLease, Sweeper
from todo_kit.drain import Drain
from todo_kit.http_client import ServiceError, UpstreamRejected, UpstreamUnavailable

logger = logging.getLogger(__name__)


class Worker:
    """Claims small batches until the process drains. Any number of workers may run at the same time."""

    def __init__(
        self, backend: BackendClient, *, drain: Drain, poll_seconds: float, batch: int, concurrency: int
    ) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._backend = backend
        self._drain = drain
        self._batch = batch
        self._slots = asyncio.Semaphore(concurrency)
        self._pauses = Pauses(poll_seconds)
        self._sweeper = Sweeper(backend, drain=drain)
        self._outage: str | None = None

    async def run(self) -> None:
        """Work until the drain begins; leases that were claimed but not started are released."""
        while not self._drain.draining:
            await self._rest(await self.look())

    async def look(self) -> float:
        """One claim and all that it brought; returns the seconds to wait before the next."""
        asked_at = time.monotonic()
        try:
            leases = await self._backend.claim(self.name, self._batch)
        except Exception as error:
            return self._failed(error)
        metrics.claims.labels("work" if leases else "idle").inc()
        self._recovered()
        outcomes = await asyncio.gather(*(self._handle_one(HeldLease(lease, asked_at)) for lease in leases))
        if "unavailable" in outcomes:
            return self._pauses.after_failure()
        return self._pauses.after_claim(claimed=len(leases), limit=self._batch)

    async def _handle_one(self, held: HeldLease) -> str:
        async with self._slots:
            return await self._sweeper.handle(held)

    async def _rest(self, seconds: float) -> None:
        """Wait, but not into the drain."""
        if seconds > 0:
            await asyncio.wait({waiting := asyncio.ensure_future(self._drain.wait())}, timeout=seconds)
            waiting.cancel()

    def _failed(self, error: Exception) -> float:
        """Say what is wrong once, however often it is tried."""
        metrics.claims.labels("failed").inc()
        kind = f"{type(error).__name__} {getattr(error, 'code', '')}"
        if kind != self._outage:
            self._outage = kind
            known = isinstance(error, ServiceError | BackendRefusal)
            level = logging.WARNING if isinstance(error, UpstreamUnavailable) else logging.ERROR
            extra = {"reason": _reason(error)}
            logger.log(level, "cannot claim sweeps", extra=extra, exc_info=None if known else error)
        return self._pauses.after_failure()

    def _recovered(self) -> None:
        if self._outage is not None:
            logger.info("claiming sweeps again")
            self._outage = None


def _reason(error: Exception) -> str:
    if isinstance(error, UpstreamRejected) and error.code == "invalid_client":
        return "the backend does not accept AI_AGENT_CLIENT_SECRET"
    return str(error) if isinstance(error, ServiceError | BackendRefusal) else type(error).__name__
