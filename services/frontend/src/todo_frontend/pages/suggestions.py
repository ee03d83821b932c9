"""The cards of the agents: look, accept, edit and accept, put aside, dismiss, take back."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse, Response

from todo_frontend.backend.client import UserApi
from todo_frontend.cards import SCOPES, SNOOZES, fingerprint
from todo_frontend.deps import Api, Form, is_htmx
from todo_frontend.forms import FormState, Submitted, rejected_form
from todo_frontend.notices import NOTICES
from todo_frontend.pages.tasks import split_labels
from todo_frontend.security.redirects import safe_next, see_other
from todo_frontend.templating import page
from todo_kit.http_client import UpstreamRejected

router = APIRouter(prefix="/app/suggestions")

MAX_REASON = 500


@router.get("")
async def show_suggestions(request: Request, api: Api) -> Response:
    """The page of all cards; for htmx only the region, or 204 when it shows the same cards already."""
    overview = await api.overview()
    if not is_htmx(request):
        return page(request, "suggestions/list.html", overview=overview)
    if request.query_params.get("seen") == fingerprint(overview):
        return Response(status_code=204)
    here = safe_next(request.query_params.get("next"))
    response: HTMLResponse = page(
        request, "suggestions/fragment.html", overview=overview, here=here, notice=None
    )
    response.headers["Vary"] = "HX-Request"
    return response


@router.post("/{suggestion_id}/accept")
async def accept(form: Form, api: Api, suggestion_id: UUID) -> Response:
    return await _decide(form, api.accept(suggestion_id), "suggestion_accepted")


@router.post("/{suggestion_id}/dismiss")
async def dismiss(form: Form, api: Api, suggestion_id: UUID) -> Response:
    scope = form.text("scope") if form.text("scope") in SCOPES else "this"
    reason = form.text("reason")[:MAX_REASON] or None
    done = "suggestion_rule_dismissed" if scope == "rule" else "suggestion_dismissed"
    return await _decide(form, api.dismiss(suggestion_id, scope=scope, reason=reason), done)


@router.post("/{suggestion_id}/snooze")
async def snooze(form: Form, api: Api, suggestion_id: UUID) -> Response:
    _, duration = SNOOZES.get(form.text("for"), SNOOZES["1d"])
    until = datetime.now(UTC) + duration
    return await _decide(form, api.snooze(suggestion_id, until), "suggestion_snoozed")


@router.post("/{suggestion_id}/undo")
async def undo(form: Form, api: Api, suggestion_id: UUID) -> Response:
    return await _decide(form, api.undo(suggestion_id), "suggestion_undone")


@router.get("/{suggestion_id}/edit")
async def show_edit(request: Request, api: Api, suggestion_id: UUID) -> Response:
    return await _edit_page(request, api, suggestion_id, back=safe_next(request.query_params.get("next")))


@router.post("/{suggestion_id}/edit")
async def accept_edited(form: Form, request: Request, api: Api, suggestion_id: UUID) -> Response:
    back = safe_next(form.text("next"))
    changes = edited_changes(form)
    if not changes:
        state = FormState(
            form.values(), error="Please keep at least one of the changes, or dismiss the suggestion."
        )
        return await _edit_page(request, api, suggestion_id, back=back, form=state)
    try:
        await api.accept(suggestion_id, edited=changes)
    except UpstreamRejected as error:
        if error.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            return await _edit_page(request, api, suggestion_id, back=back, form=rejected_form(error, form))
        if error.code in NOTICES:
            return see_other(back, notice=error.code)
        raise
    return see_other(back, notice="suggestion_accepted")


def edited_changes(form: Submitted) -> list[dict[str, Any]]:
    """The rows the user kept. Row `n` is `task-n`, `field-n`, `to-n`, and `use-n` when it is ticked."""
    rows = [name.removeprefix("task-") for name, _ in form.pairs if name.startswith("task-")]
    kept = [row for row in rows if form.checked(f"use-{row}")]
    return [
        {
            "task_id": form.text(f"task-{row}"),
            "field": form.text(f"field-{row}"),
            "to": _value(form.text(f"field-{row}"), form.text(f"to-{row}")),
        }
        for row in kept
    ]


async def _decide(form: Submitted, decision: Any, notice: str) -> Response:
    """Carry out a decision. One that comes too late is a notice, not an error page."""
    back = safe_next(form.text("next"))
    try:
        await decision
    except UpstreamRejected as error:
        if error.status == HTTPStatus.CONFLICT and error.code in NOTICES:
            return see_other(back, notice=error.code)
        raise
    return see_other(back, notice=notice)


async def _edit_page(
    request: Request, api: UserApi, suggestion_id: UUID, *, back: str, form: FormState | None = None
) -> Response:
    overview = await api.overview()
    card = next((item for item in overview.suggestions if item.id == suggestion_id), None)
    if card is None:
        raise HTTPException(404)
    return page(
        request,
        "suggestions/edit.html",
        status=422 if form else 200,
        overview=overview,
        card=card,
        form=form or FormState(),
        back=back,
    )


def _value(field: str, text: str) -> Any:
    if field == "labels":
        return split_labels(text)
    return text or (text if field in {"title", "notes"} else None)
