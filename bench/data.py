"""Databases to measure on: any number of users with any number of tasks, made inside PostgreSQL."""

import hashlib

from devstack.postgres import EmbeddedPostgres

_USERS = """
INSERT INTO users (id, email, name, password_hash, timezone)
SELECT ('00000000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, 'user' || i || '@example.com',
       'User ' || i, 'unused', 'UTC'
  FROM generate_series({first}, {last}) i;
INSERT INTO sessions (id, user_id, token_hash, user_agent, expires_at)
SELECT gen_random_uuid(), id, sha256(('tds_bench_' || substring(email from '[0-9]+'))::bytea), 'bench',
       now() + interval '30 days'
  FROM users WHERE id BETWEEN '{first_id}' AND '{last_id}';
"""
_TASKS = """
INSERT INTO tasks (id, user_id, title, notes, priority, due_date, overdue_at, labels, search_text, position,
                   created_at)
SELECT gen_random_uuid(), u.id, 'Task ' || n || ' of many to be done', 'A line of notes for task ' || n,
       'p' || (1 + n % 4), current_date + n % 30 + 1, (current_date + n % 30 + 2)::timestamptz,
       ARRAY['home', 'bills'], ' task ' || n || ' of many to be done a line of notes for task ' || n,
       n * 1024, now() - n * interval '1 minute'
  FROM users u, generate_series(1, {tasks}) n WHERE u.id BETWEEN '{first_id}' AND '{last_id}';
INSERT INTO sweep_state (user_id, agent, due_at)
SELECT u.id, agent, CASE agent WHEN 'overdue' THEN (current_date + 2)::timestamptz END
  FROM users u, unnest(ARRAY['overdue', 'prioritization']) agent
 WHERE u.id BETWEEN '{first_id}' AND '{last_id}';
"""
_AT_ONCE = 5_000


def token(user: int) -> str:
    """The session token of the user with that number, counted from 1."""
    return f"tds_bench_{user}"


def token_hash(user: int) -> bytes:
    """The stored form of `token(user)`."""
    return hashlib.sha256(token(user).encode()).digest()


def user_id(user: int) -> str:
    """The id of the user with that number."""
    return f"00000000-0000-7000-8000-{user:012d}"


def fill(server: EmbeddedPostgres, database: str, *, users: int, tasks: int) -> None:
    """Give `database` (migrated, empty) `users` users with `tasks` open tasks each, and fresh statistics."""
    for first in range(1, users + 1, _AT_ONCE):
        last = min(first + _AT_ONCE - 1, users)
        span = {"first": first, "last": last, "first_id": user_id(first), "last_id": user_id(last)}
        server.sql(_USERS.format(**span), database)
        server.sql(_TASKS.format(tasks=tasks, **span), database)
    server.sql("VACUUM ANALYZE", database)
