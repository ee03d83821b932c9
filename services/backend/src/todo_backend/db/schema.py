"""Which schema this code wants and which one the database has."""

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_PACKAGE = Path(__file__).resolve().parents[1]


def migrations_directory() -> Path:
    """Inside the package when it is installed as a wheel, beside `src/` in a checkout."""
    packaged = _PACKAGE / "migrations"
    return packaged if packaged.is_dir() else _PACKAGE.parents[1] / "migrations"


def alembic_config() -> Config:
    """An Alembic configuration that needs no ini file."""
    config = Config()
    config.set_main_option("script_location", str(migrations_directory()).replace("%", "%%"))
    return config


@cache
def known_revisions() -> tuple[str, ...]:
    """All revisions of this release, the newest (the head) first."""
    script = ScriptDirectory.from_config(alembic_config())
    return tuple(revision.revision for revision in script.walk_revisions())


async def current_revision(connection: AsyncConnection) -> str | None:
    """The revision of the database, or None when it was never migrated."""
    if await connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    revision: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def is_behind(revision: str | None) -> bool:
    """Whether a database at `revision` lacks migrations of this release.

    A revision that this release does not know comes from a newer one; by the expand-and-contract rule it
    still serves this release, so it is not behind.
    """
    if revision is None:
        return True
    return revision in known_revisions() and revision != known_revisions()[0]
