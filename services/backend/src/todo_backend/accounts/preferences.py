"""What a user wants from the agents, from mail and from the page."""

from datetime import time
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.accounts import repository
from todo_backend.accounts.models import User
from todo_backend.accounts.schemas import AgentSwitches, Preferences, PreferencesChange, QuietHours
from todo_backend.sweeps.service import agents_switched

_AGENT_COLUMNS = {"overdue": "overdue_agent_enabled", "prioritization": "prioritization_agent_enabled"}
_SWITCHES = frozenset({"autonomous_agents_enabled", *_AGENT_COLUMNS.values()})


async def get_preferences(session: AsyncSession, user_id: UUID) -> Preferences:
    """The preferences of the caller."""
    return _preferences(await session.get_one(User, user_id))


async def change_preferences(session: AsyncSession, user_id: UUID, change: PreferencesChange) -> Preferences:
    """Change what is given; agents that were switched learn of it in the same transaction."""
    # NO KEY: what refers to the user meanwhile (a task, a decision) need not wait.
    user = await session.get_one(User, user_id, with_for_update={"key_share": True})
    changed = {column: value for column, value in _columns(change).items() if getattr(user, column) != value}
    if changed:
        await repository.update_user(session, user_id, changed)
    if _SWITCHES & set(changed):
        await agents_switched(session, user_id)
    return _preferences(user)


def _columns(change: PreferencesChange) -> dict[str, Any]:
    values = change.given()
    if "agents" in values:
        agents: dict[str, bool] = values.pop("agents").given()
        values |= {_AGENT_COLUMNS[agent]: enabled for agent, enabled in agents.items()}
    if "quiet_hours" in values:
        hours: QuietHours | None = values.pop("quiet_hours")
        values["quiet_hours_start"] = time.fromisoformat(hours.start) if hours else None
        values["quiet_hours_end"] = time.fromisoformat(hours.end) if hours else None
    return values


def _preferences(user: User) -> Preferences:
    hours = None
    if user.quiet_hours_start is not None and user.quiet_hours_end is not None:
        hours = QuietHours(start=f"{user.quiet_hours_start:%H:%M}", end=f"{user.quiet_hours_end:%H:%M}")
    return Preferences.model_validate(
        {
            "autonomous_agents_enabled": user.autonomous_agents_enabled,
            "agents": AgentSwitches(
                overdue=user.overdue_agent_enabled, prioritization=user.prioritization_agent_enabled
            ),
            "quiet_hours": hours,
            "email_reminders": user.email_reminders,
            "theme": user.theme,
        }
    )
