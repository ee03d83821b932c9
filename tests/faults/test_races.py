"""Many at once, and the promises hold."""

import pytest
from tests.faults import decisions, editors, suggestion_limits
from tests.faults.platform import Platform

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("users", "attempts"), [(1, 40), (4, 8)])
async def test_ten_cards_an_hour_and_five_open_for_each(
    platform: Platform, users: int, attempts: int
) -> None:
    await suggestion_limits.exactly_ten(platform, users=users, clients=20, attempts=attempts)


async def test_ten_cards_at_the_edge_of_the_hour(platform: Platform) -> None:
    await suggestion_limits.hours_edge(platform, clients=8, leaving=2)


async def test_decisions_and_edits_at_once_leave_nothing_half_done(platform: Platform) -> None:
    await decisions.run(platform, rounds=10)


async def test_two_editors_lose_nothing(platform: Platform) -> None:
    counts = await editors.run(platform, examples=10, at_once=2)
    assert counts["races"] > 0
