"""The database handle."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from todo_backend.db.direct import fetch_row
from todo_backend.db.gate import Gate
from todo_backend.db.schema import current_revision
from todo_backend.settings import Settings

_SERVER_SETTINGS = {
    "application_name": "todo-backend",
    "jit": "off",  # compiling costs more than any of our short statements
    "timezone": "UTC",
    "statement_timeout": "10000",
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "15000",
}


APP_ROLE = "todo_app"
SYSTEM_ROLE = "todo_system"


class Database:
    """Connections to PostgreSQL, in two roles (docs/adr/0008).

    `session()` is one transaction: committed when the block ends, rolled back when it raises. `read()` is one
    connection in autocommit mode for a single-statement read. Both see nothing until the caller is known and
    then only the caller's rows; `act_for` makes a user known in a transaction without a caller.
    `system_session()` sees all users' rows: for log-in, the agents' claims and housekeeping.
    Each role has a pool and a gate in front of it, so the pools never have queues of their own.
    """

    def __init__(self, app: "Pool", system: "Pool") -> None:
        self._app = app
        self._system = system

    @classmethod
    def from_settings(cls, settings: Settings) -> "Database":
        """Make both pools; nothing is connected yet."""
        return cls(
            Pool.for_role(APP_ROLE, settings, size=settings.database_pool_size),
            Pool.for_role(SYSTEM_ROLE, settings, size=settings.database_system_pool_size),
        )

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction on behalf of a user."""
        async with self._app.gate, self._app.sessions() as session, session.begin():
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One connection without a transaction on behalf of a user; every statement stands for itself."""
        async with self._app.gate, self._app.autocommit.connect() as connection:
            yield connection

    async def read_row(self, statement: TextClause, values: Mapping[str, Any]) -> Any:
        """The only row of a single-statement read, its columns as attributes (`db.direct`)."""
        async with self._app.gate:
            return await fetch_row(self._app.engine, statement, values)

    @asynccontextmanager
    async def system_session(self) -> AsyncIterator[AsyncSession]:
        """One transaction that is bound to no user."""
        async with self._system.gate, self._system.sessions() as session, session.begin():
            yield session

    async def schema_revision(self) -> str | None:
        """The database's revision. Passes by the gate: readiness must not queue behind the load."""
        async with self._system.autocommit.connect() as connection:
            return await current_revision(connection)

    async def close(self) -> None:
        """Close all pooled connections."""
        await self._app.engine.dispose()
        await self._system.engine.dispose()


class Pool:
    """The connections of one role."""

    def __init__(self, engine: AsyncEngine, gate: Gate) -> None:
        self.engine = engine
        self.gate = gate
        self.autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.sessions = async_sessionmaker(engine, expire_on_commit=False)

    @classmethod
    def for_role(cls, role: str, settings: Settings, *, size: int) -> "Pool":
        """At most `size` connections, which take on `role` as they are made."""
        engine = create_async_engine(
            settings.asyncpg_url,
            pool_size=size,
            max_overflow=0,
            pool_timeout=2,
            pool_recycle=1800,
            hide_parameters=True,  # errors are logged; the values of a statement are not for the log
            connect_args={
                "timeout": 3,
                "command_timeout": 15,
                "server_settings": _SERVER_SETTINGS | {"role": role},
            },
        )
        event.listen(engine.sync_engine, "checkout", _refuse_closed_connection)
        return cls(engine, Gate(size, max_waiting=settings.database_max_waiting))


async def act_for(session: AsyncSession, user_id: UUID) -> None:
    """Let the rest of the transaction see the rows of `user_id`, and only those."""
    await session.execute(text("SELECT set_config('app.user_id', :user_id, true)"), {"user_id": str(user_id)})


def _refuse_closed_connection(dbapi_connection: Any, _record: Any, _proxy: Any) -> None:
    """Replace a connection that the server has closed, without a round trip.

    asyncpg notices a closed socket by itself, so a restart of PostgreSQL costs no request and no
    `SELECT 1` before each checkout (what `pool_pre_ping` would do).
    """
    if dbapi_connection.driver_connection.is_closed():
        raise DisconnectionError
