"""Why a caller is turned away."""

from collections.abc import Iterable

from todo_kit.problem import ProblemError


class InsufficientScope(ProblemError):
    """The token is good but not for this (RFC 6750 section 3.1)."""

    status = 403
    code = "insufficient_scope"
    title = "This token may not do that"

    def __init__(self, required: Iterable[str]) -> None:
        scope = " ".join(required)
        super().__init__(
            f"The request needs the scope {scope}.",
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
        )
