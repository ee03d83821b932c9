"""A database handle for tests that leave nothing behind."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import TextClause, event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from todo_backend.db.engine import APP_ROLE, SYSTEM_ROLE, Database
from todo_backend.db.schema import current_revision

_PATIENCE = 10.0
_FORGET_USER = "SELECT set_config('app.user_id', '', true)"
_TAKE_ROLE = text(f"SELECT set_config('role', :role, true), ({_FORGET_USER})")


class JoinedDatabase(Database):
    """Every transaction is a savepoint inside one outer transaction, which the test's end rolls back.

    What a request commits, the next one sees; what it rolls back is gone. Roles and row-level security are
    those of the real handle. Requests take turns on the one connection. The clock of the database stands
    still: `now()` is when the outer transaction began. Tests of clocks and concurrency use `live_backend`.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()
        self._autocommit = False
        event.listen(connection.sync_connection, "after_cursor_execute", self._end_of_statement)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction on behalf of a user, as a savepoint."""
        async with self._turn_of(APP_ROLE), self._savepoint() as session:
            yield session

    @asynccontextmanager
    async def system_session(self) -> AsyncIterator[AsyncSession]:
        """One transaction that is bound to no user, as a savepoint."""
        async with self._turn_of(SYSTEM_ROLE), self._savepoint() as session:
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """The connection; as in autocommit mode, who the caller is ends with the statement that found it."""
        async with self._turn_of(APP_ROLE), self._connection.begin_nested():
            self._autocommit = True
            try:
                yield self._connection
            finally:
                self._autocommit = False

    async def read_row(self, statement: TextClause, values: Mapping[str, Any]) -> Any:
        """The only row, over the one connection; `live_backend` has the real handle's way to the driver."""
        async with self.read() as connection:
            return (await connection.execute(statement, values)).one_or_none()

    async def schema_revision(self) -> str | None:
        """The database's revision."""
        async with self._turn_of(SYSTEM_ROLE):
            return await current_revision(self._connection)

    async def close(self) -> None:
        """Nothing: the connection belongs to the test."""

    @asynccontextmanager
    async def _turn_of(self, role: str) -> AsyncIterator[None]:
        try:
            await asyncio.wait_for(self._turn.acquire(), _PATIENCE)
        except TimeoutError:
            raise AssertionError("a request asked for a second connection while it held one") from None
        try:
            await self._connection.execute(_TAKE_ROLE, {"role": role})
            yield
        finally:
            self._turn.release()

    @asynccontextmanager
    async def _savepoint(self) -> AsyncIterator[AsyncSession]:
        joined = AsyncSession(
            self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        async with joined as session, session.begin():
            yield session

    def _end_of_statement(self, connection: Any, *_: Any) -> None:
        if self._autocommit:
            cursor = connection.connection.cursor()
            cursor.execute(_FORGET_USER)
            cursor.close()
