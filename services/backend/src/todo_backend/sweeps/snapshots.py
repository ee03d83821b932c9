"""What an agent gets to see of a user with a lease, as JSON made by PostgreSQL."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.db.json_sql import instant
from todo_backend.suggestions.limits import MAX_OPEN, MAX_PER_HOUR
from todo_backend.suggestions.sql import EFFECTIVE_STATUS, MUTED

MAX_TASKS = 500
MAX_FINGERPRINTS = 200

_TASKS = f"""
    SELECT coalesce(json_agg(t.task ORDER BY t.overdue_at NULLS LAST, t.id), '[]') AS items
      FROM (SELECT t.id, t.overdue_at, json_build_object(
                'id', t.id, 'title', t.title, 'priority', t.priority, 'due_date', t.due_date,
                'due_time', t.due_time, 'due_timezone', t.due_timezone,
                'overdue_at', {instant("t.overdue_at")}, 'project_id', t.project_id, 'labels', t.labels,
                'version', t.version, 'created_at', {instant("t.created_at")},
                'updated_at', {instant("t.updated_at")}) AS task
              FROM tasks t
             WHERE t.user_id = u.id AND t.status = 'open' AND t.deleted_at IS NULL
             ORDER BY t.overdue_at NULLS LAST, t.id LIMIT {MAX_TASKS}) t
"""  # noqa: S608  (constants of this module)

_LOAD = """
    SELECT coalesce(sum(d.tasks), 0) AS total,
           coalesce(json_object_agg(d.due_date, d.tasks) FILTER (
               WHERE d.due_date BETWEEN c.today AND c.today + 27), '{}') AS per_day
      FROM (SELECT t.due_date, count(*) AS tasks FROM tasks t
             WHERE t.user_id = u.id AND t.status = 'open' AND t.deleted_at IS NULL
             GROUP BY t.due_date) d
"""

_HABIT = """
    SELECT json_build_object(
               'per_weekday', (SELECT json_agg(coalesce(w.tasks, 0) ORDER BY day)
                                 FROM generate_series(1, 7) AS day LEFT JOIN LATERAL (
                                      SELECT count(*) AS tasks FROM unnest(f.weekdays) AS done
                                       WHERE done = day) w ON true),
               'late', f.late, 'on_time', f.on_time) AS completions
      FROM (SELECT array_agg(extract(isodow FROM t.completed_at AT TIME ZONE u.timezone)::int) AS weekdays,
                   count(*) FILTER (WHERE t.completed_at > t.overdue_at) AS late,
                   count(*) FILTER (WHERE t.completed_at <= t.overdue_at) AS on_time
              FROM tasks t
             WHERE t.user_id = u.id AND t.completed_at > c.now - interval '60 days') f
"""

_CARDS = f"""
    SELECT coalesce(json_agg(json_build_object(
               'id', s.id, 'rule', s.rule, 'fingerprint', s.fingerprint,
               'task_ids', (SELECT json_agg(DISTINCT change ->> 'task_id')
                              FROM jsonb_array_elements(s.changes) AS change),
               'created_at', {instant("s.created_at")}) ORDER BY s.created_at DESC)
               FILTER (WHERE {EFFECTIVE_STATUS} IN ('open', 'snoozed')), '[]') AS waiting,
           count(*) FILTER (WHERE {EFFECTIVE_STATUS} = 'open') AS open
      FROM agent_suggestions s
     WHERE s.user_id = u.id AND s.status IN ('open', 'snoozed')
"""  # noqa: S608  (constants of this module)

_SAID = f"""
    SELECT coalesce(json_agg(s.fingerprint) FILTER (WHERE s.number <= {MAX_FINGERPRINTS}), '[]') AS said,
           count(*) FILTER (WHERE s.created_at > c.now - interval '1 hour') AS this_hour
      FROM (SELECT s.fingerprint, s.created_at, row_number() OVER (ORDER BY s.created_at DESC) AS number
              FROM agent_suggestions s
             WHERE s.user_id = u.id AND s.created_at > c.now - interval '90 days') s
"""  # noqa: S608  (constants of this module)

_SNAPSHOTS = text(
    f"""
    SELECT u.id AS user_id, json_build_object(
               'now', {instant("c.now")},
               'timezone', u.timezone,
               'quiet_hours', CASE WHEN u.quiet_hours_start IS NOT NULL AND u.quiet_hours_end IS NOT NULL
                   THEN json_build_object('start', to_char(u.quiet_hours_start, 'HH24:MI'),
                                          'end', to_char(u.quiet_hours_end, 'HH24:MI')) END,
               'tasks', tasks.items, 'tasks_total', load.total, 'load', load.per_day,
               'completions', habit.completions,
               'open_suggestions', cards.waiting,
               'open_slots', greatest(0, {MAX_OPEN} - cards.open),
               'hour_budget', greatest(0, {MAX_PER_HOUR} - said.this_hour),
               'muted_rules', (SELECT coalesce(json_agg(r.rule ORDER BY r.rule), '[]')
                                 FROM suggestion_rule_states r WHERE r.user_id = u.id AND {MUTED}),
               'muted_task_rules', (SELECT coalesce(json_agg(json_build_object(
                                           'task_id', m.task_id, 'rule', m.rule)), '[]')
                                      FROM suggestion_task_mutes m WHERE m.user_id = u.id),
               'recent_fingerprints', said.said)::text AS snapshot
      FROM users u
     CROSS JOIN LATERAL (SELECT n.now, (n.now AT TIME ZONE u.timezone)::date AS today
                           FROM (SELECT clock_timestamp() AS now) n) c
     CROSS JOIN LATERAL ({_TASKS}) tasks
     CROSS JOIN LATERAL ({_LOAD}) load
     CROSS JOIN LATERAL ({_HABIT}) habit
     CROSS JOIN LATERAL ({_CARDS}) cards
     CROSS JOIN LATERAL ({_SAID}) said
     WHERE u.id = ANY(:user_ids)
    """  # noqa: S608  (constants of this module)
)


async def snapshots_of(session: AsyncSession, user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The JSON text of each user's `Snapshot`, in one statement."""
    rows = await session.execute(_SNAPSHOTS, {"user_ids": list(user_ids)})
    return {row.user_id: row.snapshot for row in rows}
