"""Lists of tasks: filters, sorting, pages and the conditional request."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.backend.conftest import CountStatements
from tests.backend.running.users import SignedIn

from todo_backend.tasks.schemas import TaskPage

TASKS = "/api/v1/tasks"
TODAY = datetime.now(UTC).date()


async def add(user: SignedIn, title: str, **fields: Any) -> str:
    answer = await user.client.post(TASKS, json={"title": title} | fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def titles(user: SignedIn, **query: Any) -> list[str]:
    answer = await user.client.get(TASKS, params=query)
    assert answer.status_code == 200, answer.text
    return [task["title"] for task in answer.json()["items"]]


def day(offset: int) -> str:
    return str(TODAY + timedelta(days=offset))


async def test_the_json_is_what_the_schema_promises(user: SignedIn) -> None:
    await add(user, "all", due_date=day(1), due_time="09:30:15", due_timezone="Asia/Tokyo", labels=["x"])
    await add(user, 'none "quoted" \\ ünï \u2028 🎉')
    answer = await user.client.get(TASKS)
    page = TaskPage.model_validate_json(answer.content)
    assert page.model_dump(mode="json") == answer.json()


async def test_filters(user: SignedIn) -> None:
    project = (await user.client.post("/api/v1/projects", json={"name": "Home"})).json()["id"]
    await add(user, "late", due_date=day(-1), priority="p1")
    await add(user, "now", due_date=day(0), labels=["Errands"])
    await add(user, "soon", due_date=day(1), project_id=project)
    await add(user, "some day")
    assert await titles(user, overdue=True) == ["late"]
    assert await titles(user, overdue=False) == ["now", "soon", "some day"]
    assert await titles(user, view="today") == ["late", "now"]
    assert await titles(user, view="upcoming") == ["soon"]
    assert await titles(user, view="inbox") == ["late", "now", "some day"]
    assert await titles(user, project_id="inbox") == ["late", "now", "some day"]
    assert await titles(user, project_id=project) == ["soon"]
    assert await titles(user, label="errands") == ["now"]
    assert await titles(user, priority="p1") == ["late"]
    assert await titles(user, due_before=day(0)) == ["late"]
    assert await titles(user, due_after=day(0)) == ["soon"]
    assert await titles(user, due_after=day(-1), due_before=day(1)) == ["now"]


async def test_dates_without_a_due_date_come_last_in_both_directions(user: SignedIn) -> None:
    for title, fields in (
        ("none", {}),
        ("late", {"due_date": day(2)}),
        ("day", {"due_date": day(1)}),
        ("morning", {"due_date": day(1), "due_time": "08:00"}),
    ):
        await add(user, title, **fields)
    assert await titles(user, sort="due") == ["morning", "day", "late", "none"]
    assert await titles(user, sort="due", order="desc") == ["late", "day", "morning", "none"]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("sort", ["position", "due", "priority", "created", "updated"])
async def test_pages_put_together_are_the_whole_list(user: SignedIn, sort: str, order: str) -> None:
    for number in range(7):
        due = {} if number % 3 == 0 else {"due_date": day(number % 2)}
        await add(user, f"task {number}", priority=f"p{number % 2 + 1}", **due)
    seen: list[str] = []
    query: dict[str, str | int] = {"sort": sort, "order": order, "limit": 2}
    for _ in range(10):
        page = (await user.client.get(TASKS, params=query)).json()
        seen += [task["title"] for task in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == await titles(user, sort=sort, order=order)
    assert len(set(seen)) == 7


async def test_a_walk_skips_nothing_and_repeats_nothing_while_others_write(user: SignedIn) -> None:
    ids = [await add(user, f"task {number}") for number in range(6)]
    first = (await user.client.get(TASKS, params={"limit": 3})).json()
    await user.client.delete(f"{TASKS}/{ids[1]}")
    await add(user, "newcomer")
    second = (await user.client.get(TASKS, params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [task["id"] for task in first["items"] + second["items"]] == ids


@pytest.mark.parametrize("cursor", ["garbage", "e30", "WzEsMiwzXQ", "W251bGwsICJ4IiwgInkiXQ", "%00"])
async def test_a_broken_cursor_is_refused(user: SignedIn, cursor: str) -> None:
    answer = await user.client.get(TASKS, params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


async def test_a_cursor_of_another_list_is_refused(user: SignedIn) -> None:
    for number in range(3):
        await add(user, f"task {number}")
    cursor = (await user.client.get(TASKS, params={"limit": 1})).json()["next_cursor"]
    answer = await user.client.get(TASKS, params={"limit": 1, "cursor": cursor, "sort": "created"})
    assert answer.json()["code"] == "invalid_cursor"
    assert await titles(user, limit=2, cursor=cursor) == ["task 1", "task 2"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "sort=x", "status=x", "due_before=2026-02-30", "bogus=1", "q=%00"]
)
async def test_a_wrong_parameter_is_named(user: SignedIn, query: str) -> None:
    answer = await user.client.get(f"{TASKS}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert query.split("=", maxsplit=1)[0] in answer.text


async def test_what_has_not_changed_is_not_sent_again(user: SignedIn) -> None:
    await add(user, "one")
    first = await user.client.get(TASKS)
    headers = {"If-None-Match": first.headers["etag"]}
    assert (await user.client.get(TASKS, headers=headers)).status_code == 304
    await add(user, "two")
    assert (await user.client.get(TASKS, headers=headers)).status_code == 200


async def test_a_list_is_one_statement(user: SignedIn, count_statements: CountStatements) -> None:
    for number in range(5):
        await add(user, f"task {number}", labels=["a", "b"])
    with count_statements() as statements:
        await titles(user, q="task", sort="due", label="a", view="inbox")
    assert len(statements) == 1
