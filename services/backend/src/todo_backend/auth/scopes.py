"""What a token may do."""

from typing import Literal, get_args

UserScope = Literal[
    "tasks:read",
    "tasks:write",
    "suggestions:read",
    "suggestions:write",
    "account:read",
    "account:write",
]

USER_SCOPES: tuple[UserScope, ...] = get_args(UserScope)
"""A session has all of these; a personal access token those that its owner chose."""

SERVICE_SCOPES = ("sweeps:claim", "suggestions:create")
"""All that the autonomous agent's own token can do: take work and propose."""

DELEGABLE_SCOPES = ("tasks:read", "tasks:write", "suggestions:read", "suggestions:write", "account:read")
"""What a user's token can be exchanged for; changing the account itself never leaves the user's hands."""
