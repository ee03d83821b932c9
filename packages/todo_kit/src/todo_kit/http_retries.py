"""The one layer that repeats failed calls, as an httpx transport around another."""

import asyncio
import logging
import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import cast

import httpx
from tenacity import AsyncRetrying, Future, RetryCallState, retry_if_exception, retry_if_result

logger = logging.getLogger(__name__)

STREAMED: dict[str, object] = {"deadline": float("-inf")}
"""Request extensions for a call whose body the caller reads as it comes; it is made once."""


def whole_answer_by(deadline: float) -> dict[str, object]:
    """Request extensions for a call whose body belongs to the attempt; `deadline` is in the loop's time."""
    return {"deadline": deadline, "whole": True}


_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout)
_MAYBE_SENT = (
    httpx.ReadError,
    httpx.ReadTimeout,
    httpx.WriteError,
    httpx.WriteTimeout,
    httpx.RemoteProtocolError,
)
_TRY_AGAIN = frozenset({429, 502, 503, 504})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MAX_PAUSE = 2.0


class RetryTransport(httpx.AsyncBaseTransport):
    """Repeats a call up to `max_attempts` times with full jitter, never past its deadline.

    The deadline comes with the request (`whole_answer_by`). `Retry-After` is honoured when
    it ends before the deadline; otherwise the answer is handed back as it is.
    """

    def __init__(
        self, inner: httpx.AsyncBaseTransport, *, service: str, max_attempts: int, backoff: float
    ) -> None:
        self._inner = inner
        self._service = service
        self._max_attempts = max_attempts
        self._backoff = backoff

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        # Nearly every call succeeds at once; the machinery for the others is worth about 50 microseconds.
        try:
            first: httpx.Response | Exception = await self._send(request)
        except httpx.TransportError as error:
            first = error
        if not self._may_repeat(request, first):
            return _replay(first)
        return await self._repeat(request, first)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _send(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if request.extensions.get("whole"):
            await response.aread()  # a body that breaks off is one more reason to try again
        return response

    async def _repeat(self, request: httpx.Request, first: httpx.Response | Exception) -> httpx.Response:
        known: list[httpx.Response | Exception] = [first]

        async def attempt() -> httpx.Response:
            return _replay(known.pop()) if known else await self._send(request)

        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda error: self._may_repeat(request, error))
            | retry_if_result(lambda response: self._may_repeat(request, response)),
            wait=self._pause,
            stop=lambda state: self._is_last(request, state),
            before_sleep=self._before_next,
            retry_error_callback=_last_outcome,
        )
        response: httpx.Response = await retrying(attempt)
        return response

    def _may_repeat(self, request: httpx.Request, outcome: httpx.Response | BaseException) -> bool:
        if isinstance(outcome, _NOT_SENT):
            return True
        repeatable = request.method in _SAFE or "Idempotency-Key" in request.headers
        if isinstance(outcome, httpx.Response):
            return repeatable and outcome.status_code in _TRY_AGAIN
        return repeatable and isinstance(outcome, _MAYBE_SENT)

    def _pause(self, state: RetryCallState) -> float:
        """Full jitter (AWS, "Exponential backoff and jitter"), or what the server asked for if longer."""
        if self._backoff == 0:
            return 0.0
        ceiling = min(_MAX_PAUSE, self._backoff * 2 ** (state.attempt_number - 1))
        pause = random.uniform(0, ceiling)  # noqa: S311  # spreads load, protects nothing
        return max(pause, _asked_for(state))

    def _is_last(self, request: httpx.Request, state: RetryCallState) -> bool:
        if state.attempt_number >= self._max_attempts:
            return True
        deadline = float(request.extensions.get("deadline", float("inf")))
        return asyncio.get_running_loop().time() + state.upcoming_sleep >= deadline

    async def _before_next(self, state: RetryCallState) -> None:
        outcome = _outcome(state)
        error = outcome.exception()
        reason = type(error).__name__ if error else f"status {outcome.result().status_code}"
        extra = {"upstream": self._service, "attempt": state.attempt_number, "reason": reason}
        logger.warning("calling again", extra=extra)
        if error is None:
            await outcome.result().aclose()


def _asked_for(state: RetryCallState) -> float:
    outcome = _outcome(state)
    return 0.0 if outcome.failed else retry_after_seconds(outcome.result()) or 0.0


def _last_outcome(state: RetryCallState) -> httpx.Response:
    response: httpx.Response = _outcome(state).result()
    return response


def _outcome(state: RetryCallState) -> Future:
    return cast(Future, state.outcome)  # tenacity sets it before it asks any of our callables


def _replay(outcome: httpx.Response | Exception) -> httpx.Response:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def retry_after_seconds(response: httpx.Response) -> float | None:
    """`Retry-After` in seconds from now, whether given in seconds or as a date (RFC 9110, 10.2.3)."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
