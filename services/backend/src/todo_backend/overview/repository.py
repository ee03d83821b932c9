"""The SQL of the overview: one statement over all features, which also checks the caller.

It reads the tables of accounts, projects, labels, tasks and suggestions directly, because a page asks for it
with every view. The shapes are those of the features' own schemas; a test compares them.
"""

from functools import lru_cache

from sqlalchemy import TextClause, text

from todo_backend.db.json_sql import instant
from todo_backend.suggestions.limits import UNDO_HOURS
from todo_backend.suggestions.sql import EFFECTIVE_STATUS, MUTED, SUGGESTION_JSON

_USER = f"""
    json_build_object('id', u.id, 'email', u.email, 'name', u.name, 'timezone', u.timezone,
                      'created_at', {instant("u.created_at")})
"""

_PREFERENCES = """
    json_build_object(
        'autonomous_agents_enabled', u.autonomous_agents_enabled,
        'agents', json_build_object('overdue', u.overdue_agent_enabled,
                                    'prioritization', u.prioritization_agent_enabled),
        'quiet_hours', CASE WHEN u.quiet_hours_start IS NOT NULL AND u.quiet_hours_end IS NOT NULL
            THEN json_build_object('start', to_char(u.quiet_hours_start, 'HH24:MI'),
                                   'end', to_char(u.quiet_hours_end, 'HH24:MI')) END,
        'email_reminders', u.email_reminders, 'theme', u.theme)
"""

_PROJECTS = f"""
    (SELECT coalesce(json_agg(json_build_object(
                'id', p.id, 'name', p.name, 'color', p.color, 'position', p.position,
                'task_count', coalesce(n.tasks, 0),
                'created_at', {instant("p.created_at")}, 'updated_at', {instant("p.updated_at")})
                ORDER BY p.position, p.id), '[]')
       FROM projects p
       LEFT JOIN (SELECT project_id, count(*) AS tasks FROM open GROUP BY project_id) n ON n.project_id = p.id
      WHERE p.user_id = u.id)
"""  # noqa: S608  (constants)

_LABELS = f"""
    (SELECT coalesce(json_agg(json_build_object(
                'id', l.id, 'name', l.name, 'color', l.color, 'task_count', coalesce(n.tasks, 0),
                'created_at', {instant("l.created_at")}, 'updated_at', {instant("l.updated_at")})
                ORDER BY lower(l.name), l.id), '[]')
       FROM labels l
       LEFT JOIN (SELECT name, count(*) AS tasks FROM open, unnest(open.labels) AS name GROUP BY name) n
              ON n.name = l.name
      WHERE l.user_id = u.id)
"""  # noqa: S608  (constants)

_SUGGESTIONS = f"""
    (SELECT coalesce(json_agg({SUGGESTION_JSON} ORDER BY s.created_at DESC, s.id DESC), '[]')
       FROM agent_suggestions s
      WHERE s.user_id = u.id AND s.status IN ('open', 'snoozed') AND {EFFECTIVE_STATUS} = 'open')
"""  # noqa: S608  (constants)

_DECIDED = f"""
    (SELECT coalesce(json_agg({SUGGESTION_JSON} ORDER BY s.decided_at DESC, s.id DESC), '[]')
       FROM agent_suggestions s
      WHERE s.user_id = u.id AND s.status = 'accepted'
        AND s.decided_at > clock_timestamp() - interval '{UNDO_HOURS} hours')
"""  # noqa: S608  (constants)

_COUNTS = """
    (SELECT json_build_object(
                'inbox', count(*) FILTER (WHERE open.project_id IS NULL),
                'today', count(*) FILTER (WHERE open.due_date <= c.today),
                'overdue', count(*) FILTER (WHERE open.overdue_at <= now()),
                'upcoming', count(*) FILTER (WHERE open.due_date > c.today),
                'trash', (SELECT count(*) FROM tasks t WHERE t.user_id = u.id AND t.deleted_at IS NOT NULL))
       FROM open)
"""

_NOTICES = f"""
    (SELECT coalesce(json_agg(json_build_object(
                'code', 'rule_backed_off', 'rule', r.rule, 'until', {instant("r.muted_until")})
                ORDER BY r.rule), '[]')
       FROM suggestion_rule_states r
      WHERE r.user_id = u.id AND isfinite(r.muted_until) AND {MUTED})
"""  # noqa: S608  (constants)


@lru_cache(maxsize=8)
def overview(caller_sql: str) -> TextClause:
    """The caller's columns and `body`, the JSON text of an `Overview`."""
    return text(
        f"""
        WITH caller AS MATERIALIZED (
            SELECT found.*, (now() AT TIME ZONE found.timezone)::date AS today FROM ({caller_sql}) found
        )
        SELECT c.*, page.body
          FROM caller c
         CROSS JOIN LATERAL (
            WITH open AS MATERIALIZED (
                SELECT t.project_id, t.labels, t.due_date, t.overdue_at FROM tasks t
                 WHERE t.user_id = c.user_id AND t.status = 'open' AND t.deleted_at IS NULL
            )
            SELECT json_build_object(
                       'user', {_USER}, 'preferences', {_PREFERENCES}, 'today', c.today,
                       'projects', {_PROJECTS}, 'labels', {_LABELS}, 'suggestions', {_SUGGESTIONS},
                       'decided', {_DECIDED}, 'counts', {_COUNTS}, 'notices', {_NOTICES})::text AS body
              FROM users u WHERE u.id = c.user_id
         ) page
        """  # noqa: S608  (assembled from our own constants)
    )
