"""The lists: what they show, add, tick off, restore and page through."""

from datetime import timedelta

import pytest
from tests.frontend.browser import Browser, accessible_name, form_fields
from tests.frontend.stub.store import Account, Json, Store


def day(me: Account, offset: int) -> str:
    return (me.today + timedelta(days=offset)).isoformat()


async def test_a_task_is_added_from_the_dashboard(browser: Browser, me: Account) -> None:
    page = await browser.press(
        await browser.open("/app"), "Add", title="Buy milk", labels="errands, home,errands"
    )
    assert page.path.startswith("/app?notice=task_added")
    box = page.one("[role=checkbox]")
    assert accessible_name(box) == "Buy milk"
    assert box["aria-checked"] == "false"
    task = next(iter(me.tasks.values()))
    assert task["due_date"] == day(me, 0), "a task added to Today is due today, so that it shows up there"
    assert task["labels"] == ["errands", "home"]


async def test_the_textbox_and_its_button_have_the_promised_names(browser: Browser) -> None:
    page = await browser.open("/app/inbox")
    assert accessible_name(page.one("input[name=title]")) == "Add a task"
    assert page.button("Add")["class"]
    for name in ("Due date", "Priority", "Project", "Labels"):
        assert page.html.find("label", string=name), name


async def test_submitting_twice_makes_one_task(browser: Browser, me: Account) -> None:
    page = await browser.open("/app/inbox")
    form = form_fields(page.form("/app/tasks")) | {"title": "Only once"}
    await browser.submit("/app/tasks", form)
    await browser.submit("/app/tasks", form)
    assert [task["title"] for task in me.tasks.values()] == ["Only once"]


async def test_a_title_that_is_too_long_comes_back_with_the_rest(browser: Browser, me: Account) -> None:
    me.add_task("Already here")
    page = await browser.press(
        await browser.open("/app/inbox"), "Add", title="x" * 600, due_date="2027-01-05", priority="p2"
    )
    assert page.status == 422
    assert page.one("h1").get_text() == "Inbox"
    assert page.one("#sidebar [aria-current]")["href"] == "/app/inbox"
    field = page.one("#new-title")
    assert field["value"] == "x" * 600
    assert "at most 500" in page.one(f"#{field['aria-describedby']}").get_text()
    assert page.one("#new-due")["value"] == "2027-01-05"
    assert page.one("#new-priority option[selected]")["value"] == "p2"
    assert "Already here" in page.text
    assert len(me.tasks) == 1


async def test_ticking_off_and_taking_it_back(browser: Browser, me: Account) -> None:
    task = me.add_task("Water the plants", due_date=day(me, 0))
    page = await browser.press(await browser.open("/app"), "Water the plants")
    assert task["status"] == "done"
    assert page.path.startswith("/app?notice=task_completed")
    page = await browser.press(page, "Undo")
    assert task["status"] == "open"
    assert accessible_name(page.one("[role=checkbox]")) == "Water the plants"


async def test_today_shows_what_is_late_first(browser: Browser, me: Account) -> None:
    me.add_task("For today", due_date=day(me, 0))
    me.add_task("Left over", due_date=day(me, -2))
    me.add_task("Not yet", due_date=day(me, 1))
    page = await browser.open("/app")
    headings = [" ".join(h2.get_text(" ").split()) for h2 in page.html.select("section.group h2")]
    assert headings[0].startswith("Overdue")
    assert headings[1].startswith("Today")
    assert [link.get_text() for link in page.html.select("a.task-title")] == ["Left over", "For today"]


async def test_the_other_views(browser: Browser, me: Account) -> None:
    project = me.add_project("Flat")
    me.add_task("Somewhere", project_id=project["id"])
    me.add_task("Nowhere")
    me.add_task("Later", due_date=day(me, 3), project_id=project["id"])
    me.add_task("Finished", status="done", completed_at=me.user["created_at"])
    me.add_label("waiting")
    label = next(iter(me.labels.values()))
    me.add_task("Blocked", labels=["waiting"])

    assert await _titles(browser, "/app/inbox") == ["Nowhere", "Blocked"]
    assert await _titles(browser, "/app/upcoming") == ["Later"]
    assert await _titles(browser, f"/app/projects/{project['id']}") == ["Somewhere", "Later"]
    assert await _titles(browser, f"/app/labels/{label['id']}") == ["Blocked"]
    assert await _titles(browser, "/app/done") == ["Finished"]
    assert await _titles(browser, "/app/search?q=where&status=all") == ["Somewhere", "Nowhere"]
    assert await _titles(browser, "/app/search") == []


async def _titles(browser: Browser, path: str) -> list[str]:
    return [link.get_text() for link in (await browser.open(path)).html.select("a.task-title")]


async def test_filters_reach_the_backend_and_odd_values_do_not(browser: Browser, store: Store) -> None:
    await browser.open("/app/inbox?sort=created&priority=p1&label=home")
    query = _task_query(store)
    assert (query["sort"], query["order"]) == ("created", "desc")
    assert (query["priority"], query["label"]) == ("p1", "home")

    store.requests.clear()
    await browser.open("/app/inbox?sort=evil&priority=p9")
    query = _task_query(store)
    assert query["sort"] == "position"
    assert "priority" not in query


def _task_query(store: Store) -> Json:
    return next(query for _, path, query in store.requests if path == "/api/v1/tasks")


async def test_long_lists_have_more(browser: Browser, me: Account) -> None:
    for number in range(60):
        me.add_task(f"Task {number}")
    first = await browser.open("/app/inbox")
    more = first.html.find("a", string="Show more")
    assert more is not None
    second = await browser.open(str(more["href"]))
    assert len(second.html.select("a.task-title")) == 10
    assert second.html.find("a", string="Back to the start")


async def test_deleting_can_be_undone_in_two_places(browser: Browser, me: Account) -> None:
    task = me.add_task("Old list")
    page = await browser.press(await browser.open("/app/inbox"), "Delete")
    assert task["status"] == "trash"
    await browser.press(page, "Undo")
    assert task["status"] == "open"

    await browser.press(await browser.open("/app/inbox"), "Delete")
    await browser.press(await browser.open("/app/trash"), "Restore")
    assert task["status"] == "open"


async def test_deleting_for_good(browser: Browser, me: Account) -> None:
    me.add_task("Old list", status="trash")
    page = await browser.press(await browser.open("/app/trash"), "Delete permanently")
    assert not me.tasks
    assert "The trash is empty" in page.text


async def test_moving_a_task_up_in_its_list(browser: Browser, me: Account) -> None:
    for title in ("One", "Two"):
        me.add_task(title)
    await browser.press(await browser.open("/app/inbox"), "Move up")
    assert await _titles(browser, "/app/inbox") == ["Two", "One"]


@pytest.mark.parametrize(
    "path",
    [
        "/app",
        "/app/inbox",
        "/app/upcoming",
        "/app/done",
        "/app/search?q=x",
        "/app/suggestions",
        "/app/settings",
    ],
)
async def test_a_page_costs_at_most_two_requests(browser: Browser, store: Store, path: str) -> None:
    await browser.open(path)
    assert 1 <= len(store.requests) <= 2


async def test_titles_are_text_and_never_markup(browser: Browser, me: Account) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}'
    project = me.add_project(evil)
    task = me.add_task(evil, due_date=day(me, 0), labels=[evil], notes=evil, project_id=project["id"])
    me.add_label(evil)
    me.add_suggestion(
        task, to=None, title=evil, reason=evil, evidence={evil: evil, "list": [evil, {evil: evil}]}
    )
    card = next(iter(me.suggestions))
    for path in (
        "/app",
        "/app/projects",
        "/app/labels",
        f"/app/tasks/{task['id']}",
        f"/app/suggestions/{card}/edit",
    ):
        page = await browser.open(path)
        assert page.status == 200
        assert not page.html.select("script:not([src]), img, [onerror]"), path
        assert "{{ 7*7 }}" in page.response.text
