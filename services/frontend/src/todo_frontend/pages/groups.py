"""Projects and labels: create, rename, recolour, delete. The two differ only in words and in deletion."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from todo_frontend.backend.client import UserApi
from todo_frontend.deps import Api, Form
from todo_frontend.forms import FormState, rejected_form
from todo_frontend.security.redirects import safe_next, see_other
from todo_frontend.templating import page
from todo_kit.http_client import UpstreamRejected

router = APIRouter()


@dataclass(frozen=True)
class Kind:
    """`plural` is the name in addresses, here and in the backend."""

    plural: Literal["projects", "labels"]
    singular: str
    color: str
    empty: str


PROJECTS = Kind(
    "projects", "project", "purple", "No projects yet. A project keeps tasks together that share a goal."
)
LABELS = Kind(
    "labels", "label", "gray", "No labels yet. Labels cut across projects: “errands”, “5 minutes”, “waiting”."
)


@router.get("/app/projects")
async def list_projects(request: Request, api: Api) -> Response:
    return await _page(request, api, PROJECTS)


@router.get("/app/labels")
async def list_labels(request: Request, api: Api) -> Response:
    return await _page(request, api, LABELS)


@router.post("/app/projects")
async def create_project(form: Form, request: Request, api: Api) -> Response:
    group = {"name": form.text("name"), "color": form.text("color") or PROJECTS.color}
    try:
        created = await api.create_group("projects", group, key=form.key())
    except UpstreamRejected as error:
        return await _page(request, api, PROJECTS, form=rejected_form(error, form))
    return see_other(f"/app/projects/{created}", notice="project_created")


@router.post("/app/labels")
async def create_label(form: Form, request: Request, api: Api) -> Response:
    group = {"name": form.text("name"), "color": form.text("color") or LABELS.color}
    try:
        await api.create_group("labels", group, key=form.key())
    except UpstreamRejected as error:
        return await _page(request, api, LABELS, form=rejected_form(error, form))
    return see_other("/app/labels", notice="label_created")


@router.get("/app/projects/{group_id}/edit")
async def edit_project(request: Request, api: Api, group_id: UUID) -> Response:
    return await _edit_page(request, api, PROJECTS, group_id)


@router.get("/app/labels/{group_id}/edit")
async def edit_label(request: Request, api: Api, group_id: UUID) -> Response:
    return await _edit_page(request, api, LABELS, group_id)


@router.post("/app/projects/{group_id}")
async def save_project(form: Form, request: Request, api: Api, group_id: UUID) -> Response:
    try:
        await api.update_group("projects", group_id, {"name": form.text("name"), "color": form.text("color")})
    except UpstreamRejected as error:
        return await _edit_page(request, api, PROJECTS, group_id, form=rejected_form(error, form))
    return see_other(f"/app/projects/{group_id}", notice="project_saved")


@router.post("/app/labels/{group_id}")
async def save_label(form: Form, request: Request, api: Api, group_id: UUID) -> Response:
    try:
        await api.update_group("labels", group_id, {"name": form.text("name"), "color": form.text("color")})
    except UpstreamRejected as error:
        return await _edit_page(request, api, LABELS, group_id, form=rejected_form(error, form))
    return see_other("/app/labels", notice="label_saved")


@router.post("/app/projects/{group_id}/delete")
async def delete_project(form: Form, api: Api, group_id: UUID) -> Response:
    to_trash = form.text("tasks") == "trash"
    await api.delete_project(group_id, tasks_to_trash=to_trash)
    return see_other(
        safe_next(form.text("next"), default="/app/projects"),
        notice="project_deleted_with_tasks" if to_trash else "project_deleted",
    )


@router.post("/app/labels/{group_id}/delete")
async def delete_label(form: Form, api: Api, group_id: UUID) -> Response:
    await api.delete_label(group_id)
    return see_other(safe_next(form.text("next"), default="/app/labels"), notice="label_deleted")


async def _page(request: Request, api: UserApi, kind: Kind, *, form: FormState | None = None) -> Response:
    overview = await api.overview()
    return page(
        request,
        "groups/list.html",
        status=422 if form else 200,
        overview=overview,
        kind=kind,
        groups=getattr(overview, kind.plural),
        form=form or FormState({"color": kind.color}),
    )


async def _edit_page(
    request: Request, api: UserApi, kind: Kind, group_id: UUID, *, form: FormState | None = None
) -> Response:
    overview = await api.overview()
    group = next((item for item in getattr(overview, kind.plural) if item.id == group_id), None)
    if group is None:
        raise HTTPException(404)
    return page(
        request,
        "groups/edit.html",
        status=422 if form else 200,
        overview=overview,
        kind=kind,
        group=group,
        form=form or FormState({"name": group.name, "color": group.color}),
    )
