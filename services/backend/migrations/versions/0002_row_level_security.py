"""A second wall between users: row-level security.

The application connects as its usual user and takes on one of two roles without a log-in (docs/adr/0008):
`todo_app` sees only the rows of the user in the setting `app.user_id`, and none without it; `todo_system`
sees all rows and serves log-in, the agents' claims and housekeeping. The tables' owner is not bound by the
policies, so the previous release, which connects as the owner, keeps working.

Revision: 0002
Follows: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROLES = ("todo_app", "todo_system")
OWNED_BY_USER = (
    "sessions",
    "access_tokens",
    "projects",
    "labels",
    "tasks",
    "agent_suggestions",
    "suggestion_rule_states",
    "suggestion_task_mutes",
    "sweep_state",
    "idempotency_keys",
)
TABLES = (*OWNED_BY_USER, "users", "login_throttles")

# A sub-select, so that the setting is read once for a statement and the index on the owner is used.
CURRENT_USER_ID = "(SELECT nullif(current_setting('app.user_id', true), '')::uuid)"

# What the session check needs, readable before it is known who asks. A view acts with its owner's rights.
CALLER_SESSIONS = """
    CREATE VIEW caller_sessions AS
    SELECT s.id, s.token_hash, s.user_id, s.expires_at, s.last_seen_at, u.timezone
      FROM sessions s JOIN users u ON u.id = s.user_id
     WHERE u.disabled_at IS NULL
"""
CALLER_ACCESS_TOKENS = """
    CREATE VIEW caller_access_tokens AS
    SELECT t.id, t.token_hash, t.user_id, t.expires_at, t.last_used_at, t.scopes, u.timezone
      FROM access_tokens t JOIN users u ON u.id = t.user_id
     WHERE u.disabled_at IS NULL
"""


def upgrade() -> None:
    for role in ROLES:
        _create_role(role)
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        op.execute(f"GRANT SELECT ON alembic_version TO {role}")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO {role}")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY system ON {table} TO todo_system USING (true)")
    for table in OWNED_BY_USER:
        op.execute(f"CREATE POLICY owner ON {table} TO todo_app USING (user_id = {CURRENT_USER_ID})")
    op.execute(f"CREATE POLICY owner ON users TO todo_app USING (id = {CURRENT_USER_ID})")
    op.execute(CALLER_SESSIONS)
    op.execute(CALLER_ACCESS_TOKENS)
    op.execute("GRANT SELECT ON caller_sessions, caller_access_tokens TO todo_app, todo_system")


def downgrade() -> None:
    op.execute("DROP VIEW caller_sessions, caller_access_tokens")
    for table in OWNED_BY_USER:
        op.execute(f"DROP POLICY owner ON {table}")
    op.execute("DROP POLICY owner ON users")
    for table in TABLES:
        op.execute(f"DROP POLICY system ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    # Roles belong to the whole server, where other databases may use them; only their rights here go.
    for role in ROLES:
        op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        op.execute(f"REVOKE USAGE ON SCHEMA public FROM {role}")


def _create_role(role: str) -> None:
    """Make the role unless it exists (roles are shared by all databases of a server) and may be taken on."""
    op.execute(
        f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS;
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$
        """
    )
    op.execute(f"GRANT {role} TO CURRENT_USER")
