"""Requests that are odd, wrong or hostile, and the headers of conditional ones."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import orjson
import pytest
from tests.backend.conftest import NewUser
from tests.backend.running.users import SignedIn
from tests.backend.tasks.calls import TASKS, add, get, page, patch, post, problem, titles

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"due_date": 0}, "due_date"),
        ({"due_date": 1_700_000_000}, "due_date"),
        ({"due_date": "2026-01-01T10:00:00"}, "due_date"),
        ({"due_date": "0001-01-01"}, "due_date"),
        ({"due_date": "10000-01-01"}, "due_date"),
        ({"due_date": "infinity"}, "due_date"),
        ({"due_date": "2026-01-01", "due_time": 3600}, "due_time"),
        ({"due_date": "2026-01-01", "due_time": "24:00"}, "due_time"),
        ({"due_date": "2026-01-01", "due_timezone": "localtime"}, "due_timezone"),
        ({"due_date": "2026-01-01", "due_timezone": "../etc/passwd"}, "due_timezone"),
        ({"due_date": "2026-01-01", "due_timezone": "europe/berlin"}, "due_timezone"),
        ({"labels": "home"}, "labels"),
        ({"labels": [None]}, "labels.0"),
        ({"labels": ["a\0"]}, "labels.0"),
        ({"project_id": "inbox"}, "project_id"),
        ({"priority": 1}, "priority"),
        ({"version": 3}, "version"),
        ({"status": "done"}, "status"),
        ({"user_id": "01890000-0000-7000-8000-000000000000"}, "user_id"),
    ],
)
async def test_a_wrong_value_is_named(user: SignedIn, body: dict[str, Any], field: str) -> None:
    answer = await user.client.post(TASKS, json={"title": "x"} | body)
    problem(answer, 422, "validation_failed", f"body.{field}")


@pytest.mark.parametrize("text", [r'"a\ud800"', r'"a\u0000"', r'"\udc00\ud800"'])
@pytest.mark.parametrize("field", ["title", "notes"])
async def test_what_cannot_be_stored_is_refused(user: SignedIn, field: str, text: str) -> None:
    task = await add(user)
    answer = await user.client.patch(f"{TASKS}/{task['id']}", content=f'{{"{field}":{text}}}', headers=JSON)
    problem(answer, 422, "validation_failed", f"body.{field}")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b"null", b"\xff", b'{"title":"x"}}'])
async def test_what_is_no_object_is_refused(user: SignedIn, content: bytes) -> None:
    answer = await user.client.post(TASKS, content=content, headers=JSON)
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"


async def test_text_comes_back_as_it_was(user: SignedIn) -> None:
    title = "<b>&amp; \u202eright to left\u202c 👩‍👩‍👧‍👦 \\ \" ' \u2028 end"
    notes = "  one\r\n\ttwo\n\n" + "ü" * 19_000
    task = await add(user, title, notes=notes)
    assert (task["title"], task["notes"]) == (title, notes)
    assert (await page(user))["items"] == [task]


async def test_limits_count_characters_after_trimming(user: SignedIn) -> None:
    assert len((await add(user, "  " + "🎉" * 500 + "  "))["title"]) == 500
    problem(await user.client.post(TASKS, json={"title": "🎉" * 501}), 422, "validation_failed", "body.title")


@pytest.mark.parametrize("task_id", ["1", "x", "%00", "01890000-0000-7000-8000-00000000000g"])
async def test_what_is_no_id_is_refused(user: SignedIn, task_id: str) -> None:
    problem(await user.client.get(f"{TASKS}/{task_id}"), 422, "validation_failed", "path.task_id")


async def test_a_date_and_its_time_go_together(user: SignedIn) -> None:
    task = await add(user)
    path = f"{TASKS}/{task['id']}"
    problem(await user.client.patch(path, json={"due_time": "10:00"}), 422, "validation_failed")
    both = {"due_date": None, "due_time": "10:00"}
    problem(await user.client.patch(path, json=both), 422, "validation_failed", "body.due_date")
    timed = await patch(user, task, due_date="2030-01-01", due_time="10:00")
    moved = await patch(user, timed, due_date="2030-01-02")
    assert (moved["due_time"], moved["overdue_at"]) == ("10:00:00", "2030-01-02T10:00:00.000000Z")
    assert (await patch(user, moved, due_time=None))["overdue_at"] == "2030-01-03T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("position", "abc"),
        ("position", "1e999"),
        ("position", "1_0"),
        ("position", None),
        ("created", "yesterday"),
        ("created", "2026-02-30 10:00:00+00"),
        ("due", "a\0b"),
        ("due", 7),
        ("priority", ["p1"]),
    ],
)
async def test_a_forged_cursor_is_refused(user: SignedIn, sort: str, key: Any) -> None:
    await add(user, due_date="2030-01-01")
    await add(user, due_date="2030-01-01")
    cursor = (await page(user, sort=sort, limit=1))["next_cursor"]
    _, last_id, checksum = orjson.loads(urlsafe_b64decode(cursor + "=="))
    forged = urlsafe_b64encode(orjson.dumps([key, last_id, checksum])).decode()
    query: dict[str, str | int] = {"sort": sort, "limit": 1, "cursor": forged}
    problem(await user.client.get(TASKS, params=query), 400, "invalid_cursor")


async def test_nothing_of_another_user_can_be_reached(new_user: NewUser) -> None:
    ann, bob = await new_user(), await new_user()
    his, hers = await add(bob, "his", labels=["secret"]), await add(ann, "hers")
    await bob.client.delete(f"{TASKS}/{(await add(bob, 'trash'))['id']}")
    cursor = (await page(bob, limit=1, status="all"))["next_cursor"]
    path = f"{TASKS}/{his['id']}"
    for method, url in (
        ("GET", path),
        ("PATCH", path),
        ("DELETE", path),
        ("DELETE", f"{path}?permanent=true"),
        *(("POST", f"{path}/{action}") for action in ("complete", "reopen", "restore")),
    ):
        body = {"title": "mine"} if method == "PATCH" else None
        problem(await ann.client.request(method, url, json=body), 404, "task_not_found")
    beside = {"after": hers["id"]}
    problem(await ann.client.post(f"{path}/move", json=beside), 404, "task_not_found")
    for body in ({"after": his["id"]}, {"before": his["id"]}):
        answer = await ann.client.post(f"{TASKS}/{hers['id']}/move", json=body)
        problem(answer, 422, "validation_failed", f"body.{next(iter(body))}")
    for query in ({}, {"q": "his"}, {"label": "secret"}, {"status": "trash"}, {"status": "all"}):
        assert await titles(ann, **query) in ([], ["hers"])
    assert cursor is None
    assert await get(bob, his) == his


async def test_the_tag_of_a_page_follows_its_content(user: SignedIn) -> None:
    task = await add(user)
    first = await user.client.get(TASKS)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    for sent in (tag, f'"other", {tag}', f"W/{tag}"):
        again = await user.client.get(TASKS, headers={"If-None-Match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    await patch(user, task, title="changed")
    changed = await user.client.get(TASKS, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    assert changed.headers["cache-control"] == "private, no-cache"


async def test_a_restored_task_is_as_it_was(user: SignedIn) -> None:
    task = await post(user, await add(user, labels=["x"], due_date="2020-01-01"), "complete")
    assert (task["status"], task["is_overdue"]) == ("done", False)
    await user.client.delete(f"{TASKS}/{task['id']}")
    restored = await post(user, task, "restore")
    assert restored == task | {"version": task["version"] + 2, "updated_at": restored["updated_at"]}
    assert await post(user, task, "restore") == restored
    assert (await post(user, task, "reopen"))["is_overdue"] is True
