"""Liveness and readiness, as Kubernetes, compose and load balancers ask for them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI, Response
from pydantic import BaseModel

from todo_kit.drain import Drain

logger = logging.getLogger(__name__)

Check = Callable[[], Awaitable[None]]
"""Returns when what it asks about is fine and raises when it is not."""


class NotReady(Exception):
    """Raised by a check to give a short reason that outsiders may read."""


class Health(BaseModel):
    status: str


class CheckResult(BaseModel):
    ok: bool
    reason: str | None = None


class Readiness(BaseModel):
    """`status` is `ready`, `unavailable` (see `checks`) or `draining` (the process is about to stop)."""

    status: str
    checks: dict[str, CheckResult]


def add_health_routes(app: FastAPI, checks: Mapping[str, Check], *, timeout: float = 0.8) -> None:
    """Add `GET /health`, which touches nothing, and `GET /ready`, which asks every check at once.

    A check that takes longer than `timeout` seconds counts as failed, so the answer comes in under a second.
    """
    probe = _Probe(checks, timeout=timeout)

    @app.get("/health", tags=["health"])
    async def health() -> Health:
        """The process runs and its event loop turns."""
        return Health(status="ok")

    @app.get(
        "/ready",
        tags=["health"],
        response_model_exclude_none=True,
        responses={503: {"model": Readiness, "description": "Not ready, or about to stop"}},
    )
    async def ready(response: Response) -> Readiness:
        """The service has what it needs to answer requests."""
        results = await probe.run()
        drain: Drain | None = getattr(app.state, "drain", None)
        response.headers["Cache-Control"] = "no-store"
        if drain is not None and drain.draining:
            status = "draining"
        else:
            status = "ready" if all(result.ok for result in results.values()) else "unavailable"
        response.status_code = 200 if status == "ready" else 503
        return Readiness(status=status, checks=results)


class _Probe:
    """Runs the checks and logs when what is missing changes, rather than once per probe."""

    def __init__(self, checks: Mapping[str, Check], *, timeout: float) -> None:
        self._checks = dict(checks)
        self._timeout = timeout
        self._missing: dict[str, str] = {}

    async def run(self) -> dict[str, CheckResult]:
        if not self._checks:
            return {}
        tasks = {name: asyncio.ensure_future(_outcome(check)) for name, check in self._checks.items()}
        await asyncio.wait(tasks.values(), timeout=self._timeout)
        results = {name: _result(task) for name, task in tasks.items()}
        self._log_changes({name: result.reason or "" for name, result in results.items() if not result.ok})
        return results

    def _log_changes(self, missing: dict[str, str]) -> None:
        if missing and missing != self._missing:
            logger.warning("not ready", extra={"missing": missing})
        elif self._missing and not missing:
            logger.info("ready again")
        self._missing = missing


async def _outcome(check: Check) -> CheckResult:
    try:
        await check()
    except NotReady as error:
        return CheckResult(ok=False, reason=str(error))
    except Exception as error:
        logger.debug("readiness check failed", exc_info=error)
        return CheckResult(ok=False, reason="unavailable")
    return CheckResult(ok=True)


def _result(task: "asyncio.Future[CheckResult]") -> CheckResult:
    """The outcome so far. A check that ignores its cancellation must not hold up the answer."""
    if task.done():
        return task.result()
    task.cancel()
    return CheckResult(ok=False, reason="timeout")
