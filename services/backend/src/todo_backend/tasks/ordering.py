"""The manual order: numbers with room between them."""

from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.tasks import repository
from todo_backend.tasks.models import Task


async def place(session: AsyncSession, task: Task, neighbour: Task, side: str) -> float:
    """A position for `task` right `before` or `after` `neighbour`; call it under `lock_order`.

    Halving runs out of doubles after about 50 moves into one gap; then the user's tasks are numbered anew.
    """
    position = await _between(session, task, neighbour, side)
    if position is None:
        await repository.renumber(session, task.user_id)
        await session.refresh(neighbour, ["position"])
        position = await _between(session, task, neighbour, side)
    assert position is not None  # noqa: S101  (there is room right after renumbering)
    return position


async def _between(session: AsyncSession, task: Task, neighbour: Task, side: str) -> float | None:
    """The middle of the gap, or None when no double lies strictly inside it."""
    near = neighbour.position
    far = await repository.position_beyond(session, task, neighbour, side)
    if far is None:
        far = near - 2 * repository.POSITION_STEP if side == "before" else near + 2 * repository.POSITION_STEP
    middle = near + (far - near) / 2
    return middle if min(near, far) < middle < max(near, far) else None
