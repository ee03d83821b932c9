"""The task routes of the stand-in backend."""

from typing import Annotated

from fastapi import APIRouter, Body, Header, Request
from tests.frontend.stub.deps import Me
from tests.frontend.stub.problems import Refusal, invalid
from tests.frontend.stub.store import Account, Json, now

router = APIRouter(prefix="/tasks")


@router.get("")
async def find(request: Request, me: Me) -> Json:
    query = request.query_params
    status = query.get("status", "open")
    found = [task for task in me.tasks.values() if status in {"all", task["status"]}]
    found = [task for task in found if status == "trash" or task["status"] != "trash"]
    found = [task for task in found if _matches(task, query.get("view"), me.today.isoformat())]
    for name in ("project_id", "priority"):
        if name in query:
            found = [task for task in found if task[name] == query[name]]
    if "label" in query:
        found = [task for task in found if query["label"] in task["labels"]]
    if "q" in query:
        found = [task for task in found if query["q"].lower() in task["title"].lower()]
    if query.get("sort") == "due":
        found.sort(key=lambda task: (task["due_date"] or "9999", task["priority"]))
    else:
        found.sort(key=lambda task: task["position"])
    start, limit = int(query.get("cursor", "0")), int(query.get("limit", "50"))
    more = str(start + limit) if len(found) > start + limit else None
    return {"items": [me.shown_task(task) for task in found[start : start + limit]], "next_cursor": more}


def _matches(task: Json, view: str | None, today: str) -> bool:
    due = task["due_date"] or ""
    if view == "today":
        return "" < due <= today
    if view == "upcoming":
        return due > today
    return view != "inbox" or task["project_id"] is None


@router.post("", status_code=201)
async def create(me: Me, body: Annotated[Json, Body()], idempotency_key: Annotated[str, Header()]) -> Json:
    if idempotency_key not in me.answers:
        _check(body)
        me.answers[idempotency_key] = me.add_task(**body)
        _make_labels(me, body)
    return me.shown_task(me.answers[idempotency_key])


@router.get("/{task_id}")
async def show(me: Me, task_id: str) -> Json:
    return me.shown_task(_find(me, task_id))


@router.patch("/{task_id}")
async def change(
    me: Me, task_id: str, body: Annotated[Json, Body()], if_match: Annotated[str | None, Header()] = None
) -> Json:
    task = _find(me, task_id)
    if if_match is not None and if_match != f'"{task["version"]}"':
        raise Refusal(412, "version_conflict")
    _check(task | body)
    task |= body
    _make_labels(me, body)
    return me.shown_task(_touch(task))


@router.delete("/{task_id}", status_code=204)
async def delete(me: Me, task_id: str, permanent: bool = False) -> None:
    task = _find(me, task_id)
    if permanent:
        del me.tasks[task_id]
    else:
        task |= {"status": "trash", "deleted_at": now()}


@router.post("/{task_id}/complete")
async def complete(me: Me, task_id: str) -> Json:
    task = _find(me, task_id)
    task |= {"status": "done", "completed_at": now()}
    return me.shown_task(_touch(task))


@router.post("/{task_id}/reopen")
async def reopen(me: Me, task_id: str) -> Json:
    task = _find(me, task_id)
    task |= {"status": "open", "completed_at": None}
    return me.shown_task(_touch(task))


@router.post("/{task_id}/restore")
async def restore(me: Me, task_id: str) -> Json:
    task = _find(me, task_id)
    task |= {"status": "open", "deleted_at": None}
    return me.shown_task(_touch(task))


@router.post("/{task_id}/move")
async def move(me: Me, task_id: str, body: Annotated[Json, Body()]) -> Json:
    task = _find(me, task_id)
    side = "before" if body["before"] else "after"
    neighbour = _find(me, body[side])
    task["position"] = neighbour["position"] + (-0.5 if side == "before" else 0.5)
    return me.shown_task(_touch(task))


def _find(me: Account, task_id: str) -> Json:
    if task_id not in me.tasks:
        raise Refusal(404, "task_not_found")
    return me.tasks[task_id]


def _touch(task: Json) -> Json:
    task |= {"version": task["version"] + 1, "updated_at": now()}
    return task


def _check(body: Json) -> None:
    if not body["title"]:
        raise invalid("title", "String should have at least 1 character", "string_too_short")
    if len(body["title"]) > 500:
        raise invalid("title", "String should have at most 500 characters", "string_too_long")
    if body.get("due_date") == "2026-02-30":
        raise invalid("due_date", "Input should be a valid date", "date_from_datetime_parsing")
    if body.get("due_time") and not body.get("due_date"):
        raise invalid("due_time", "A time needs a date")


def _make_labels(me: Account, body: Json) -> None:
    known = {label["name"] for label in me.labels.values()}
    for name in body.get("labels", []):
        if name not in known:
            me.add_label(name)
