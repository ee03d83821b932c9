"""Switches, quiet hours and the look of the page."""

import pytest
from sqlalchemy import text
from tests.backend.running.joined_database import JoinedDatabase
from tests.backend.running.users import SignedIn

_URL = "/api/v1/me/preferences"
_DEFAULTS = {
    "autonomous_agents_enabled": True,
    "agents": {"overdue": True, "prioritization": True},
    "quiet_hours": None,
    "email_reminders": True,
    "theme": "system",
}


async def test_a_new_account_has_the_agents_on(user: SignedIn) -> None:
    assert (await user.client.get(_URL)).json() == _DEFAULTS


@pytest.mark.parametrize(
    ("change", "after"),
    [
        ({}, {}),
        ({"autonomous_agents_enabled": False}, {"autonomous_agents_enabled": False}),
        ({"agents": {"overdue": False}}, {"agents": {"overdue": False, "prioritization": True}}),
        ({"agents": {}}, {}),
        ({"theme": "dark", "email_reminders": False}, {"theme": "dark", "email_reminders": False}),
        (
            {"quiet_hours": {"start": "22:00", "end": "07:30"}},
            {"quiet_hours": {"start": "22:00", "end": "07:30"}},
        ),
    ],
)
async def test_only_what_is_given_changes(
    user: SignedIn, change: dict[str, object], after: dict[str, object]
) -> None:
    answer = await user.client.patch(_URL, json=change)

    assert answer.status_code == 200, answer.text
    assert answer.json() == _DEFAULTS | after == (await user.client.get(_URL)).json()


async def test_quiet_hours_stay_until_they_are_removed(user: SignedIn) -> None:
    await user.client.patch(_URL, json={"quiet_hours": {"start": "22:00", "end": "07:00"}})
    kept = await user.client.patch(_URL, json={"theme": "light"})
    removed = await user.client.patch(_URL, json={"quiet_hours": None})

    assert kept.json()["quiet_hours"] == {"start": "22:00", "end": "07:00"}
    assert removed.json() == _DEFAULTS | {"theme": "light"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"autonomous_agents_enabled": None}, "body.autonomous_agents_enabled"),
        ({"agents": {"overdue": "maybe"}}, "body.agents.overdue"),
        ({"agents": {"other": True}}, "body.agents.other"),
        ({"agents": None}, "body.agents"),
        ({"theme": "pink"}, "body.theme"),
        ({"quiet_hours": {"start": "22:00"}}, "body.quiet_hours.end"),
        ({"quiet_hours": {"start": "24:00", "end": "07:00"}}, "body.quiet_hours.start"),
        ({"quiet_hours": {"start": "22:00\n", "end": "07:00"}}, "body.quiet_hours.start"),
        ({"quiet_hours": {"start": "07:00", "end": "07:00"}}, "body.quiet_hours"),
        ({"colour": "blue"}, "body.colour"),
    ],
)
async def test_wrong_changes_are_refused(user: SignedIn, change: dict[str, object], field: str) -> None:
    answer = await user.client.patch(_URL, json=change)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (await user.client.get(_URL)).json() == _DEFAULTS


async def test_agents_follow_their_switches_at_once(user: SignedIn, database: JoinedDatabase) -> None:
    await user.client.post("/api/v1/tasks", json={"title": "Pay the rent", "due_date": "2020-01-10"})

    async def due() -> dict[str, bool]:
        async with database.system_session() as session:
            rows = await session.execute(text("SELECT agent, due_at IS NOT NULL FROM sweep_state"))
            return {str(agent): bool(is_due) for agent, is_due in rows}

    assert await due() == {"overdue": True, "prioritization": True}
    await user.client.patch(_URL, json={"agents": {"overdue": False}})
    assert await due() == {"overdue": False, "prioritization": True}
    await user.client.patch(_URL, json={"autonomous_agents_enabled": False})
    assert await due() == {"overdue": False, "prioritization": False}
    await user.client.patch(_URL, json={"autonomous_agents_enabled": True, "agents": {"overdue": True}})
    assert await due() == {"overdue": True, "prioritization": True}
