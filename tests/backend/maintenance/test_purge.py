"""What housekeeping removes, and what it leaves."""

import asyncio
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from tests.backend.conftest import NewUser
from tests.backend.running.joined_database import JoinedDatabase
from tests.backend.running.live import LiveBackend
from tests.backend.running.users import SignedIn

from todo_backend.db.ids import new_id
from todo_backend.maintenance import service
from todo_backend.maintenance.service import purge_once, run_maintenance
from todo_backend.settings import Settings


async def _sql(database: JoinedDatabase, statement: str, **values: Any) -> list[Any]:
    async with database.system_session() as session:
        result = await session.execute(text(statement), values)
        return list(result.scalars()) if statement.startswith("SELECT") else []


async def _trashed(database: JoinedDatabase, user: SignedIn, title: str, ago: str) -> None:
    await _sql(
        database,
        "INSERT INTO tasks (id, user_id, title, position, deleted_at)"
        f" VALUES (:id, :user_id, :title, 1, now() - interval '{ago}')",
        id=new_id(),
        user_id=user.id,
        title=title,
    )


async def test_the_trash_is_emptied_after_thirty_days(
    database: JoinedDatabase, settings: Settings, user: SignedIn
) -> None:
    await _trashed(database, user, "old", "30 days 1 second")
    await _trashed(database, user, "young", "29 days 23 hours")
    await user.client.post("/api/v1/tasks", json={"title": "alive"})
    assert (await purge_once(database, settings))["trash"] == 1
    assert set(await _sql(database, "SELECT title FROM tasks")) == {"young", "alive"}


async def test_a_full_batch_is_not_the_end(
    database: JoinedDatabase, settings: Settings, user: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BATCH", 2)
    for number in range(5):
        await _trashed(database, user, f"old {number}", "31 days")
    assert (await purge_once(database, settings))["trash"] == 5


async def test_answers_are_forgotten_after_a_day(
    database: JoinedDatabase, settings: Settings, user: SignedIn
) -> None:
    for key in ("old", "young"):
        await user.client.post("/api/v1/tasks", json={"title": key}, headers={"Idempotency-Key": key})
    await _sql(
        database, "UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = 'old'"
    )
    assert (await purge_once(database, settings))["idempotency_keys"] == 1
    assert await _sql(database, "SELECT key FROM idempotency_keys") == ["young"]


async def test_sessions_that_ended_are_removed(
    database: JoinedDatabase, settings: Settings, new_user: NewUser
) -> None:
    expired, idle, active = [await new_user() for _ in range(3)]
    back = "UPDATE sessions SET {} WHERE id = :id"
    await _sql(database, back.format("expires_at = now() - interval '1 second'"), id=expired.session_id)
    await _sql(database, back.format("last_seen_at = now() - interval '31 days'"), id=idle.session_id)
    assert (await purge_once(database, settings))["sessions"] == 2
    assert await _sql(database, "SELECT id FROM sessions") == [active.session_id]


async def test_old_throttles_are_removed(database: JoinedDatabase, settings: Settings) -> None:
    await _sql(
        database,
        "INSERT INTO login_throttles (key, failures, last_failed_at)"
        " VALUES ('old', 1, now() - interval '2 days'), ('young', 1, now())",
    )
    assert (await purge_once(database, settings))["throttles"] == 1
    assert await _sql(database, "SELECT key FROM login_throttles") == ["young"]


@pytest.mark.slow
async def test_a_chore_that_fails_does_not_stop_the_others(
    live_backend: LiveBackend, caplog: pytest.LogCaptureFixture
) -> None:
    settings: Settings = live_backend.app.state.settings
    owner = await asyncpg.connect(str(settings.database_url))
    await owner.execute("REVOKE ALL ON idempotency_keys FROM todo_system")
    await owner.close()
    done = await purge_once(live_backend.database, settings)
    assert set(done) == {"trash", "sessions", "throttles", "suggestions"}
    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [(record.message, vars(record)["chore"]) for record in errors] == [
        ("housekeeping failed", "idempotency_keys")
    ]


@pytest.mark.slow
async def test_one_replica_at_a_time(live_backend: LiveBackend) -> None:
    settings: Settings = live_backend.app.state.settings
    async with live_backend.database.system_session() as session:
        await session.execute(text("SELECT pg_advisory_xact_lock(7106002)"))
        assert await purge_once(live_backend.database, settings) == {}
    assert await purge_once(live_backend.database, settings) != {}


@pytest.mark.slow
async def test_it_runs_by_itself_and_ends_at_once(
    live_backend: LiveBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await live_backend.new_user()
    task = (await user.client.post("/api/v1/tasks", json={"title": "old"})).json()
    await user.client.delete(f"/api/v1/tasks/{task['id']}")
    async with live_backend.database.system_session() as session:
        await session.execute(text("UPDATE tasks SET deleted_at = now() - interval '31 days'"))
    monkeypatch.setattr(service, "INTERVAL_SECONDS", 0.01)
    async with run_maintenance(live_backend.database, live_backend.app.state.settings):
        async with asyncio.timeout(5):
            while (await user.client.get(f"/api/v1/tasks/{task['id']}")).status_code != 404:
                pass
        monkeypatch.setattr(service, "INTERVAL_SECONDS", 600.0)
        started = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - started < 1
