"""Wait for this release's schema: `python -m todo_backend.wait_for_schema [--timeout SECONDS]`.

Runs before the service where something else migrates. A schema that is ahead is good enough, so going back to
this release never waits here.
"""

import argparse
import asyncio
import logging
import sys
import time

from asyncpg import PostgresError
from sqlalchemy import pool
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from todo_backend.db.schema import current_revision, is_behind
from todo_backend.settings import Settings
from todo_kit.logging import configure_logging
from todo_kit.settings import ConfigurationError, load_settings

logger = logging.getLogger("todo_backend.wait_for_schema")

PAUSE_SECONDS = 0.5


async def wait(url: str, *, seconds: float) -> bool:
    """Whether the schema was there within `seconds`. `url` is in SQLAlchemy's form for asyncpg."""
    give_up = time.monotonic() + seconds
    last = ""
    while time.monotonic() < give_up:
        missing = await _missing(url)
        if missing is None:
            return True
        if missing != last:
            logger.info("waiting", extra={"for": missing})
            last = missing
        await asyncio.sleep(PAUSE_SECONDS)
    return False


async def _missing(url: str) -> str | None:
    """What is not there yet, or None."""
    engine = create_async_engine(url, poolclass=pool.NullPool, connect_args={"timeout": 3})
    try:
        async with engine.connect() as connection:
            return "the migration" if is_behind(await current_revision(connection)) else None
    except (OSError, PostgresError, DBAPIError):
        return "the database"
    finally:
        await engine.dispose()


def main() -> None:
    """The command line; exit code 2 for a wrong setting, 1 when the time is over."""
    parser = argparse.ArgumentParser(prog="todo_backend.wait_for_schema", description=__doc__.splitlines()[0])
    parser.add_argument("--timeout", type=float, default=300, help="seconds to wait (default 300)")
    arguments = parser.parse_args()
    try:
        settings = load_settings(Settings)
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    configure_logging(service="backend-wait", level=settings.log_level, log_format=settings.log_format)
    if not asyncio.run(wait(settings.asyncpg_url, seconds=arguments.timeout)):
        logger.error("the schema is still missing; look at the migration's log")
        sys.exit(1)


if __name__ == "__main__":
    main()
