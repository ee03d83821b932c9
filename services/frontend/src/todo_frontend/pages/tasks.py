"""The lists of tasks, and adding a task to one."""

from asyncio import gather
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from todo_frontend.backend.client import UserApi
from todo_frontend.backend.dto import Group, Overview, TaskPage
from todo_frontend.deps import Api, Form
from todo_frontend.forms import FormState, Submitted, rejected_form
from todo_frontend.pages import views
from todo_frontend.pages.views import Filters, Shown, View
from todo_frontend.security.redirects import safe_next, see_other
from todo_frontend.templating import page
from todo_kit.http_client import UpstreamRejected

router = APIRouter()
_NO_TASKS = TaskPage(items=(), next_cursor=None)


@router.get("/app")
@router.get("/app/inbox")
@router.get("/app/upcoming")
@router.get("/app/done")
@router.get("/app/trash")
@router.get("/app/search")
async def fixed_list(request: Request, api: Api) -> Response:
    view = views.FIXED[request.url.path]
    return await list_page(request, api, view, query=request.query_params)


@router.get("/app/projects/{project_id}")
async def project_list(request: Request, api: Api, project_id: UUID) -> Response:
    return await list_page(request, api, views.project_view(project_id), query=request.query_params)


@router.get("/app/labels/{label_id}")
async def label_list(request: Request, api: Api, label_id: UUID) -> Response:
    return await list_page(request, api, views.label_view(label_id), query=request.query_params)


@router.post("/app/tasks")
async def add_task(form: Form, request: Request, api: Api) -> Response:
    back = safe_next(form.text("next"))
    try:
        task = await api.create_task(task_fields(form), key=form.key())
    except UpstreamRejected as error:
        return await _list_again(request, api, back, rejected_form(error, form))
    return see_other(back, notice="task_added", about=task.id)


def task_fields(form: Submitted) -> dict[str, Any]:
    """The fields of a task from a form: empty text means "none"."""
    fields: dict[str, Any] = {
        "title": form.text("title"),
        "priority": form.text("priority") or "p4",
        "due_date": form.optional("due_date"),
        "project_id": form.optional("project_id"),
        "labels": split_labels(form.text("labels")),
    }
    if form.optional("due_time"):
        fields["due_time"] = form.text("due_time")
    return fields


def split_labels(text: str) -> list[str]:
    """ "home, Errands,home" as ["home", "Errands"]."""
    names = (name.strip() for name in text.split(","))
    return list(dict.fromkeys(name for name in names if name))


async def _list_again(request: Request, api: UserApi, back: str, composer: FormState) -> Response:
    """The list the user was on, with what they typed and what is wrong with it."""
    parts = urlsplit(back)
    view = views.view_of_path(parts.path)
    return await list_page(request, api, view, query=QueryParams(parts.query), composer=composer)


async def list_page(
    request: Request,
    api: UserApi,
    view: View,
    *,
    query: QueryParams,
    composer: FormState | None = None,
) -> Response:
    """Render a list with two requests to the backend, made at the same time wherever that is possible."""
    filters = Filters.of(query, view)
    if view.label_id:  # the backend selects by a label's name, which only the overview tells
        overview = await api.overview()
        tasks = await _load(api, _naming_label(view, overview), filters)
    else:
        overview, tasks = await gather(api.overview(), _load(api, view, filters))
    shown = _shown(view, filters, overview, tasks)
    return page(
        request,
        "tasks/list.html",
        status=422 if composer else 200,
        overview=overview,
        shown=shown,
        composer=composer or FormState(values=shown.defaults),
        sorts=views.SORTS,
        statuses=views.STATUSES,
        here=_address(view, filters),
        path=view.path,
    )


def _naming_label(view: View, overview: Overview) -> View:
    label = next((item for item in overview.labels if item.id == view.label_id), None)
    if label is None:
        raise HTTPException(404)
    return replace(view, query={"label": label.name})


async def _load(api: UserApi, view: View, filters: Filters) -> TaskPage:
    if view.key == "search" and not filters.q:
        return _NO_TASKS
    return await api.tasks(filters.backend_query(view))


def _shown(view: View, filters: Filters, overview: Overview, tasks: TaskPage) -> Shown:
    groups: tuple[Group, ...] = (*overview.projects, *overview.labels)
    group = next((item for item in groups if item.id in {view.project_id, view.label_id}), None)
    if group is None and (view.project_id or view.label_id):
        raise HTTPException(404)
    more = filters.page_query(view, cursor=tasks.next_cursor) if tasks.next_cursor else None
    return Shown(
        view=view,
        heading=group.name if group else view.heading,
        color=group.color if group else "",
        filters=filters,
        groups=views.grouped(view, tasks.items, overview),
        more=f"{view.path}?{urlencode(more)}" if more else "",
        defaults=views.defaults_of(view, overview),
    )


def _address(view: View, filters: Filters) -> str:
    query = filters.page_query(view)
    return f"{view.path}?{urlencode(query)}" if query else view.path
