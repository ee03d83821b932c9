"""The backend's refusals that the agent acts on.

BackendRefusal
├── StaleFence            the lease is over, somebody else has the user now: drop the work
├── SuggestionUnwanted    the user does not want this card (agents off, rule or task muted): go on
├── OpenLimitReached      enough cards are waiting for the user: post no more
└── HourLimitReached      enough cards for this hour: post no more before `retry_after` seconds

Any other refusal stays an `UpstreamRejected`, and no answer an `UpstreamUnavailable`, of `todo_kit`.
"""

from todo_kit.http_client import UpstreamRejected

DEFAULT_RETRY_AFTER = 60.0


class BackendRefusal(Exception):
    pass


class StaleFence(BackendRefusal):
    pass


class SuggestionUnwanted(BackendRefusal):
    pass


class OpenLimitReached(BackendRefusal):
    pass


class HourLimitReached(BackendRefusal):
    def __init__(self, retry_after: float) -> None:
        super().__init__(f"no more suggestions for {retry_after:.0f} s")
        self.retry_after = retry_after


_BY_CODE: dict[str, type[BackendRefusal]] = {
    "stale_fence": StaleFence,
    "suggestion_unwanted": SuggestionUnwanted,
    "open_limit_reached": OpenLimitReached,
}


def refusal_of(error: UpstreamRejected) -> Exception:
    """The typed refusal for a 4xx, or `error` itself when it is none that the agent acts on."""
    if error.status == 429:
        return HourLimitReached(DEFAULT_RETRY_AFTER if error.retry_after is None else error.retry_after)
    kind = _BY_CODE.get(error.code) if error.status == 409 else None
    return error if kind is None else kind(str(error))
