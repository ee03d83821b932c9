"""What can go wrong with suggestions."""

from collections.abc import Sequence
from typing import Any

from todo_kit.problem import ProblemError


class SuggestionNotFound(ProblemError):
    """There is no such card, or it is somebody else's."""

    status = 404
    code = "suggestion_not_found"
    title = "Suggestion not found"


class SuggestionUnwanted(ProblemError):
    """The user does not want to hear this: agents off, or the rule or one of the tasks muted."""

    status = 409
    code = "suggestion_unwanted"
    title = "The user does not want this suggestion"


class OpenLimitReached(ProblemError):
    """Enough cards are waiting for the user."""

    status = 409
    code = "open_limit_reached"
    title = "Too many suggestions are open already"


class SuggestionStale(ProblemError):
    """A task has changed since the card was made."""

    status = 409
    code = "suggestion_stale"
    title = "Out of date: a task has changed since"


class SuggestionNotOpen(ProblemError):
    """It was decided already, or has expired."""

    status = 409
    code = "suggestion_not_open"
    title = "This suggestion is not open any more"


class SuggestionNotAccepted(ProblemError):
    """Only what was accepted can be undone, and only once."""

    status = 409
    code = "suggestion_not_accepted"
    title = "This suggestion is not accepted"


class UndoExpired(ProblemError):
    """The day in which it could be undone is over."""

    status = 409
    code = "undo_expired"
    title = "Too late to undo this"


class UndoConflict(ProblemError):
    """What the card changed has changed again; undoing would lose that. `conflicts` names the fields."""

    status = 409
    code = "undo_conflict"
    title = "A task has changed again since"

    def __init__(self, conflicts: Sequence[dict[str, Any]]) -> None:
        fields = ", ".join(sorted({str(conflict["field"]) for conflict in conflicts}))
        super().__init__(
            f"Changed since: {fields}. Nothing was undone.", extensions={"conflicts": list(conflicts)}
        )
