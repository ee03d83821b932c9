"""The real agent dies in the middle of a sweep."""

import pytest
from tests.faults import agent_crash
from tests.faults.platform import throwaway_directory

pytestmark = pytest.mark.slow


async def test_a_killed_agent_leaves_nothing_doubled_and_nobody_forgotten() -> None:
    with throwaway_directory() as directory:
        await agent_crash.run(directory, moments=["after it has proposed"], users=3)
