"""Everything that is stored about a user, in one document and one statement (GDPR article 20)."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

EXPORTED = {
    "projects": "projects",
    "labels": "labels",
    "tasks": "tasks",
    "suggestions": "agent_suggestions",
    "rule_states": "suggestion_rule_states",
    "muted_tasks": "suggestion_task_mutes",
    "sweeps": "sweep_state",
    "sessions": "sessions",
    "tokens": "access_tokens",
}
"""Member of the document to table."""

NOT_EXPORTED = {"idempotency_keys": "copies of answers, kept for a day; what they say is exported anyway"}
"""Tables with rows of users that are left out, and why. A test knows of every such table."""

_SECRET_OR_INTERNAL = ["user_id", "token_hash", "password_hash", "search_text", "lease_owner", "fence"]
_PREFERENCES = [
    "autonomous_agents_enabled",
    "overdue_agent_enabled",
    "prioritization_agent_enabled",
    "quiet_hours_start",
    "quiet_hours_end",
    "email_reminders",
    "theme",
]


def _rows(table: str) -> str:
    return f"""(
        SELECT coalesce(jsonb_agg(to_jsonb(t) - CAST(:hidden AS text[])), '[]')
          FROM {table} t WHERE t.user_id = :user_id
    )"""  # noqa: S608  (the names are the constants above)


_MEMBERS = ", ".join(f"'{member}', {_rows(table)}" for member, table in EXPORTED.items())
_EXPORT = text(
    f"""
    SELECT json_build_object(
        'exported_at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'profile', to_jsonb(u) - CAST(:hidden AS text[]) - CAST(:preferences AS text[]),
        'preferences', (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(u))
                         WHERE key = ANY(CAST(:preferences AS text[]))),
        {_MEMBERS}
    )::text FROM users u WHERE u.id = :user_id
    """  # noqa: S608  (the names are the constants above)
)


async def export(session: AsyncSession, user_id: UUID) -> str:
    """The JSON text of an `Export`."""
    values = {"user_id": user_id, "hidden": _SECRET_OR_INTERNAL, "preferences": _PREFERENCES}
    document: str = (await session.execute(_EXPORT, values)).scalar_one()
    return document
