"""How long to wait between two looks for work."""

import random

MAX_PAUSE_SECONDS = 5.0
_GROWS_AFTER = 20  # looks without work, about a minute
_GROWTH = 1.25
_MAX_GROWTH = 3.0
_FIRST_BACKOFF = 0.5
_MAX_DOUBLINGS = 10


class Pauses:
    """Full speed while batches come back full, `poll_seconds` with jitter otherwise, slower when long idle.

    Never more than 5 seconds, so that work is seen within that time of being due, also after an outage.
    """

    def __init__(self, poll_seconds: float) -> None:
        self._poll_seconds = poll_seconds
        self._idle = 0
        self._failures = 0

    def after_claim(self, *, claimed: int, limit: int) -> float:
        """Seconds to wait after a claim that brought `claimed` of at most `limit` leases."""
        self._failures = 0
        if claimed >= limit:
            self._idle = 0
            return 0.0
        self._idle = 0 if claimed else self._idle + 1
        growth = min(_MAX_GROWTH, _GROWTH ** max(0, self._idle - _GROWS_AFTER))
        return min(MAX_PAUSE_SECONDS, self._poll_seconds * growth * _jitter(0.5, 1.5))

    def after_failure(self) -> float:
        """Seconds to wait after a claim that failed: exponential with full jitter."""
        doublings = min(self._failures, _MAX_DOUBLINGS)
        self._failures += 1
        return _jitter(0.1, min(MAX_PAUSE_SECONDS, _FIRST_BACKOFF * 2**doublings))


def _jitter(low: float, high: float) -> float:
    return random.uniform(low, high)  # noqa: S311  # spreads load, protects nothing
