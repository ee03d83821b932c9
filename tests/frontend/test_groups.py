"""Projects and labels."""

import pytest
from tests.frontend.browser import Browser
from tests.frontend.stub.store import Account


async def test_a_project_is_created_renamed_and_recoloured(browser: Browser, me: Account) -> None:
    page = await browser.press(
        await browser.open("/app/projects"), "Create project", name="Flat", color="teal"
    )
    assert page.one("h1").get_text() == "Flat"
    project = next(iter(me.projects.values()))
    edit = await browser.open(f"/app/projects/{project['id']}/edit")
    page = await browser.press(edit, "Save", name="New flat", color="red")
    assert page.one("h1").get_text() == "New flat"
    assert (project["name"], project["color"]) == ("New flat", "red")


@pytest.mark.parametrize(("choice", "status"), [("inbox", "open"), ("trash", "trash")])
async def test_deleting_a_project_asks_about_its_tasks(
    browser: Browser, me: Account, choice: str, status: str
) -> None:
    project = me.add_project("Flat")
    task = me.add_task("Call", project_id=project["id"])
    edit = await browser.open(f"/app/projects/{project['id']}/edit")
    page = await browser.press(edit, "Delete project", tasks=choice)
    assert page.path.startswith("/app/projects?notice=project_deleted")
    assert not me.projects
    assert (task["project_id"], task["status"]) == (None, status)


async def test_labels(browser: Browser, me: Account) -> None:
    await browser.press(await browser.open("/app/labels"), "Create label", name="home", color="green")
    label = next(iter(me.labels.values()))
    edit = await browser.open(f"/app/labels/{label['id']}/edit")
    await browser.press(edit, "Save", name="house")
    assert label["name"] == "house"
    await browser.press(await browser.open(f"/app/labels/{label['id']}/edit"), "Delete label")
    assert not me.labels


@pytest.mark.parametrize("kind", ["project", "label"])
async def test_a_name_is_taken_once(browser: Browser, me: Account, kind: str) -> None:
    me.add_project("Flat")
    me.add_label("Flat")
    page = await browser.press(await browser.open(f"/app/{kind}s"), f"Create {kind}", name="flat")
    assert page.status == 422
    assert "already use this name" in page.one("[role=alert]").get_text()
    assert page.one("#field-name")["value"] == "flat"


async def test_groups_that_do_not_exist(browser: Browser) -> None:
    missing = "0199f1d2-0000-7000-8000-000000000000"
    for path in (f"/app/projects/{missing}", f"/app/labels/{missing}", f"/app/labels/{missing}/edit"):
        assert (await browser.open(path)).status == 404
