"""The settings pages."""

from tests.frontend.browser import Browser
from tests.frontend.stub.store import Account, Store


async def test_profile(browser: Browser, me: Account) -> None:
    page = await browser.press(
        await browser.open("/app/settings"), "Save profile", name="Ada L.", timezone="Europe/Paris"
    )
    assert "Settings saved" in page.text
    assert (me.user["name"], me.user["timezone"]) == ("Ada L.", "Europe/Paris")


async def test_a_rejected_profile_keeps_the_text(browser: Browser) -> None:
    page = await browser.press(await browser.open("/app/settings"), "Save profile", name="x" * 300)
    assert page.status == 422
    assert page.one("#field-name")["value"] == "x" * 300
    assert page.one("#field-name")["aria-invalid"] == "true"


async def test_assistants_can_be_switched_off_one_by_one_and_together(browser: Browser, me: Account) -> None:
    form = {"overdue": "on", "quiet": "on", "quiet_start": "21:30", "quiet_end": "06:00"}
    await browser.submit("/app/settings/agents", form)
    assert me.preferences["autonomous_agents_enabled"] is False
    assert me.preferences["agents"] == {"overdue": True, "prioritization": False}
    assert me.preferences["quiet_hours"] == {"start": "21:30", "end": "06:00"}
    assert me.preferences["email_reminders"] is False
    page = await browser.open("/app/settings")
    switches = {str(box["name"]): box.has_attr("checked") for box in page.html.select("[role=switch]")}
    assert switches == {
        "autonomous_agents_enabled": False,
        "overdue": True,
        "prioritization": False,
        "quiet": True,
        "email_reminders": False,
    }


async def test_quiet_hours_need_times(browser: Browser, me: Account) -> None:
    page = await browser.submit("/app/settings/agents", {"quiet": "on", "quiet_start": "25:00"})
    assert page.status == 422
    assert page.one("#field-quiet_start")["aria-invalid"] == "true"
    assert me.preferences["quiet_hours"] is None


async def test_a_message_about_a_field_that_is_not_on_the_form_is_shown_too(
    browser: Browser, me: Account
) -> None:
    form = {"quiet": "on", "quiet_start": "08:00", "quiet_end": "08:00"}
    page = await browser.submit("/app/settings/agents", form)
    assert page.status == 422
    assert "Start and end must differ." in page.one("[role=alert]").get_text()
    assert page.one("#field-quiet_end")["value"] == "08:00"
    assert me.preferences["quiet_hours"] is None


async def test_the_theme_follows_the_user(browser: Browser) -> None:
    page = await browser.press(await browser.open("/app/settings"), "Save appearance", theme="dark")
    assert page.one("html")["data-theme"] == "dark"


async def test_password(browser: Browser, me: Account) -> None:
    page = await browser.open("/app/settings")
    page = await browser.press(
        page, "Change password", current_password="wrong", new_password="battery staple"
    )
    assert page.status == 422
    assert "not your current password" in page.text
    page = await browser.press(
        page, "Change password", current_password="correct horse battery", new_password="battery staple"
    )
    assert "Password changed" in page.text
    assert me.password == "battery staple"


async def test_sessions_can_be_ended(browser: Browser, store: Store, me: Account) -> None:
    store.open_session(me, "Mozilla/5.0 (iPhone) Safari/605")
    page = await browser.open("/app/settings")
    assert "Safari on iPhone" in page.text
    await browser.press(page, "End session")
    assert len(me.sessions) == 1


async def test_an_access_token_is_shown_once(browser: Browser, me: Account) -> None:
    page = await browser.open("/app/settings/tokens")
    page = await browser.press(page, "Create token", name="backup", scopes=["tasks:read"], lifetime="30")
    assert page.status == 201
    assert page.one("#created-token")["value"] == "tdp_only-shown-once"
    token = next(iter(me.tokens.values()))
    assert (token["name"], token["scopes"]) == ("backup", ["tasks:read"])
    assert token["expires_at"]

    again = await browser.open("/app/settings/tokens")
    assert "tdp_" not in again.response.text
    await browser.press(again, "Revoke")
    assert not me.tokens


async def test_a_token_without_scopes_is_refused(browser: Browser, me: Account) -> None:
    page = await browser.submit("/app/settings/tokens", {"name": "backup"})
    assert page.status == 422
    assert "at least one" in page.one("#scopes-error").get_text()
    assert not me.tokens


async def test_export_is_a_file(browser: Browser, me: Account) -> None:
    me.add_task("Mine")
    answer = (await browser.open("/app/settings/export")).response
    assert answer.headers["content-disposition"].startswith('attachment; filename="tasks-')
    assert answer.json()["tasks"][0]["title"] == "Mine"


async def test_leaving_needs_the_password(browser: Browser, store: Store) -> None:
    page = await browser.press(await browser.open("/app/settings"), "Delete my account", password="wrong")
    assert page.status == 422
    page = await browser.press(page, "Delete my account", password="correct horse battery")
    assert page.path.startswith("/?notice=account_deleted")
    assert not store.accounts
