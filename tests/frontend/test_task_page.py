"""One task: saving, refusing, and two people (or two tabs) at once."""

from tests.frontend.browser import Browser
from tests.frontend.stub.store import Account


async def test_everything_about_a_task_can_be_changed(browser: Browser, me: Account) -> None:
    project = me.add_project("Flat")
    task = me.add_task("Call", due_date="2027-03-01")
    page = await browser.press(
        await browser.open(f"/app/tasks/{task['id']}?next=/app/inbox"),
        "Save",
        title="Call the landlord",
        notes="Ask about\r\nthe heating",
        priority="p2",
        due_date="2027-03-04",
        due_time="09:30",
        due_timezone="Europe/Lisbon",
        project_id=project["id"],
        labels="waiting, home",
    )
    assert page.path.startswith("/app/inbox?notice=task_saved")
    assert task["title"] == "Call the landlord"
    assert task["notes"] == "Ask about\nthe heating"
    assert (task["due_date"], task["due_time"], task["due_timezone"]) == (
        "2027-03-04",
        "09:30",
        "Europe/Lisbon",
    )
    assert (task["priority"], task["project_id"], task["labels"]) == (
        "p2",
        project["id"],
        ["waiting", "home"],
    )


async def test_clearing_the_date_clears_the_zone_too(browser: Browser, me: Account) -> None:
    task = me.add_task("Call", due_date="2027-03-01", due_time="09:00:00", due_timezone="Europe/Lisbon")
    form = await browser.open(f"/app/tasks/{task['id']}")
    await browser.press(form, "Save", due_date="", due_time="")
    assert (task["due_date"], task["due_time"], task["due_timezone"]) == (None, None, None)


async def test_a_refused_change_comes_back_as_typed(browser: Browser, me: Account) -> None:
    task = me.add_task("Call")
    form = await browser.open(f"/app/tasks/{task['id']}")
    page = await browser.press(form, "Save", title="y" * 501, notes="kept", due_time="10:00")
    assert page.status == 422
    assert page.one("#field-title")["aria-invalid"] == "true"
    assert page.one("#field-notes").get_text().strip() == "kept"
    assert page.one("#field-due_time")["value"] == "10:00"
    assert task["title"] == "Call"


async def test_a_change_made_meanwhile_is_shown_next_to_ones_own(browser: Browser, me: Account) -> None:
    task = me.add_task("Call")
    form = await browser.open(f"/app/tasks/{task['id']}")
    task |= {"title": "Call Johan", "version": 2}

    page = await browser.press(form, "Save", title="Call Mira")

    assert page.status == 412
    assert "changed in the meantime" in page.text
    row = page.one("table.diff tbody tr")
    assert [cell.get_text() for cell in row.find_all(["th", "td"])] == ["Title", "Call Johan", "Call Mira"]
    assert page.one("#field-title")["value"] == "Call Mira"

    await browser.press(page, "Save")
    assert task["title"] == "Call Mira"


async def test_someone_elses_task_is_a_page_that_does_not_exist(browser: Browser) -> None:
    page = await browser.open("/app/tasks/0199f1d2-0000-7000-8000-000000000000")
    assert page.status == 404
    assert page.one("h1").get_text() == "Nothing here"
    assert (await browser.open("/app/tasks/no-id")).status == 404
