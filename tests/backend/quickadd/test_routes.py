"""Quick add over HTTP."""

from typing import Any

import pytest
from tests.backend.conftest import NewUser
from tests.backend.running.users import SignedIn

PARSE, ADD = "/api/v1/tasks/parse", "/api/v1/tasks/quick-add"


async def test_parse_shows_what_quick_add_makes(user: SignedIn) -> None:
    await user.client.post("/api/v1/projects", json={"name": "Home"})
    text = "pay rent 2030-01-31 5pm p1 #home @bills every month"
    draft = (await user.client.post(PARSE, json={"text": text})).json()
    assert (await user.client.get("/api/v1/tasks")).json()["items"] == []

    answer = await user.client.post(ADD, json={"text": text})
    task = answer.json()
    assert answer.status_code == 201, answer.text
    assert (task["title"], task["priority"], task["labels"]) == ("pay rent", "p1", ["bills"])
    assert (task["due_date"], task["due_time"]) == ("2030-01-31", "17:00:00")
    assert task["recurrence"] == "FREQ=MONTHLY"
    assert {name: task[name] for name in draft if name in task} == {
        name: value for name, value in draft.items() if name in task
    }
    assert draft["project"] == "Home"
    assert [part["kind"] for part in task["understood"]] == [
        "date", "time", "priority", "project", "label", "recurrence",
    ]  # fmt: skip
    stored = (await user.client.get(answer.headers["location"])).json()
    assert {name: task[name] for name in stored} == stored
    labels = (await user.client.get("/api/v1/labels")).json()["items"]
    assert [label["name"] for label in labels] == ["bills"]


async def test_how_a_task_repeats_can_be_changed_and_cleared(user: SignedIn) -> None:
    task = (await user.client.post(ADD, json={"text": "water plants every! 2 weeks"})).json()
    assert task["recurrence"] == "FREQ=WEEKLY;INTERVAL=2;X-FROM=COMPLETION"
    place = f"/api/v1/tasks/{task['id']}"
    for rule in ("FREQ=MONTHLY;BYDAY=-1FR", None):
        changed = await user.client.patch(place, json={"recurrence": rule})
        assert (changed.status_code, changed.json()["recurrence"]) == (200, rule)
        assert (await user.client.get("/api/v1/tasks")).json()["items"] == [changed.json()]
    for wrong in ("every day", "FREQ=DAILY;COUNT", "FREQ=DAILY;" + "X" * 200 + "=1", 3):
        assert (await user.client.patch(place, json={"recurrence": wrong})).status_code == 422


async def test_words_are_read_in_the_users_zone(new_user: NewUser) -> None:
    text = {"text": "file taxes 3/4/2030"}
    american, german = await new_user(timezone="America/Chicago"), await new_user(timezone="Europe/Berlin")
    assert (await american.client.post(PARSE, json=text)).json()["due_date"] == "2030-03-04"
    assert (await german.client.post(PARSE, json=text)).json()["due_date"] == "2030-04-03"


async def test_a_part_can_be_taken_back(user: SignedIn) -> None:
    body = {"text": "read tomorrow today", "ignore": [{"start": 14, "end": 19}, {"start": 5, "end": 13}]}
    answer = await user.client.post(ADD, json=body)
    assert (answer.json()["title"], answer.json()["due_date"]) == ("read tomorrow today", None)


async def test_an_unknown_project_is_not_made_and_it_is_said(user: SignedIn) -> None:
    answer = (await user.client.post(ADD, json={"text": "paint #garden"})).json()
    assert (answer["title"], answer["project_id"]) == ("paint #garden", None)
    assert answer["remarks"] == ["There is no project “garden”; the words stay in the title."]
    assert (await user.client.get("/api/v1/projects")).json()["items"] == []


async def test_other_peoples_projects_are_unknown(new_user: NewUser) -> None:
    owner, other = await new_user(), await new_user()
    await owner.client.post("/api/v1/projects", json={"name": "Home"})
    assert (await other.client.post(PARSE, json={"text": "paint #home"})).json()["project"] is None


async def test_the_same_key_adds_once(user: SignedIn) -> None:
    headers = {"Idempotency-Key": "quick-1"}
    first = await user.client.post(ADD, json={"text": "buy milk tomorrow"}, headers=headers)
    again = await user.client.post(ADD, json={"text": "buy milk tomorrow"}, headers=headers)
    assert again.json() == first.json()
    assert len((await user.client.get("/api/v1/tasks")).json()["items"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": " \n\x1f"}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"text": "x" * 1001}, "text"),
        ({"text": "x" * 501}, "text"),
        ({"text": "x", "ignore": [{"start": 3, "end": 3}]}, "ignore"),
        ({"text": "x", "ignore": [{"start": -1, "end": 3}]}, "ignore"),
        ({"text": "x", "now": "2026-01-01"}, "now"),
        ({}, "text"),
    ],
)
async def test_wrong_input_names_the_field(user: SignedIn, body: dict[str, Any], field: str) -> None:
    answer = await user.client.post(ADD, json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"].startswith(f"body.{field}")
