"""Schemathesis reads the OpenAPI document and tries what it promises, with valid and invalid requests."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.backend.running.live import LiveBackend, running_backend

from todo_backend.auth.scopes import USER_SCOPES
from todo_backend.settings import Settings

CONFIG = Path(__file__).with_name("schemathesis.toml")
PROGRAM = Path(sys.executable).with_name("schemathesis")


@pytest.fixture
async def backend(fresh_database: str) -> AsyncIterator[LiveBackend]:
    """A backend that listens and lets this one address guess passwords for as long as it likes."""
    settings = Settings(database_url=fresh_database, login_failures_per_address=1_000_000)
    async with running_backend(settings) as backend:
        yield backend


# Without --checks: named there, even by "all", they would be on where the configuration switches one off.
# A fast machine gets through all of the coverage in its time, a busy one through a part of it.
@pytest.mark.api
@pytest.mark.parametrize(("phases", "seconds"), [("coverage", 20), ("fuzzing,stateful", 6)])
async def test_the_api_is_what_its_document_says(
    backend: LiveBackend, tmp_path: Path, phases: str, seconds: int
) -> None:
    user = await backend.new_user()
    created = await user.client.post("/api/v1/me/tokens", json={"name": "all", "scopes": sorted(USER_SCOPES)})
    program = await asyncio.create_subprocess_exec(
        *(PROGRAM, "--config-file", CONFIG, "run", f"{backend.url}/openapi.json"),
        *("--phases", phases, "--max-time", str(seconds), "--no-color"),
        cwd=tmp_path,
        env=os.environ | {"TODO_TOKEN": created.json()["token"]},
        stdout=PIPE,
        stderr=STDOUT,
    )
    report, _ = await program.communicate()
    assert program.returncode == 0, report.decode()[:20_000]
    still_signed_in = await user.client.get(
        "/api/v1/me", headers={"Authorization": f"Bearer {created.json()['token']}"}
    )
    assert still_signed_in.status_code == 200
