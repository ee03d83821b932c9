"""Pieces of SQL about suggestions that several statements share.

`s` is a row of `agent_suggestions`, `r` one of `suggestion_rule_states`.
"""

from todo_backend.db.json_sql import instant

# What a card is right now. Housekeeping writes it into the row later; nobody has to wait for that.
EFFECTIVE_STATUS = """
    CASE WHEN s.status IN ('open', 'snoozed') AND s.expires_at <= clock_timestamp() THEN 'expired'
         WHEN s.status = 'snoozed' AND s.snoozed_until <= clock_timestamp() THEN 'open'
         ELSE s.status END
"""

MUTED = "r.muted_until > clock_timestamp()"

# A card that was withdrawn without the user's word gives its fingerprint back: should the same situation come
# again, it may be said again. What the user has decided on keeps its fingerprint and is never repeated.
RELEASED_FINGERPRINT = "'released:' || s.id"


def _changes(column: str) -> str:
    """A list of changes with the titles of their tasks, in its order."""
    return f"""
        (SELECT json_agg(json_build_object(
                    'task_id', listed.change -> 'task_id', 'task_title', coalesce(t.title, ''),
                    'field', listed.change -> 'field', 'from', listed.change -> 'from',
                    'to', listed.change -> 'to') ORDER BY listed.number)
           FROM jsonb_array_elements(s.{column}) WITH ORDINALITY AS listed (change, number)
           LEFT JOIN tasks t ON t.id = (listed.change ->> 'task_id')::uuid AND t.user_id = s.user_id)
    """  # noqa: S608  (a column name of this module)


# The fields of schemas.Suggestion, in its order; a test compares the two.
SUGGESTION_JSON = f"""
    json_build_object(
        'id', s.id, 'agent', s.agent, 'rule', s.rule, 'title', s.title, 'reason', s.reason,
        'evidence', s.evidence, 'changes', {_changes("changes")},
        'applied', CASE WHEN s.applied IS NOT NULL THEN coalesce({_changes("applied")}, '[]') END,
        'status', {EFFECTIVE_STATUS}, 'source', s.source,
        'created_at', {instant("s.created_at")}, 'expires_at', {instant("s.expires_at")},
        'snoozed_until', {instant("s.snoozed_until")}, 'decided_at', {instant("s.decided_at")},
        'request_id', s.request_id)
"""
