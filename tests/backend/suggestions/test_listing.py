"""The list of cards."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.backend.conftest import CountStatements, NewUser
from tests.backend.running.joined_database import JoinedDatabase
from tests.backend.running.users import SignedIn
from tests.backend.sweeps.agent import Agent, Json, add_task, change

from todo_backend.suggestions.schemas import SuggestionPage
from todo_backend.suggestions.service import expire_suggestions

URL = "/api/v1/suggestions"


async def new_cards(agent: Agent, user: SignedIn, many: int) -> list[Json]:
    """Cards, the newest first."""
    lease = await agent.lease(user.id)
    cards = []
    for _ in range(many):
        await agent.sql("UPDATE agent_suggestions SET created_at = created_at - interval '1 hour'")
        task = await add_task(user.client)
        cards.append(await agent.suggested(lease, change(task, "priority", "p1")))
    return cards[::-1]


async def ids(user: SignedIn, **query: str) -> list[str]:
    response = await user.client.get(URL, params=query)
    assert response.status_code == 200, response.text
    return [card["id"] for card in response.json()["items"]]


async def one_of_each(agent: Agent, user: SignedIn) -> dict[str, str]:
    """Status to the id of a card that has it."""
    accepted, undone, dismissed, snoozed = await new_cards(agent, user, 4)
    await user.client.post(f"{URL}/{accepted['id']}/accept")
    await user.client.post(f"{URL}/{undone['id']}/accept")
    await user.client.post(f"{URL}/{undone['id']}/undo")
    await user.client.post(f"{URL}/{dismissed['id']}/dismiss")
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await user.client.post(f"{URL}/{snoozed['id']}/snooze", json={"until": until})
    opened, back, expired, superseded = await new_cards(agent, user, 4)
    await agent.sql(
        "UPDATE agent_suggestions SET status = 'snoozed', snoozed_until = clock_timestamp() WHERE id = :id",
        id=back["id"],
    )
    await agent.sql(
        "UPDATE agent_suggestions SET expires_at = clock_timestamp() WHERE id = :id", id=expired["id"]
    )
    await user.client.delete(f"/api/v1/tasks/{superseded['changes'][0]['task_id']}")
    named = {
        "accepted": accepted,
        "undone": undone,
        "dismissed": dismissed,
        "snoozed": snoozed,
        "open": opened,
        "back": back,
        "expired": expired,
        "superseded": superseded,
    }
    return {name: card["id"] for name, card in named.items()}


async def test_each_status_has_its_list(user: SignedIn, agent: Agent) -> None:
    found = await one_of_each(agent, user)
    back = found.pop("back")
    for status, card in found.items():
        assert set(await ids(user, status=status)) == ({card, back} if status == "open" else {card})
    assert set(await ids(user, status="all")) == {*found.values(), back}
    assert set(await ids(user)) == {found["open"], back}


async def test_housekeeping_changes_nothing_that_a_client_sees(
    user: SignedIn, agent: Agent, database: JoinedDatabase
) -> None:
    await one_of_each(agent, user)
    before = (await user.client.get(URL, params={"status": "all"})).json()["items"]
    async with database.system_session() as session:
        assert await expire_suggestions(session) == 2
        assert await expire_suggestions(session) == 0
    after = (await user.client.get(URL, params={"status": "all"})).json()["items"]
    expired = next(card for card in after if card["status"] == "expired")
    assert expired["decided_at"] == expired["expires_at"]
    expired["decided_at"] = None
    assert after == before


async def test_pages_meet_without_gap_or_overlap(user: SignedIn, agent: Agent) -> None:
    cards = [card["id"] for card in await new_cards(agent, user, 5)]
    seen: list[str] = []
    query = {"limit": "2"}
    while True:
        page = (await user.client.get(URL, params=query)).json()
        seen += [card["id"] for card in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == cards


async def test_the_list_is_what_the_schema_says(user: SignedIn, agent: Agent) -> None:
    await one_of_each(agent, user)
    response = await user.client.get(URL, params={"status": "all"})
    page = SuggestionPage.model_validate_json(response.content)
    assert page.model_dump(mode="json", by_alias=True) == response.json()


async def test_one_statement(user: SignedIn, agent: Agent, count_statements: CountStatements) -> None:
    await new_cards(agent, user, 3)
    with count_statements() as statements:
        await ids(user)
    assert len([one for one in statements if "agent_suggestions" in one]) == 1
    assert len([one for one in statements if "set_config('role'" not in one]) == 1


async def test_a_list_that_has_not_changed_is_not_sent_again(user: SignedIn, agent: Agent) -> None:
    (card,) = await new_cards(agent, user, 1)
    tag = (await user.client.get(URL)).headers["etag"]
    same = await user.client.get(URL, headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    await user.client.post(f"{URL}/{card['id']}/dismiss")
    assert (await user.client.get(URL, headers={"If-None-Match": tag})).status_code == 200


@pytest.mark.parametrize("cursor", ["x", "W10", "!" * 20])
async def test_a_broken_cursor(user: SignedIn, cursor: str) -> None:
    response = await user.client.get(URL, params={"cursor": cursor})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


async def test_a_cursor_belongs_to_its_list(user: SignedIn, agent: Agent) -> None:
    await new_cards(agent, user, 2)
    cursor = (await user.client.get(URL, params={"limit": 1})).json()["next_cursor"]
    response = await user.client.get(URL, params={"cursor": cursor, "status": "all"})
    assert response.json()["code"] == "invalid_cursor"


@pytest.mark.parametrize("query", [{"status": "new"}, {"limit": "0"}, {"limit": "201"}, {"more": "1"}])
async def test_a_query_out_of_shape_is_refused(user: SignedIn, query: Json) -> None:
    assert (await user.client.get(URL, params=query)).status_code == 422


async def test_only_the_users_own_cards(user: SignedIn, new_user: NewUser, agent: Agent) -> None:
    await new_cards(agent, user, 1)
    assert await ids(await new_user(), status="all") == []
