"""The routes about kinds of suggestions: which the user has silenced, and the way back."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from todo_backend.deps import SessionDep, SuggestionsReader, SuggestionsWriter
from todo_backend.suggestions import rule_states
from todo_backend.suggestions.schemas import RuleList
from todo_backend.sweeps.service import wake

router = APIRouter(prefix="/rules")


@router.get("", response_class=Response, responses={200: {"model": RuleList}})
async def list_rules(caller: SuggestionsReader, session: SessionDep) -> Response:
    """The rules that the user has dismissed since the last accept, and those that are quiet."""
    found = await rule_states.list_all(session, caller.user_id)
    return Response(found, media_type="application/json")


@router.delete("/{rule}", status_code=204)
async def welcome_rule(
    rule: Annotated[str, Path(pattern="^[a-z_]{1,50}$")], caller: SuggestionsWriter, session: SessionDep
) -> None:
    """Start over with a rule, also one that was switched off for good. Fine for a rule that is not silent."""
    await wake(session, caller.user_id)
    await rule_states.forget(session, caller.user_id, rule)
