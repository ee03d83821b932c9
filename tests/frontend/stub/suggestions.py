"""The suggestion routes of the stand-in backend."""

from typing import Annotated

from fastapi import APIRouter, Body
from tests.frontend.stub.deps import Me
from tests.frontend.stub.problems import Refusal
from tests.frontend.stub.store import Account, Json, now

router = APIRouter(prefix="/suggestions/{card_id}")


@router.post("/accept")
async def accept(me: Me, card_id: str, body: Annotated[Json, Body()]) -> Json:
    card = _open(me, card_id)
    for change in body.get("changes") or card["changes"]:
        me.tasks[change["task_id"]][change["field"]] = change["to"]
    card |= {"status": "accepted", "decided_at": now()}
    return {"suggestion": card, "tasks": []}


@router.post("/dismiss")
async def dismiss(me: Me, card_id: str, body: Annotated[Json, Body()]) -> Json:
    card = _open(me, card_id)
    card |= {"status": "dismissed", "dismissed_with": body}
    return card


@router.post("/snooze")
async def snooze(me: Me, card_id: str, body: Annotated[Json, Body()]) -> Json:
    card = _open(me, card_id)
    card |= {"status": "snoozed", "snoozed_until": body["until"]}
    return card


@router.post("/undo")
async def undo(me: Me, card_id: str) -> Json:
    card = me.suggestions[card_id]
    for change in card["changes"]:
        me.tasks[change["task_id"]][change["field"]] = change["from"]
    card["status"] = "undone"
    return card


def _open(me: Account, card_id: str) -> Json:
    if card_id not in me.suggestions:
        raise Refusal(404, "suggestion_not_found")
    card = me.suggestions[card_id]
    if card["status"] != "open":
        raise Refusal(409, "suggestion_not_open")
    if card.get("stale"):
        raise Refusal(409, "suggestion_stale")
    return card
