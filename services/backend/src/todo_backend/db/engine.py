"""The database handle: one pool, one gate, two ways through it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from todo_backend.db.gate import Gate
from todo_backend.settings import Settings

_SERVER_SETTINGS = {
    "application_name": "todo-backend",
    "jit": "off",  # compiling costs more than any of our short statements
    "timezone": "UTC",
    "statement_timeout": "10000",
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "15000",
}


class Database:
    """Connections to PostgreSQL.

    `session()` is one transaction: committed when the block ends, rolled back when it raises.
    `read()` is one connection in autocommit mode for a single-statement read.
    Both wait at the same gate, so the pool never has a queue of its own.
    """

    def __init__(self, engine: AsyncEngine, gate: Gate) -> None:
        self.engine = engine
        self._gate = gate
        self._autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)

    @classmethod
    def from_settings(cls, settings: Settings) -> "Database":
        """Make the pool of `settings.database_pool_size`; nothing is connected yet."""
        engine = create_async_engine(
            settings.asyncpg_url,
            pool_size=settings.database_pool_size,
            max_overflow=0,
            pool_timeout=2,
            pool_recycle=1800,
            connect_args={"timeout": 3, "command_timeout": 15, "server_settings": _SERVER_SETTINGS},
        )
        event.listen(engine.sync_engine, "checkout", _refuse_closed_connection)
        return cls(engine, Gate(settings.database_pool_size, max_waiting=settings.database_max_waiting))

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction."""
        async with self._gate, self._sessions() as session, session.begin():
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One connection without a transaction; every statement stands for itself."""
        async with self._gate, self._autocommit.connect() as connection:
            yield connection

    async def ping(self) -> None:
        """Raise unless PostgreSQL answers. Passes by the gate: readiness must not queue behind the load."""
        async with self._autocommit.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close all pooled connections."""
        await self.engine.dispose()


def _refuse_closed_connection(dbapi_connection: Any, _record: Any, _proxy: Any) -> None:
    """Replace a connection that the server has closed, without a round trip.

    asyncpg notices a closed socket by itself, so a restart of PostgreSQL costs no request and no
    `SELECT 1` before each checkout (what `pool_pre_ping` would do).
    """
    if dbapi_connection.driver_connection.is_closed():
        raise DisconnectionError
