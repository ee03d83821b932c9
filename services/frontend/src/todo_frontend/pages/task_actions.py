"""One-click changes of a task: tick off, reopen, delete, restore, move. All lead back to the list."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from todo_frontend.deps import Api, Form
from todo_frontend.security.redirects import safe_next, see_other

router = APIRouter(prefix="/app/tasks/{task_id}")


@router.post("/complete")
async def complete(form: Form, api: Api, task_id: UUID) -> Response:
    await api.complete_task(task_id)
    return see_other(safe_next(form.text("next")), notice="task_completed", about=task_id)


@router.post("/reopen")
async def reopen(form: Form, api: Api, task_id: UUID) -> Response:
    await api.reopen_task(task_id)
    return see_other(safe_next(form.text("next")), notice="task_reopened", about=task_id)


@router.post("/delete")
async def delete(form: Form, api: Api, task_id: UUID) -> Response:
    await api.delete_task(task_id)
    return see_other(safe_next(form.text("next")), notice="task_trashed", about=task_id)


@router.post("/restore")
async def restore(form: Form, api: Api, task_id: UUID) -> Response:
    await api.restore_task(task_id)
    return see_other(safe_next(form.text("next")), notice="task_restored", about=task_id)


@router.post("/delete-for-good")
async def delete_for_good(form: Form, api: Api, task_id: UUID) -> Response:
    await api.delete_task(task_id, permanent=True)
    return see_other(safe_next(form.text("next"), default="/app/trash"), notice="task_deleted")


@router.post("/move")
async def move(form: Form, api: Api, task_id: UUID) -> Response:
    """`before` or `after` names the neighbour to move in front of or behind."""
    side = "before" if form.text("before") else "after"
    await api.move_task(task_id, {side: form.text(side)})
    return see_other(safe_next(form.text("next")) + f"#task-{task_id}")
