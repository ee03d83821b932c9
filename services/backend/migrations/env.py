"""How Alembic reaches the database.

`todo_backend.migrate` hands its own connection over in `config.attributes["connection"]`. Without one (the
`alembic` command line) a connection is made from the backend's settings.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

from todo_backend.db.metadata import metadata
from todo_backend.settings import Settings
from todo_kit.settings import load_settings


def run(connection: Connection) -> None:
    """Run the migrations, or the comparison, on `connection`."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transaction_per_migration=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_from_settings() -> None:
    """Connect as the settings say and run."""
    engine = create_async_engine(load_settings(Settings).asyncpg_url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    run(handed_over)
else:
    asyncio.run(run_from_settings())
