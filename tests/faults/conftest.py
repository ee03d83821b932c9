"""One platform for the short scenarios; the long ones are programs (docs/reliability.md)."""

from collections.abc import AsyncIterator

import pytest
from tests.faults.platform import Platform, throwaway_directory


@pytest.fixture(scope="session")
async def running_platform() -> AsyncIterator[Platform]:
    with throwaway_directory() as directory:
        async with Platform(directory, settings={"SWEEP_LEASE_SECONDS": "1"}) as platform:
            yield platform


@pytest.fixture
async def platform(running_platform: Platform) -> AsyncIterator[Platform]:
    """The platform without anybody's data."""
    running_platform.postgres.sql("TRUNCATE users CASCADE", "todo")
    yield running_platform
    await running_platform.forget_users()
