"""One platform for the short scenarios; the long ones are programs (docs/reliability.md)."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.faults.platform import Platform


@pytest.fixture(scope="session")
async def running_platform() -> AsyncIterator[Platform]:
    with tempfile.TemporaryDirectory(prefix="todo-faults-") as directory:
        Path(directory).chmod(0o755)  # PostgreSQL may run as another user than ours
        async with Platform(Path(directory), settings={"SWEEP_LEASE_SECONDS": "1"}) as platform:
            yield platform


@pytest.fixture
async def platform(running_platform: Platform) -> AsyncIterator[Platform]:
    """The platform without anybody's data."""
    running_platform.postgres.sql("TRUNCATE users CASCADE", "todo")
    yield running_platform
    await running_platform.forget_users()
