"""Whether a recorded history of claims and completions keeps the promises of the lease protocol.

Grants are placed on the database's clock (`lease_until` minus the length of the lease); what workers sent and
got is on the monotonic clock that all processes of a machine share.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

_ENDED = 204


@dataclass(frozen=True)
class Verdict:
    """How often each promise was broken, and what was seen."""

    leases: int
    overlaps: int
    fences_given_twice: int
    stale_fences_tried: int
    stale_fences_accepted: int
    ended: int


def judge(records: Iterable[dict[str, Any]], *, lease_seconds: float) -> Verdict:
    """Look at every lease of every user and agent."""
    claims: dict[str, list[dict[str, Any]]] = defaultdict(list)
    ends: dict[tuple[str, int], dict[str, Any]] = {}
    writes: list[dict[str, Any]] = []
    for record in records:
        if record["operation"] == "claim":
            claims[record["key"]].append(record)
            continue
        writes.append(record)
        if record["operation"] in {"complete", "release"} and record["status"] == _ENDED:
            ends[record["key"], record["fence"]] = record
    for granted in claims.values():
        granted.sort(key=lambda claim: claim["fence"])
    stale = [write for write in writes if _is_stale(write, claims[write["key"]])]
    pairs = [pair for granted in claims.values() for pair in itertools.pairwise(granted)]
    return Verdict(
        leases=sum(map(len, claims.values())),
        overlaps=sum(_overlap(one, next_, ends, lease_seconds=lease_seconds) for one, next_ in pairs),
        fences_given_twice=sum(one["fence"] == next_["fence"] for one, next_ in pairs),
        stale_fences_tried=len(stale),
        stale_fences_accepted=sum(write["status"] != 409 for write in stale),
        ended=len(ends),
    )


def seen_by_completed_leases(records: Iterable[dict[str, Any]]) -> dict[str, int]:
    """For each user and agent the newest task version that a worker saw and completed."""
    newest: dict[str, int] = defaultdict(int)
    for record in records:
        if record["operation"] == "complete" and record["status"] == _ENDED:
            newest[record["key"]] = max(newest[record["key"]], record["version"])
    return newest


def _is_stale(write: dict[str, Any], granted: list[dict[str, Any]]) -> bool:
    """A later claim was answered before this write was sent."""
    return any(claim["fence"] > write["fence"] and claim["answered"] < write["sent"] for claim in granted)


def _overlap(
    one: dict[str, Any],
    following: dict[str, Any],
    ends: dict[tuple[str, int], dict[str, Any]],
    *,
    lease_seconds: float,
) -> bool:
    """The next lease was granted before this one was over, and not because its worker had ended it."""
    granted = datetime.fromisoformat(following["lease_until"]) - timedelta(seconds=lease_seconds)
    end = ends.get((one["key"], one["fence"]))
    given_back = end is not None and end["sent"] < following["answered"]
    return granted < datetime.fromisoformat(one["lease_until"]) and not given_back
