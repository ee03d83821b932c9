"""Settings: the profile, how the agents behave, how things look, the password, sessions, and leaving."""

import re
from asyncio import gather
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from todo_frontend.backend.client import UserApi
from todo_frontend.deps import Api, Cookie, Form
from todo_frontend.forms import FormState, rejected_form
from todo_frontend.pages.timezones import timezone_names
from todo_frontend.security.redirects import see_other
from todo_frontend.templating import page
from todo_kit.http_client import UpstreamRejected

router = APIRouter(prefix="/app/settings")
THEMES = {"system": "Like my device", "light": "Light", "dark": "Dark"}
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


@router.get("")
async def show_settings(request: Request, api: Api) -> Response:
    return await _settings_page(request, api)


@router.post("/profile")
async def save_profile(form: Form, request: Request, api: Api) -> Response:
    changes = {"name": form.text("name"), "timezone": form.text("timezone")}
    try:
        await api.update_me(changes)
    except UpstreamRejected as error:
        return await _settings_page(request, api, profile=rejected_form(error, form))
    return see_other("/app/settings", notice="settings_saved")


@router.post("/agents")
async def save_agents(form: Form, request: Request, api: Api) -> Response:
    changes: dict[str, Any] = {
        "autonomous_agents_enabled": form.checked("autonomous_agents_enabled"),
        "agents": {"overdue": form.checked("overdue"), "prioritization": form.checked("prioritization")},
        "email_reminders": form.checked("email_reminders"),
        "quiet_hours": None,
    }
    start, end = form.text("quiet_start"), form.text("quiet_end")
    if form.checked("quiet"):
        errors = {
            name: "Please give a time such as 22:00."
            for name, value in (("quiet_start", start), ("quiet_end", end))
            if not _TIME.fullmatch(value)
        }
        if errors:
            return await _settings_page(request, api, agents=FormState(form.values(), errors))
        changes["quiet_hours"] = {"start": start, "end": end}
    try:
        await api.update_preferences(changes)
    except UpstreamRejected as error:
        return await _settings_page(request, api, agents=rejected_form(error, form))
    return see_other("/app/settings", notice="settings_saved")


@router.post("/appearance")
async def save_appearance(form: Form, request: Request, api: Api) -> Response:
    try:
        await api.update_preferences({"theme": form.text("theme")})
    except UpstreamRejected as error:
        return await _settings_page(request, api, appearance=rejected_form(error, form))
    return see_other("/app/settings", notice="settings_saved")


@router.post("/password")
async def change_password(form: Form, request: Request, api: Api) -> Response:
    try:
        await api.change_password(current=form.raw("current_password"), new=form.raw("new_password"))
    except UpstreamRejected as error:
        state = _wrong_password(error, "current_password") or rejected_form(error, form)
        return await _settings_page(request, api, password=state)
    return see_other("/app/settings", notice="password_changed")


@router.post("/sessions/{session_id}/end")
async def end_session(_: Form, api: Api, session_id: UUID) -> Response:
    await api.end_session(session_id)
    return see_other("/app/settings", notice="session_ended")


@router.get("/export")
async def export(api: Api) -> Response:
    """Everything of this user as one JSON file."""
    name = f"tasks-{datetime.now(UTC):%Y-%m-%d}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(await api.export(), media_type="application/json", headers=headers)


@router.post("/delete-account")
async def delete_account(form: Form, request: Request, api: Api, cookie: Cookie) -> Response:
    try:
        await api.delete_account(password=form.raw("password"))
    except UpstreamRejected as error:
        state = _wrong_password(error, "password") or rejected_form(error, form)
        return await _settings_page(request, api, leaving=state)
    response = see_other("/", notice="account_deleted")
    cookie.clear(response)
    return response


def _wrong_password(error: UpstreamRejected, field: str) -> FormState | None:
    """The session is fine, but the password that had to be repeated is not."""
    if error.code not in {"invalid_credentials", "wrong_password", "invalid_password"}:
        return None
    return FormState(errors={field: "This is not your current password."})


async def _settings_page(request: Request, api: UserApi, **forms: FormState) -> Response:
    """All sections; `forms` holds the one that was rejected."""
    overview, sessions = await gather(api.overview(), api.sessions())
    preferences = overview.preferences
    quiet = preferences.quiet_hours
    current = {
        "profile": FormState({"name": overview.user.name or "", "timezone": overview.user.timezone}),
        "agents": FormState(
            {
                "autonomous_agents_enabled": preferences.autonomous_agents_enabled,
                "overdue": preferences.agents.overdue,
                "prioritization": preferences.agents.prioritization,
                "email_reminders": preferences.email_reminders,
                "quiet": quiet is not None,
                "quiet_start": quiet.start[:5] if quiet else "22:00",
                "quiet_end": quiet.end[:5] if quiet else "07:00",
            }
        ),
        "appearance": FormState({"theme": preferences.theme}),
        "password": FormState(),
        "leaving": FormState(),
    }
    return page(
        request,
        "settings/settings.html",
        status=422 if forms else 200,
        overview=overview,
        sessions=sessions,
        themes=THEMES,
        timezones=timezone_names(),
        path=router.prefix,
        **(current | forms),
    )
