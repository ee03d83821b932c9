"""The main job over three real processes: overdue, card, accept, undo; and one request id in all logs."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.e2e.api_user import PASSWORD, ApiUser, wait_for

from devstack.stack import Stack

pytestmark = pytest.mark.slow

_FIELDS = ("title", "priority", "due_date", "due_time", "status", "project_id", "labels")


@pytest.fixture
def user(stack: Stack) -> Iterator[ApiUser]:
    with ApiUser(stack.backend_url) as person:
        yield person


def _content(task: dict[str, Any]) -> dict[str, Any]:
    return {field: task[field] for field in _FIELDS}


def test_an_overdue_task_gets_a_card_that_can_be_accepted_and_undone(user: ApiUser) -> None:
    task = user.add_overdue_task("Return the library books")
    card = user.wait_for_card(task["id"])
    assert card["agent"] == "overdue"
    assert card["source"] == "rules"
    assert card["reason"]

    accepted = user.post(f"/suggestions/{card['id']}/accept")
    assert accepted["suggestion"]["status"] == "accepted"
    changed = user.get(f"/tasks/{task['id']}")
    expected = _content(task) | {change["field"]: change["to"] for change in card["changes"]}
    assert _content(changed) == expected
    assert _content(changed) != _content(task)

    undone = user.post(f"/suggestions/{card['id']}/undo")
    assert undone["suggestion"]["status"] == "undone"
    assert _content(user.get(f"/tasks/{task['id']}")) == _content(task)


def test_an_agent_that_is_switched_off_stays_silent(stack: Stack, user: ApiUser) -> None:
    answer = user.http.patch("/me/preferences", json={"autonomous_agents_enabled": False})
    assert answer.status_code == 200
    user.add_overdue_task("Nobody asked about this")
    with ApiUser(stack.backend_url) as other:  # whose card shows that the agents have been around since
        other.wait_for_card(other.add_overdue_task("Tell me about this")["id"])
    assert user.open_cards() == []


def test_a_request_id_from_the_browser_is_in_the_logs_of_frontend_and_backend(
    stack: Stack, user: ApiUser
) -> None:
    request_id = f"browser-{user.id}"
    with httpx.Client(base_url=stack.frontend_url, headers={"X-Request-ID": request_id}) as browser:
        form = {"email": user.email, "password": PASSWORD}
        answer = browser.post("/login", data=form, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 303
        assert answer.headers["X-Request-ID"] == request_id
        page = browser.get("/app")
        assert page.status_code == 200
    for service in ("frontend", "backend"):
        _wait_for_record(stack, service, request_id)


def test_the_request_id_of_a_card_leads_to_the_sweep_that_made_it(stack: Stack, user: ApiUser) -> None:
    card = user.wait_for_card(user.add_overdue_task("Answer the landlord")["id"])
    for service in ("ai-agent", "backend"):
        _wait_for_record(stack, service, card["request_id"])


def test_one_request_id_leads_through_all_three_services(stack: Stack, user: ApiUser) -> None:
    """The sweep's id: the agent that looked, the backend that stored the card, the page that accepted it."""
    card = user.wait_for_card(user.add_overdue_task("Renew the passport")["id"])
    headers = {"Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=stack.frontend_url, headers=headers) as browser:
        browser.post("/login", data={"email": user.email, "password": PASSWORD})
        answer = browser.post(f"/app/suggestions/{card['id']}/accept", data={})
    assert answer.status_code == 303
    for service, field in (
        ("ai-agent", "request_id"),
        ("backend", "request_id"),
        ("frontend", "sweep_request_id"),
    ):
        _wait_for_record(stack, service, card["request_id"], field=field)


def test_logs_hold_no_titles_tokens_or_addresses(stack: Stack, user: ApiUser) -> None:
    title = "A title that only its owner should read"
    user.wait_for_card(user.add_overdue_task(title)["id"])
    for service in ("frontend", "backend", "ai-agent"):
        output = stack.output(service)
        assert [secret for secret in (title, user.token, user.email) if secret in output] == []


def test_an_agent_killed_at_work_leaves_nothing_doubled_and_nothing_missing(
    stack: Stack, user: ApiUser
) -> None:
    tasks = [user.add_overdue_task(f"Errand {number}") for number in range(3)]
    stack.kill("ai-agent")
    stack.start("ai-agent")
    # Three overdue tasks make one card; a lease of the killed process may have to end before it comes.
    card = user.wait_for_card(tasks[0]["id"], seconds=90)
    about = {change["task_id"] for change in card["changes"]}
    assert about == {task["id"] for task in tasks}
    assert len(user.open_cards()) == 1


def _wait_for_record(
    stack: Stack, service: str, request_id: str, *, field: str = "request_id"
) -> dict[str, Any]:
    """A log record of that request; the line is written after the response has been sent."""

    def find() -> dict[str, Any] | None:
        records = stack.logs(service)
        return next((record for record in records if record.get(field) == request_id), None)

    return wait_for(find, what=f"a line of the {service} about request {request_id}", seconds=5)
