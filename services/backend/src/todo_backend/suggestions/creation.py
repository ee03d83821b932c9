"""An agent proposes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.db.engine import act_for
from todo_backend.db.ids import new_id
from todo_backend.suggestions import repository
from todo_backend.suggestions.errors import OpenLimitReached, SuggestionStale, SuggestionUnwanted
from todo_backend.suggestions.limits import MAX_OPEN
from todo_backend.suggestions.schemas import NewSuggestion, ProposedChange
from todo_backend.sweeps.service import hold_fence
from todo_kit.problem import RateLimited
from todo_kit.request_context import current_request_id


async def create(session: AsyncSession, card: NewSuggestion) -> tuple[str, bool]:
    """The JSON of the card, and whether it is new: a fingerprint that exists gives the card that has it.

    One user's suggestions wait for each other, so the limits hold whatever runs at the same time. Raises, in
    this order, `StaleFence`, `SuggestionUnwanted`, `RateLimited`, `OpenLimitReached` and `SuggestionStale`.
    """
    user_id, task_ids = card.user_id, {change.task_id for change in card.changes}
    await act_for(session, user_id)
    wanted = await repository.lock_user(session, user_id, card.agent)
    tasks = await repository.hold_tasks(session, user_id, task_ids)
    await hold_fence(session, user_id, card.agent, fence=card.fence)
    standing = await repository.standing(
        session, user_id, rule=card.rule, fingerprint=card.fingerprint, task_ids=task_ids
    )
    if not wanted or standing.muted:
        raise SuggestionUnwanted
    if standing.known is not None:
        return await _read(session, user_id, standing.known), False
    if standing.wait_seconds is not None:
        raise RateLimited("Enough suggestions for this hour.", retry_after=standing.wait_seconds)
    if standing.open >= MAX_OPEN:
        raise OpenLimitReached
    if not all(_holds(change, tasks) for change in card.changes):
        raise SuggestionStale
    return await _insert(session, card), True


async def _insert(session: AsyncSession, card: NewSuggestion) -> str:
    suggestion_id = new_id()
    columns = card.model_dump(exclude={"fence", "changes"}) | {
        "id": suggestion_id,
        "changes": [change.model_dump(mode="json", by_alias=True) for change in card.changes],
        "request_id": current_request_id(),
    }
    await repository.insert(session, columns)
    return await _read(session, card.user_id, suggestion_id)


async def _read(session: AsyncSession, user_id: UUID, suggestion_id: UUID) -> str:
    found = await repository.read(session, user_id, suggestion_id)
    assert found is not None  # noqa: S101  (seen or made in this transaction, which locks the user)
    return found


def _holds(change: ProposedChange, tasks: Mapping[UUID, Row[Any]]) -> bool:
    task = tasks.get(change.task_id)
    return (
        task is not None
        and task.open
        and task.version == change.task_version
        and task.fields[change.field] == change.from_
    )
