"""What other features do to suggestions."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.suggestions import repository
from todo_backend.sweeps import service as sweeps


async def tasks_changed(session: AsyncSession, user_id: UUID, task_ids: Iterable[UUID]) -> None:
    """Supersede the waiting cards that no longer fit these tasks, in the transaction that wrote them.

    A card fits while every `from` value still holds and the task is open. One statement, which is cheap for a
    user without cards; when a card goes, the agents look again.
    """
    await session.flush()
    if await repository.supersede(session, user_id, task_ids):
        await sweeps.wake(session, user_id)


async def expire_suggestions(session: AsyncSession) -> int:
    """Housekeeping: write down which cards have expired and which have come back; returns how many."""
    return await repository.settle(session)
