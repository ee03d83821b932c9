"""The lease protocol under failing workers, and the judge of its histories."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.faults import leases
from tests.faults.lease_history import judge
from tests.faults.platform import Platform

_START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.faults
async def test_leases_hold_among_workers_that_die_and_dawdle(platform: Platform) -> None:
    counts = await leases.run(platform, workers=4, writers=10, seconds=4, pause=0.3)
    assert counts["leases"] > 0


def _claim(fence: int, at: float) -> dict[str, Any]:
    until = (_START + timedelta(seconds=at + 1)).isoformat()
    times = {"sent": at, "answered": at + 0.01, "lease_until": until}
    return {"operation": "claim", "key": "a", "fence": fence, **times}


def _complete(fence: int, at: float, status: int) -> dict[str, Any]:
    times = {"sent": at, "answered": at + 0.01}
    return {"operation": "complete", "key": "a", "fence": fence, "status": status, **times}


def test_the_judge_sees_a_lease_that_is_granted_while_another_holds() -> None:
    assert judge([_claim(1, 0), _claim(2, 0.5)], lease_seconds=1).overlaps == 1
    assert judge([_claim(1, 0), _claim(2, 1.1)], lease_seconds=1).overlaps == 0


def test_the_judge_knows_that_a_completed_lease_is_free() -> None:
    assert judge([_claim(1, 0), _complete(1, 0.2, 204), _claim(2, 0.5)], lease_seconds=1).overlaps == 0
    assert judge([_claim(1, 0), _claim(2, 0.5), _complete(1, 0.7, 204)], lease_seconds=1).overlaps == 1


def test_the_judge_sees_a_stale_fence_that_is_accepted() -> None:
    accepted = judge([_claim(1, 0), _claim(2, 1.1), _complete(1, 1.2, 204)], lease_seconds=1)
    refused = judge([_claim(1, 0), _claim(2, 1.1), _complete(1, 1.2, 409)], lease_seconds=1)
    assert (accepted.stale_fences_tried, accepted.stale_fences_accepted) == (1, 1)
    assert (refused.stale_fences_tried, refused.stale_fences_accepted) == (1, 0)


def test_the_judge_sees_a_fence_that_is_given_twice() -> None:
    assert judge([_claim(1, 0), _claim(1, 2)], lease_seconds=1).fences_given_twice == 1
