"""Personal access tokens, for scripts and other programs."""

from asyncio import gather
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from todo_frontend.backend.client import UserApi
from todo_frontend.backend.dto import NewAccessToken
from todo_frontend.deps import Api, Form
from todo_frontend.forms import FormState, rejected_form
from todo_frontend.security.redirects import see_other
from todo_frontend.templating import page
from todo_kit.http_client import UpstreamRejected

router = APIRouter(prefix="/app/settings/tokens")
SCOPES = {
    "tasks:read": "Read tasks, projects and labels",
    "tasks:write": "Change tasks, projects and labels",
    "suggestions:read": "Read suggestions",
    "suggestions:write": "Decide on suggestions",
    "account:read": "Read the account and its settings",
    "account:write": "Change the account and its settings",
}
LIFETIMES = {"30": "30 days", "90": "90 days", "365": "1 year", "": "No end"}


@router.get("")
async def show_tokens(request: Request, api: Api) -> Response:
    return await _tokens_page(request, api)


@router.post("")
async def create_token(form: Form, request: Request, api: Api) -> Response:
    """Answers with the page itself instead of a redirect, since the token is shown this once."""
    token: dict[str, Any] = {
        "name": form.text("name"),
        "scopes": [s for s in form.all("scopes") if s in SCOPES],
    }
    if not token["scopes"]:
        state = FormState(form.values(), {"scopes": "Please choose at least one."}, key=form.key())
        return await _tokens_page(request, api, form=state, chosen=())
    days = form.text("lifetime")
    if days and days in LIFETIMES:
        token["expires_at"] = (datetime.now(UTC) + timedelta(days=int(days))).isoformat()
    try:
        created = await api.create_access_token(token, key=form.key())
    except UpstreamRejected as error:
        return await _tokens_page(
            request, api, form=rejected_form(error, form), chosen=tuple(token["scopes"])
        )
    return await _tokens_page(request, api, created=created)


@router.post("/{token_id}/revoke")
async def revoke_token(_: Form, api: Api, token_id: UUID) -> Response:
    await api.revoke_access_token(token_id)
    return see_other("/app/settings/tokens", notice="token_revoked")


async def _tokens_page(
    request: Request,
    api: UserApi,
    *,
    form: FormState | None = None,
    chosen: tuple[str, ...] = ("tasks:read",),
    created: NewAccessToken | None = None,
) -> Response:
    overview, tokens = await gather(api.overview(), api.access_tokens())
    return page(
        request,
        "settings/tokens.html",
        status=422 if form else 201 if created else 200,
        overview=overview,
        tokens=tokens,
        token_scopes=SCOPES,
        chosen=chosen,
        lifetimes=LIFETIMES,
        form=form or FormState({"lifetime": "90"}),
        created=created,
    )
