"""The user decides.

Each decision is one transaction. It locks the tasks (by id), the sweep rows and the card, in this order, as
every other writer does, so decisions and task writes at the same time wait for each other and never deadlock.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.auth.principal import Principal
from todo_backend.suggestions import repository, rule_states
from todo_backend.suggestions.errors import (
    SuggestionNotAccepted,
    SuggestionNotFound,
    SuggestionNotOpen,
    SuggestionStale,
    UndoConflict,
    UndoExpired,
)
from todo_backend.suggestions.schemas import ChangeField, Decision, EditedChange, Scope, Suggestion
from todo_backend.sweeps import service as sweeps
from todo_backend.tasks import service as tasks_service
from todo_backend.tasks.errors import InvalidField, invalid_field
from todo_backend.tasks.models import Task

_FIELDS: tuple[str, ...] = get_args(ChangeField)

Fields = Mapping[UUID, Row[Any]]


async def accept(
    session: AsyncSession, caller: Principal, suggestion_id: UUID, edited: Sequence[EditedChange] | None
) -> Decision | None:
    """Apply all changes of the card, or the user's edit of them, and keep what undoes it.

    None when a task has moved on: nothing is applied and the card is superseded, which has to be committed.
    Raises `SuggestionNotFound`, `SuggestionNotOpen`, `SuggestionStale` when it was superseded before, and
    `InvalidField`.
    """
    card, before = await _lock(session, caller, suggestion_id)
    if card.effective == "superseded":
        raise SuggestionStale
    _require_waiting(card)
    if not all(_still_holds(change, before) for change in card.changes):
        await repository.withdraw(session, caller.user_id, suggestion_id, "superseded")
        return None
    # Decided before the tasks are written: what the write supersedes are only cards that still wait.
    await repository.decide(session, caller.user_id, suggestion_id, "accepted")
    tasks = await _apply(session, caller, _chosen(card.changes, edited))
    after = await repository.lock_tasks(session, caller.user_id, before)
    await repository.record_applied(session, caller.user_id, suggestion_id, _difference(before, after))
    await rule_states.accepted(session, caller.user_id, card.rule)
    return await _decision(session, caller, suggestion_id, tasks)


async def undo(session: AsyncSession, caller: Principal, suggestion_id: UUID) -> Decision:
    """Put back everything that the accept changed.

    Raises `SuggestionNotFound`, `SuggestionNotAccepted`, `UndoExpired` after 24 hours, and `UndoConflict`
    when one of the fields was changed since or its task is gone.
    """
    card, before = await _lock(session, caller, suggestion_id)
    if card.status != "accepted":
        raise SuggestionNotAccepted
    if not card.undoable:
        raise UndoExpired
    touched = [change for change in card.applied if not _is_untouched(change, before)]
    if touched:
        raise UndoConflict(_named(touched))
    await repository.decide(session, caller.user_id, suggestion_id, "undone")
    back = [{**change, "to": change["from"]} for change in card.applied]
    try:
        tasks = await _apply(session, caller, back)
    except InvalidField as error:  # such as a project that is gone
        raise UndoConflict(_named(card.applied)) from error
    return await _decision(session, caller, suggestion_id, tasks)


async def dismiss(
    session: AsyncSession, caller: Principal, suggestion_id: UUID, *, reason: str | None, scope: Scope
) -> Suggestion:
    """Not this: the card, this rule about these tasks, or this rule at all.

    The third dismissal of a rule in a row makes it back off. Raises `SuggestionNotFound` and
    `SuggestionNotOpen`.
    """
    user_id = caller.user_id
    card = await _lock_waiting(session, user_id, suggestion_id)
    await repository.decide(session, user_id, suggestion_id, "dismissed", reason=reason)
    await rule_states.dismissed(session, user_id, card.rule, for_good=scope == "rule")
    if scope == "task":
        task_ids = {UUID(change["task_id"]) for change in card.changes}
        await rule_states.mute_tasks(session, user_id, card.rule, task_ids)
    if scope == "rule":
        await repository.expire_rule(session, user_id, card.rule)
    return await _read(session, user_id, suggestion_id)


async def snooze(
    session: AsyncSession, caller: Principal, suggestion_id: UUID, until: datetime
) -> Suggestion:
    """Not now. The card comes back at `until` and does not count as a new one then.

    Raises `SuggestionNotFound`, `SuggestionNotOpen`, and `InvalidField` unless `until` is in the coming year.
    """
    await _lock_waiting(session, caller.user_id, suggestion_id)
    if not await repository.snooze(session, caller.user_id, suggestion_id, until):
        raise invalid_field("until", "must be in the future and within a year")
    return await _read(session, caller.user_id, suggestion_id)


async def _lock(session: AsyncSession, caller: Principal, suggestion_id: UUID) -> tuple[Row[Any], Fields]:
    """The card and its tasks, locked. The agents will look again: there is room for another card."""
    task_ids = await repository.task_ids(session, caller.user_id, suggestion_id)
    if task_ids is None:
        raise SuggestionNotFound
    tasks = await repository.lock_tasks(session, caller.user_id, task_ids)
    return await _lock_card(session, caller.user_id, suggestion_id), tasks


async def _lock_waiting(session: AsyncSession, user_id: UUID, suggestion_id: UUID) -> Row[Any]:
    card = await _lock_card(session, user_id, suggestion_id)
    _require_waiting(card)
    return card


async def _lock_card(session: AsyncSession, user_id: UUID, suggestion_id: UUID) -> Row[Any]:
    await sweeps.wake(session, user_id)
    card = await repository.lock_card(session, user_id, suggestion_id)
    if card is None:
        raise SuggestionNotFound
    return card


def _require_waiting(card: Row[Any]) -> None:
    if card.effective not in {"open", "snoozed"}:
        raise SuggestionNotOpen


def _still_holds(change: Mapping[str, Any], tasks: Fields) -> bool:
    task = tasks.get(UUID(change["task_id"]))
    return (
        task is not None
        and task.open
        and task.version == change["task_version"]
        and task.fields[change["field"]] == change["from"]
    )


def _is_untouched(change: Mapping[str, Any], tasks: Fields) -> bool:
    task = tasks.get(UUID(change["task_id"]))
    return task is not None and task.present and task.fields[change["field"]] == change["to"]


def _named(changes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"task_id": change["task_id"], "field": change["field"]} for change in changes]


def _chosen(
    proposed: Sequence[Mapping[str, Any]], edited: Sequence[EditedChange] | None
) -> list[dict[str, Any]]:
    if edited is None:
        return [dict(change) for change in proposed]
    allowed = {(change["task_id"], change["field"]) for change in proposed}
    for number, change in enumerate(edited):
        if (str(change.task_id), change.field) not in allowed:
            raise invalid_field(f"changes.{number}", "must be one of the card's changes")
    return [change.model_dump(mode="json") for change in edited]


async def _apply(
    session: AsyncSession, caller: Principal, changes: Sequence[Mapping[str, Any]]
) -> list[Task]:
    return await tasks_service.apply_changes(session, caller, changes)


def _difference(before: Fields, after: Fields) -> list[dict[str, Any]]:
    """What changed, side effects included: clearing a date clears the time too."""
    return [
        {
            "task_id": str(task_id),
            "field": field,
            "from": task.fields[field],
            "to": after[task_id].fields[field],
        }
        for task_id, task in before.items()
        for field in _FIELDS
        if task.fields[field] != after[task_id].fields[field]
    ]


async def _decision(
    session: AsyncSession, caller: Principal, suggestion_id: UUID, tasks: Sequence[Task]
) -> Decision:
    return Decision(
        suggestion=await _read(session, caller.user_id, suggestion_id),
        tasks=[tasks_service.task_out(caller, task) for task in tasks],
    )


async def _read(session: AsyncSession, user_id: UUID, suggestion_id: UUID) -> Suggestion:
    found = await repository.read(session, user_id, suggestion_id)
    assert found is not None  # noqa: S101  (locked by this transaction)
    return Suggestion.model_validate_json(found)
