"""Real processes: PostgreSQL, backend, ai-agent and frontend, as they run in production."""

from collections.abc import Iterator

import pytest

from devstack.stack import Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole platform. Tests share it and work with users of their own."""
    every_test_signs_up = {"SIGN_UPS_PER_HOUR": "0"}  # no limit
    with Stack(tmp_path_factory.mktemp("stack"), settings=every_test_signs_up) as running:
        yield running
