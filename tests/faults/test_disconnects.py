"""Clients that hang up leave nothing behind."""

import pytest
from tests.faults import disconnects
from tests.faults.platform import Platform

pytestmark = pytest.mark.slow


async def test_a_storm_of_hang_ups_leaves_nothing_behind(platform: Platform) -> None:
    await disconnects.run(platform, storms=2, clients=200)
