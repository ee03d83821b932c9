"""The agent's own limit per user. The one in the database is the truth; this one spares it the asking."""

import time
from collections import deque
from collections.abc import Callable
from uuid import UUID

MAX_PER_HOUR = 10
WINDOW_SECONDS = 3600.0
_PRUNE_EVERY = 1000


class SuggestionLimiter:
    """Ten suggestions per user in any 60 minutes. Keeps nothing about users who got none in the last hour."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._made: dict[UUID, deque[float]] = {}
        self._blocked_until: dict[UUID, float] = {}
        self._until_prune = _PRUNE_EVERY

    def wait_seconds(self, user_id: UUID) -> float:
        """How long until this user may get another suggestion; 0 means now."""
        now = self._clock()
        made = self._made.get(user_id, deque())
        while made and made[0] <= now - WINDOW_SECONDS:
            made.popleft()
        free_at = made[0] + WINDOW_SECONDS if len(made) >= MAX_PER_HOUR else now
        return max(free_at, self._blocked_until.get(user_id, now)) - now

    def record(self, user_id: UUID) -> None:
        """One more suggestion was made for this user."""
        self._made.setdefault(user_id, deque()).append(self._clock())
        self._until_prune -= 1
        if self._until_prune <= 0:
            self._prune()

    def block(self, user_id: UUID, seconds: float) -> None:
        """The backend refuses more for this user until then."""
        self._blocked_until[user_id] = self._clock() + seconds

    def _prune(self) -> None:
        self._until_prune = _PRUNE_EVERY
        now = self._clock()
        self._made = {user: made for user, made in self._made.items() if made[-1] > now - WINDOW_SECONDS}
        self._blocked_until = {user: end for user, end in self._blocked_until.items() if end > now}
