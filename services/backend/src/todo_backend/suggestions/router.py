"""The routes of suggestions: the agents propose, the user decides."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from todo_backend.auth.errors import InsufficientScope
from todo_backend.deps import (
    CredentialDep,
    DatabaseDep,
    SessionDep,
    SuggestionCreator,
    SuggestionsReader,
    SuggestionsWriter,
)
from todo_backend.hot_read import conditional_response
from todo_backend.idempotency.service import AnswersDep
from todo_backend.suggestions import creation, decisions, listing, repository
from todo_backend.suggestions.errors import (
    OpenLimitReached,
    SuggestionNotAccepted,
    SuggestionNotFound,
    SuggestionNotOpen,
    SuggestionStale,
    SuggestionUnwanted,
    UndoConflict,
    UndoExpired,
)
from todo_backend.suggestions.rules_router import router as rules_router
from todo_backend.suggestions.schemas import (
    Acceptance,
    Decision,
    Dismissal,
    NewSuggestion,
    Snooze,
    Suggestion,
    SuggestionPage,
    SuggestionQuery,
)
from todo_backend.sweeps.errors import StaleFence
from todo_backend.tasks.errors import InvalidCursor
from todo_kit.problem import RateLimited, Unauthorized, problem_response, problem_responses

router = APIRouter(
    prefix="/suggestions",
    tags=["suggestions"],
    responses=problem_responses(Unauthorized, InsufficientScope),
)
router.include_router(rules_router)

_NOT_WAITING = problem_responses(SuggestionNotFound, SuggestionNotOpen)


@router.get(
    "",
    response_class=Response,
    responses={200: {"model": SuggestionPage}, **problem_responses(InvalidCursor)},
)
async def list_suggestions(
    request: Request,
    query: Annotated[SuggestionQuery, Query()],
    credential: CredentialDep,
    database: DatabaseDep,
) -> Response:
    """The caller's cards, the newest first."""
    body = await listing.page(database, credential, query)
    return conditional_response(body, if_none_match=request.headers.get("if-none-match"))


@router.post(
    "",
    status_code=201,
    response_class=Response,
    responses={
        201: {"model": Suggestion},
        200: {"model": Suggestion, "description": "It exists already"},
        **problem_responses(StaleFence, SuggestionUnwanted, OpenLimitReached, SuggestionStale, RateLimited),
    },
)
async def create_suggestion(card: NewSuggestion, _caller: SuggestionCreator, session: SessionDep) -> Response:
    """Propose something to a user whose lease the agent holds."""
    body, is_new = await creation.create(session, card)
    return Response(body, 201 if is_new else 200, media_type="application/json")


@router.get(
    "/{suggestion_id}",
    response_class=Response,
    responses={200: {"model": Suggestion}, **problem_responses(SuggestionNotFound)},
)
async def read_suggestion(suggestion_id: UUID, caller: SuggestionsReader, session: SessionDep) -> Response:
    """One card, whatever became of it."""
    found = await repository.read(session, caller.user_id, suggestion_id)
    if found is None:
        raise SuggestionNotFound
    return Response(found, media_type="application/json")


@router.post(
    "/{suggestion_id}/accept",
    response_model=Decision,
    responses=problem_responses(SuggestionNotFound, SuggestionNotOpen, SuggestionStale),
)
async def accept_suggestion(
    suggestion_id: UUID,
    caller: SuggestionsWriter,
    session: SessionDep,
    answers: AnswersDep,
    wanted: Acceptance | None = None,
) -> Response:
    """Apply a card, or the user's edit of it: all of its changes or none."""
    edited = wanted.changes if wanted else None
    decision = await decisions.accept(session, caller, suggestion_id, edited)
    if decision is None:
        return problem_response(SuggestionStale())  # returned, not raised: the card's end has to be committed
    return await answers.give(decision)


@router.post("/{suggestion_id}/dismiss", response_model=Suggestion, responses=_NOT_WAITING)
async def dismiss_suggestion(
    suggestion_id: UUID,
    caller: SuggestionsWriter,
    session: SessionDep,
    answers: AnswersDep,
    wanted: Dismissal | None = None,
) -> Response:
    """Turn a card down, and with `scope` also others like it."""
    wanted = wanted or Dismissal()
    card = await decisions.dismiss(session, caller, suggestion_id, reason=wanted.reason, scope=wanted.scope)
    return await answers.give(card)


@router.post("/{suggestion_id}/snooze", response_model=Suggestion, responses=_NOT_WAITING)
async def snooze_suggestion(
    suggestion_id: UUID, wanted: Snooze, caller: SuggestionsWriter, session: SessionDep, answers: AnswersDep
) -> Response:
    """Put a card aside until later."""
    return await answers.give(await decisions.snooze(session, caller, suggestion_id, wanted.until))


@router.post(
    "/{suggestion_id}/undo",
    response_model=Decision,
    responses=problem_responses(SuggestionNotFound, SuggestionNotAccepted, UndoExpired, UndoConflict),
)
async def undo_suggestion(
    suggestion_id: UUID, caller: SuggestionsWriter, session: SessionDep, answers: AnswersDep
) -> Response:
    """Take an accept back, within a day."""
    return await answers.give(await decisions.undo(session, caller, suggestion_id))
