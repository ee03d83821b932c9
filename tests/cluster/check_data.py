"""Data outlives everything: a lost pod, two releases, a restore."""

import asyncio
import base64
import json
import time

import httpx
import pytest
from tests.cluster.conftest import TAG
from tests.cluster.installation import CommandFailed, Installation, run
from tests.cluster.scenario import BACKUPS, NO_LIMIT, TWO_EACH, Variant, report, tagged, under_load

SECOND_MIGRATION = """
from alembic import op
revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None
def upgrade() -> None:
    op.execute("ALTER TABLE tasks ADD COLUMN check_only text")
    op.execute("CREATE TABLE check_only (id uuid PRIMARY KEY)")
"""
VERSIONS = "/opt/venv/lib/python3.11/site-packages/todo_backend/migrations/versions"
SEED = """
    INSERT INTO users(id, email, name, password_hash, timezone)
    SELECT gen_random_uuid(), 'seed' || i || '@example.org', 'seed', 'x', 'UTC' FROM generate_series(1, 50) i;
    INSERT INTO tasks(id, user_id, title, notes, position)
    SELECT gen_random_uuid(), u.id, 'seed ' || i,
           (SELECT string_agg(md5(random()::text || n || i || u.id), '') FROM generate_series(1, 24) n), i
      FROM users u, generate_series(1, 300) i WHERE u.name = 'seed'
"""
OLD_TASKS = """
    SELECT count(*), md5(string_agg(id::text || title || notes || version, '' ORDER BY id))
      FROM tasks WHERE title NOT LIKE 'load%' AND title <> 'helm test'
"""
DAMAGES = {
    "truncated": "cp {name}.dump todo-truncated.dump; cp {name}.manifest todo-truncated.manifest;"
    " truncate -s -1000 todo-truncated.dump",
    "corrupted": "cp {name}.dump todo-corrupted.dump; cp {name}.manifest todo-corrupted.manifest;"
    " printf abcdefgh | dd of=todo-corrupted.dump bs=1 seek=50000 conv=notrunc status=none",
    "foreign": "echo hello >todo-foreign.dump; sum=$(sha256sum <todo-foreign.dump | cut -d' ' -f1);"
    " printf 'format=1\\nbytes=6\\nsha256=%s\\n' $sum >todo-foreign.manifest",
}
COMPLAINTS = {
    "truncated": "is truncated",
    "corrupted": "is corrupted",
    "foreign": "no dump that pg_restore can read",
}


def test_postgresql_comes_back_and_nothing_acknowledged_is_lost(installation: Installation) -> None:
    installation.upgrade(*tagged(TAG), *TWO_EACH, NO_LIMIT)

    async def is_ready() -> bool:
        async with httpx.AsyncClient(
            base_url=installation.url, headers={"Host": installation.host}
        ) as client:
            try:
                return (await client.get("/ready", timeout=2)).status_code == 200
            except httpx.HTTPError:
                return False

    async def kill() -> str:
        began = time.monotonic()
        pod = f"{installation.name}-postgresql-0"
        await asyncio.to_thread(installation.kubectl, "delete", "pod", pod, "--wait=false")
        while time.monotonic() - began < 120:
            await asyncio.sleep(0.2)
            if time.monotonic() - began > 3 and installation.pods("postgresql") and await is_ready():
                break
        path = "jsonpath={.items[*].status.containerStatuses[0].restartCount}"
        restarts = installation.kubectl("get", "pods", "--output", path)
        assert set(restarts.split()) <= {"0"}, restarts
        return f"recovered {time.monotonic() - began:.1f} s after the deletion, no service restarted"

    load = asyncio.run(under_load(installation, "PostgreSQL's pod deleted", kill, tolerated=10**6))
    seconds = [failure.second for failure in load.books.failures]
    if seconds:
        report("PostgreSQL's pod deleted", f"requests failed during {max(seconds) - min(seconds):.1f} s")
    odd = [failure for failure in load.books.failures if not failure.why.startswith("503")]
    assert not odd, odd[:5]


def test_the_previous_release_runs_on_the_newer_schema(installation: Installation, variant: Variant) -> None:
    installation.upgrade(*tagged(TAG), *TWO_EACH, NO_LIMIT)
    seed(installation)
    head = installation.sql("SELECT version_num FROM alembic_version")
    text = base64.b64encode(SECOND_MIGRATION.format(head=head).encode()).decode()
    lines = f"USER 0\nRUN echo {text} | base64 -d >{VERSIONS}/9999_check.py\nUSER 10001:10001"
    newer = variant("schema", lines)
    before = installation.sql(OLD_TASKS)

    async def there() -> str:
        seconds = await asyncio.to_thread(installation.upgrade, *tagged(newer), *TWO_EACH, NO_LIMIT)
        assert installation.sql("SELECT version_num FROM alembic_version") == "9999"
        return f"release N in {seconds:.0f} s"

    async def back() -> str:
        seconds = await asyncio.to_thread(installation.rollback)
        assert installation.sql("SELECT version_num FROM alembic_version") == "9999"
        return f"release N-1 again in {seconds:.0f} s, the schema stays at N"

    asyncio.run(under_load(installation, "N-1 → N", there))
    asyncio.run(under_load(installation, "N → N-1", back))
    installation.helm("test", installation.release)
    assert installation.sql(OLD_TASKS) == before
    report("N-1 → N → N-1", f"older tasks unchanged: {before}")
    installation.sql("DROP TABLE check_only; ALTER TABLE tasks DROP COLUMN check_only")
    installation.sql(f"UPDATE alembic_version SET version_num = '{head}'")


def test_backup_restore_and_what_must_be_refused(installation: Installation) -> None:
    installation.upgrade(*tagged(TAG), *TWO_EACH, NO_LIMIT, *BACKUPS)
    seed(installation)
    before = installation.checksums()
    env = {"NAMESPACE": installation.namespace, "RELEASE": installation.release}
    began = time.monotonic()
    made = run("scripts/backup.sh", "--verify", env=env)
    name = made.split("backing up todo as ")[1].split()[0]
    size = made.split("done: ")[1].splitlines()[0]
    report("backup", f"{size}, made and verified in {time.monotonic() - began:.0f} s")

    for file, confirm, words in (
        ("todo-19990101T000000Z", "todo", "there is no"),
        (name, "other", "confirm with its name"),
        ("../etc/passwd", "todo", "not the name of a backup"),
    ):
        with pytest.raises(CommandFailed, match=words):
            run("scripts/restore.sh", file, confirm, env=env)
    for kind, damage in DAMAGES.items():
        in_backups(installation, damage.replace("{name}", name))
        with pytest.raises(CommandFailed, match=COMPLAINTS[kind]):
            run("scripts/restore.sh", f"todo-{kind}", "todo", env=env)
    assert installation.checksums() == before
    report("restore", "missing, truncated, corrupted and foreign files refused; nothing changed")

    installation.sql("DELETE FROM users WHERE name = 'seed'; DELETE FROM tasks; DELETE FROM projects")
    assert installation.checksums() != before
    began = time.monotonic()
    run("scripts/restore.sh", name, "todo", env=env)
    report("restore", f"{before} again after {time.monotonic() - began:.0f} s")
    assert installation.checksums() == before
    asyncio.run(under_load(installation, "after the restore", _steady))

    in_backups(
        installation,
        "rm -f todo-truncated.* todo-foreign.*; mv todo-corrupted.dump todo-9.dump;"
        " mv todo-corrupted.manifest todo-9.manifest; touch todo-9.manifest",
    )
    with pytest.raises(CommandFailed, match="is corrupted"):
        run("scripts/backup.sh", "--verify-only", env=env)
    report("verification", "finds the corrupted backup")
    in_backups(installation, "rm -f todo-9.*")


def seed(installation: Installation) -> None:
    """50 people with 300 tasks each, several megabytes that do not compress well."""
    if not installation.sql("SELECT 1 FROM tasks WHERE title LIKE 'seed %' LIMIT 1"):
        installation.sql(f"DELETE FROM users WHERE name = 'seed'; {SEED}")


async def _steady() -> str:
    await asyncio.sleep(2)
    return "steady"


def in_backups(installation: Installation, command: str) -> None:
    """Run a command inside the folder of the backups, in a pod made like theirs."""
    name = "in-backups"
    installation.kubectl("delete", "job", name, "--ignore-not-found", "--wait")
    schedule = installation.get("cronjob", f"{installation.name}-backup")
    job = schedule["spec"]["jobTemplate"]["spec"]
    job["template"]["spec"]["containers"][0]["command"] = ["bash", "-ec", f"cd /backups; {command}"]
    manifest = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": job}
    installation.kubectl("apply", "--filename", "-", stdin=json.dumps(manifest))
    installation.kubectl("wait", "--for=condition=complete", f"job/{name}", "--timeout=60s")
