"""One task: everything about it in one form, safe against a change made elsewhere in the meantime."""

from asyncio import gather
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from todo_frontend.backend.client import UserApi
from todo_frontend.backend.dto import Task
from todo_frontend.deps import Api, Form
from todo_frontend.formatting import clock
from todo_frontend.forms import FormState, Submitted, rejected_form
from todo_frontend.pages.tasks import split_labels
from todo_frontend.pages.timezones import timezone_names
from todo_frontend.security.redirects import safe_next, see_other
from todo_frontend.templating import page
from todo_kit.http_client import UpstreamRejected

router = APIRouter()


@router.get("/app/tasks/{task_id}")
async def show_task(request: Request, api: Api, task_id: UUID) -> Response:
    return await _task_page(request, api, task_id, back=safe_next(request.query_params.get("next")))


@router.post("/app/tasks/{task_id}")
async def save_task(form: Form, request: Request, api: Api, task_id: UUID) -> Response:
    back = safe_next(form.text("next"))
    try:
        await api.update_task(task_id, _fields(form), version=form.version())
    except UpstreamRejected as error:
        if error.status == HTTPStatus.PRECONDITION_FAILED:
            return await _task_page(
                request, api, task_id, back=back, form=FormState(form.values()), changed=True
            )
        return await _task_page(request, api, task_id, back=back, form=rejected_form(error, form))
    return see_other(back, notice="task_saved", about=task_id)


async def _task_page(
    request: Request,
    api: UserApi,
    task_id: UUID,
    *,
    back: str,
    form: FormState | None = None,
    changed: bool = False,
) -> Response:
    """The form. After a lost race (`changed`) it holds what the user typed, next to what is stored now;
    its hidden version is the stored one, so that saving again is a decision and not an accident."""
    overview, task = await gather(api.overview(), api.task(task_id))
    stored = form_values(task)
    return page(
        request,
        "tasks/edit.html",
        status=200 if form is None else HTTPStatus.PRECONDITION_FAILED if changed else 422,
        overview=overview,
        task=task,
        form=form or FormState(stored),
        stored=stored,
        differences=_differences(stored, form) if form and changed else (),
        changed=changed,
        back=back,
        timezones=timezone_names(),
    )


def form_values(task: Task) -> dict[str, str]:
    return {
        "title": task.title,
        "notes": task.notes or "",
        "priority": task.priority,
        "due_date": task.due_date.isoformat() if task.due_date else "",
        "due_time": clock(task.due_time),
        "due_timezone": task.due_timezone or "",
        "project_id": str(task.project_id or ""),
        "labels": ", ".join(task.labels),
    }


def _differences(stored: dict[str, str], form: FormState) -> tuple[str, ...]:
    """The names of the fields in which the user's text and the stored task disagree."""
    return tuple(name for name, value in stored.items() if str(form.value(name)).strip() != value.strip())


def _fields(form: Submitted) -> dict[str, Any]:
    due_date = form.optional("due_date")
    return {
        "title": form.text("title"),
        "notes": form.text("notes").replace("\r\n", "\n"),
        "priority": form.text("priority"),
        "due_date": due_date,
        "due_time": form.optional("due_time"),
        "due_timezone": form.optional("due_timezone") if due_date and form.text("due_time") else None,
        "project_id": form.optional("project_id"),
        "labels": split_labels(form.text("labels")),
    }
