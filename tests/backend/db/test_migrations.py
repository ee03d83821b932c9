"""The schema's way up and down, and what happens when releases and schemas do not match."""

import asyncio

import asyncpg
import httpx
import pytest

from devstack.postgres import EmbeddedPostgres
from todo_backend import migrate
from todo_backend.app import create_app
from todo_backend.db.schema import is_behind, known_revisions
from todo_backend.settings import Settings

_COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, column_default
      FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2
"""


@pytest.fixture
def empty_database(postgres_server: EmbeddedPostgres, request: pytest.FixtureRequest) -> str:
    """The URL of a database without any table."""
    name = f"empty_{abs(hash(request.node.nodeid))}"
    postgres_server.sql(f"CREATE DATABASE {name}")
    return postgres_server.url(name)


async def _columns(url: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(_COLUMNS)
    finally:
        await connection.close()


async def _set_revision(url: str, revision: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("UPDATE alembic_version SET version_num = $1", revision)
    await connection.close()


async def test_models_and_migrations_agree(fresh_database: str) -> None:
    await migrate.check(fresh_database)


async def test_up_down_up_gives_the_same_schema(empty_database: str) -> None:
    await migrate.upgrade(empty_database)
    first = await _columns(empty_database)
    await migrate.downgrade(empty_database, "base")
    left = {row["table_name"] for row in await _columns(empty_database)}
    await migrate.upgrade(empty_database)
    assert left <= {"alembic_version"}
    assert await _columns(empty_database) == first


async def test_every_single_step_can_be_taken_back(empty_database: str) -> None:
    for revision in reversed(known_revisions()):
        await migrate.upgrade(empty_database, revision)
        before = await _columns(empty_database)
        await migrate.downgrade(empty_database, "-1")
        await migrate.upgrade(empty_database, revision)
        assert await _columns(empty_database) == before


async def test_runners_that_start_together_take_turns(empty_database: str) -> None:
    await asyncio.gather(*(migrate.upgrade(empty_database) for _ in range(4)))
    await migrate.check(empty_database)


async def test_a_newer_schema_is_left_alone(fresh_database: str) -> None:
    await _set_revision(fresh_database, "9999_from_the_future")
    before = await _columns(fresh_database)
    await migrate.upgrade(fresh_database)
    assert await _columns(fresh_database) == before


@pytest.mark.parametrize(
    ("revision", "behind"),
    [(None, True), (known_revisions()[-1], True), (known_revisions()[0], False), ("9999_future", False)],
)
def test_ahead_is_accepted_and_behind_is_not(revision: str | None, behind: bool) -> None:
    assert is_behind(revision) is behind


async def test_readiness_says_that_the_schema_is_behind(fresh_database: str) -> None:
    await _set_revision(fresh_database, known_revisions()[-1])
    app = create_app(Settings(database_url=fresh_database))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://backend") as client:
        answer = await client.get("/ready")
    await app.state.database.close()
    assert answer.status_code == 503
    assert answer.json()["checks"] == {
        "database": {"ok": False, "reason": "the schema is behind this release"}
    }
