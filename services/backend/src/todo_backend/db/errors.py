"""What a client sees when the database itself is the problem."""

import logging

from asyncpg import exceptions as pg
from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from todo_kit.problem import DependencyUnavailable, Overloaded, ProblemError, problem_response

logger = logging.getLogger(__name__)

DATABASE_ERRORS = (DBAPIError, PoolTimeoutError, pg.PostgresError, pg.InterfaceError, OSError)
_BUSY = (
    pg.LockNotAvailableError,
    pg.QueryCanceledError,
    pg.DeadlockDetectedError,
    pg.TooManyConnectionsError,
)
_GONE = (
    pg.PostgresConnectionError,
    pg.OperatorInterventionError,
    pg.CannotConnectNowError,
    pg.InterfaceError,
    OSError,
)


def install_database_error_handlers(app: FastAPI) -> None:
    """Answer 503 with `Retry-After` when PostgreSQL is away or too busy, instead of 500."""
    for kind in DATABASE_ERRORS:
        app.add_exception_handler(kind, _handle)


async def _handle(_request: Request, error: Exception) -> Response:
    problem = classify(error)
    if problem is None:
        logger.error("unexpected database error", exc_info=error)
        return problem_response(ProblemError("The error has been recorded."))
    logger.warning("database unavailable", extra={"reason": type(_driver_error(error)).__name__})
    return problem_response(problem)


def classify(error: BaseException) -> ProblemError | None:
    """The problem for a database error, or None when it is a fault of ours."""
    driver = _driver_error(error)
    if isinstance(error, PoolTimeoutError) or isinstance(driver, _BUSY):
        return Overloaded(retry_after=1)
    if isinstance(driver, _GONE) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return DependencyUnavailable("The database is not available right now.", retry_after=2)
    return None


def _driver_error(error: BaseException) -> BaseException:
    """The asyncpg error below SQLAlchemy's and its dialect's wrappers."""
    while True:
        inner = getattr(error, "orig", None) or error.__cause__
        if inner is None:
            return error
        error = inner
