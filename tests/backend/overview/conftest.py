"""The agent of the tests that roll back."""

from tests.backend.sweeps.conftest import agent

__all__ = ["agent"]
