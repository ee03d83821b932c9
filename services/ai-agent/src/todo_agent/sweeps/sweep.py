"""One lease, from the look at the user to giving it back."""

import logging
import math
import time
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from todo_agent.backend.client import BackendClient
from todo_agent.backend.dto import Lease, Snapshot, SuggestionDraft
from todo_agent.backend.errors import (
    BackendRefusal,
    HourLimitReached,
    OpenLimitReached,
    StaleFence,
    SuggestionUnwanted,
)
from todo_agent.sweeps import metrics
from todo_agent.sweeps.evaluate import evaluate
from todo_agent.sweeps.limiter import SuggestionLimiter
from todo_kit.drain import Drain
from todo_kit.http_client import UpstreamRejected, UpstreamUnavailable
from todo_kit.request_context import bind_request_context

logger = logging.getLogger(__name__)

Outcome = Literal["completed", "released", "stale", "rejected", "unavailable", "failed"]


@dataclass(frozen=True)
class HeldLease:
    """A lease and when we asked for it: it may have begun then, so that is where it is counted from."""

    lease: Lease
    asked_at: float  # time.monotonic()

    def is_half_gone(self) -> bool:
        """Too old to start: what is left may not be enough, and another worker would overlap with us."""
        return time.monotonic() - self.asked_at > self.lease.lease_seconds / 2


class Sweeper:
    """Handles leases. Never raises: whatever goes wrong with one user stays with that user."""

    def __init__(self, backend: BackendClient, *, drain: Drain) -> None:
        self._backend = backend
        self._drain = drain
        self._limiter = SuggestionLimiter()

    async def handle(self, held: HeldLease) -> Outcome:
        """Look at the user, post what there is to say, complete the lease. Has a request id of its own."""
        lease = held.lease
        started = time.monotonic()
        with bind_request_context():
            outcome = await self._outcome(held)
            metrics.sweeps.labels(lease.agent, outcome).inc()
            spent = round((time.monotonic() - started) * 1000, 2)
            fields = {"user_id": str(lease.user_id), "agent": lease.agent}
            logger.info("sweep", extra={**fields, "outcome": outcome, "duration_ms": spent})
        return outcome

    async def _outcome(self, held: HeldLease) -> Outcome:
        try:
            if self._drain.draining or held.is_half_gone():
                await self._backend.release(held.lease)
                return "released"
            return await self._sweep(held.lease)
        except StaleFence:
            return "stale"
        except UpstreamUnavailable as error:
            if error.status is None:
                await self._try_to_release(held.lease)
            return "unavailable"  # after a 5xx the lease runs out first, or we would be back at once
        except (UpstreamRejected, BackendRefusal) as error:
            logger.warning("the backend refused", extra={"reason": str(error)})
            return "rejected"
        except Exception as error:
            _log_failure(held.lease, error)
            return "failed"  # left to lease expiry, which counts the attempt

    async def _sweep(self, lease: Lease) -> Outcome:
        snapshot = Snapshot.model_validate(lease.snapshot)
        if lease.due_at is not None:
            metrics.lateness.labels(lease.agent).observe((snapshot.now - lease.due_at).total_seconds())
        evaluation = evaluate(lease.agent, snapshot)
        retry_in = await self._post_all(lease, evaluation.drafts)
        next_due_at = evaluation.next_due_at
        if retry_in is not None:
            next_due_at = _earlier(next_due_at, snapshot.now + timedelta(seconds=math.ceil(retry_in)))
        await self._backend.complete(lease, next_due_at)
        return "completed"

    async def _post_all(self, lease: Lease, drafts: tuple[SuggestionDraft, ...]) -> float | None:
        """Post until a limit is reached; seconds until the rest may be posted, None when nothing is left."""
        for draft in drafts:
            wait = self._limiter.wait_seconds(lease.user_id)
            if wait > 0:
                metrics.suggestions.labels(draft.rule, "limited").inc()
                return wait
            try:
                result = await self._post(lease, draft)
            except HourLimitReached as limit:
                self._limiter.block(lease.user_id, limit.retry_after)
                result = "limited"
            except OpenLimitReached:
                metrics.suggestions.labels(draft.rule, "full").inc()
                return None  # a decision of the user makes room, and brings the next sweep
            metrics.suggestions.labels(draft.rule, result).inc()
            if result == "limited":
                return self._limiter.wait_seconds(lease.user_id)
        return None

    async def _post(self, lease: Lease, draft: SuggestionDraft) -> str:
        try:
            created = await self._backend.suggest(lease, draft)
        except SuggestionUnwanted:
            return "unwanted"
        except UpstreamRejected as error:
            extra = {"rule": draft.rule, "status": error.status, "code": error.code}
            logger.warning("suggestion refused", extra=extra)
            return "refused"
        if created:
            self._limiter.record(lease.user_id)
        return "created" if created else "known"

    async def _try_to_release(self, lease: Lease) -> None:
        """So that the user need not wait for the lease to run out, if the backend is back already."""
        try:
            await self._backend.release(lease)
        except Exception as error:
            logger.debug("not released", extra={"reason": type(error).__name__})


def _log_failure(lease: Lease, error: Exception) -> None:
    """Without the error's own text, which may quote the user's tasks."""
    extra = {"user_id": str(lease.user_id), "error": type(error).__name__, "at": _place_of(error)}
    logger.error("sweep failed", extra=extra)


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)


def _place_of(error: Exception) -> str:
    """Where it was raised, as `file:line`, without the message."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
