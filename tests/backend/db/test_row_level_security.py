"""The second wall: what the database itself refuses, whatever the queries forget (docs/adr/0008)."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from devstack.postgres import EmbeddedPostgres

# Tables that hold nothing of a user.
WITHOUT_POLICY = {"alembic_version"}
# Only the system role has business here.
SYSTEM_ONLY = {"login_throttles"}

_FILL = """
INSERT INTO users (id, email, name, password_hash, timezone)
VALUES ('{id}', '{name}@example.com', '{name}', 'x', 'UTC');
INSERT INTO sessions (id, user_id, token_hash, user_agent, expires_at)
VALUES (gen_random_uuid(), '{id}', sha256('session of {name}'), 'x', now() + interval '1 day');
INSERT INTO access_tokens (id, user_id, name, token_hash, scopes)
VALUES (gen_random_uuid(), '{id}', 'x', sha256('token of {name}'), '{{tasks:read}}');
INSERT INTO projects (id, user_id, name, position) VALUES (gen_random_uuid(), '{id}', 'x', 1);
INSERT INTO labels (id, user_id, name) VALUES (gen_random_uuid(), '{id}', 'x');
INSERT INTO tasks (id, user_id, title, position) VALUES (gen_random_uuid(), '{id}', 'x', 1);
INSERT INTO agent_suggestions
       (id, user_id, agent, rule, title, reason, evidence, changes, fingerprint, expires_at)
VALUES (gen_random_uuid(), '{id}', 'overdue', 'r', 't', 'r', '{{}}', '[]', 'f', now());
INSERT INTO suggestion_rule_states (user_id, rule) VALUES ('{id}', 'r');
INSERT INTO suggestion_task_mutes (user_id, task_id, rule)
SELECT user_id, id, 'r' FROM tasks WHERE user_id = '{id}';
INSERT INTO sweep_state (user_id, agent) VALUES ('{id}', 'overdue');
INSERT INTO idempotency_keys (user_id, key, fingerprint, status, headers, body)
VALUES ('{id}', 'k', '', 200, '{{}}', '');
"""
ANN = "00000000-0000-7000-8000-00000000000a"
BOB = "00000000-0000-7000-8000-00000000000b"


@pytest.fixture
async def walled(postgres_server: EmbeddedPostgres, fresh_database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection in the application's role to a database where Ann and Bob have a row in every table."""
    connection = await asyncpg.connect(fresh_database)
    for user_id, name in ((ANN, "ann"), (BOB, "bob")):
        await connection.execute(_FILL.format(id=user_id, name=name))
    await connection.execute("SET ROLE todo_app")
    yield connection
    await connection.close()


async def _tables(connection: asyncpg.Connection) -> set[str]:
    rows = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return {row["relname"] for row in rows}


async def test_every_table_has_a_policy_for_both_roles(walled: asyncpg.Connection) -> None:
    rows = await walled.fetch("SELECT tablename, roles FROM pg_policies WHERE schemaname = 'public'")
    bound = {(row["tablename"], role) for row in rows for role in row["roles"]}
    unbound = {
        (table, role)
        for table in await _tables(walled) - WITHOUT_POLICY
        for role in ("todo_app", "todo_system")
        if (table, role) not in bound and not (table in SYSTEM_ONLY and role == "todo_app")
    }
    assert unbound == set()


async def test_row_level_security_is_on_for_every_table(walled: asyncpg.Connection) -> None:
    rows = await walled.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relrowsecurity"
        " AND relnamespace = 'public'::regnamespace"
    )
    assert {row["relname"] for row in rows} == WITHOUT_POLICY


async def test_the_application_role_cannot_get_around_the_policies(walled: asyncpg.Connection) -> None:
    role = await walled.fetchrow(
        "SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = 'todo_app'"
    )
    assert role is not None
    assert not any(role.values())
    owned = await walled.fetchval("SELECT count(*) FROM pg_class WHERE relowner = 'todo_app'::regrole")
    assert owned == 0


async def test_without_a_user_there_are_no_rows(walled: asyncpg.Connection) -> None:
    for table in await _tables(walled) - WITHOUT_POLICY:
        assert await walled.fetchval(f"SELECT count(*) FROM {table}") == 0, table


async def test_a_query_without_a_predicate_sees_one_user_only(walled: asyncpg.Connection) -> None:
    for table in await _tables(walled) - WITHOUT_POLICY - SYSTEM_ONLY:
        column = "id" if table == "users" else "user_id"
        async with walled.transaction():
            await walled.execute("SELECT set_config('app.user_id', $1, true)", ANN)
            owners = await walled.fetch(f"SELECT {column}::text AS owner FROM {table}")
        assert [row["owner"] for row in owners] == [ANN], table


async def test_a_write_without_a_predicate_touches_one_user_only(walled: asyncpg.Connection) -> None:
    async with walled.transaction():
        await walled.execute("SELECT set_config('app.user_id', $1, true)", ANN)
        assert await walled.execute("UPDATE tasks SET title = 'changed'") == "UPDATE 1"
        assert await walled.execute("DELETE FROM sessions") == "DELETE 1"
    await walled.execute("RESET ROLE")
    assert await walled.fetchval("SELECT title FROM tasks WHERE user_id = $1", BOB) == "x"
    assert await walled.fetchval("SELECT count(*) FROM sessions WHERE user_id = $1", BOB) == 1


async def test_no_row_can_be_given_to_another_user(walled: asyncpg.Connection) -> None:
    async with walled.transaction():
        await walled.execute("SELECT set_config('app.user_id', $1, true)", ANN)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await walled.execute("UPDATE tasks SET user_id = $1", BOB)


async def test_the_user_of_one_statement_is_forgotten_with_it(walled: asyncpg.Connection) -> None:
    """The autocommit reads rely on this: nothing stays on a pooled connection."""
    await walled.fetchval("SELECT set_config('app.user_id', $1, true)", ANN)
    assert await walled.fetchval("SELECT count(*) FROM tasks") == 0
