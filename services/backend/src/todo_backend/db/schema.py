"""Which schema this code wants and which one the database has."""

import re
from functools import cache
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_PACKAGE = Path(__file__).resolve().parents[1]
_REVISION = re.compile(r'^revision = "(\w+)"', re.MULTILINE)
_DOWN_REVISION = re.compile(r'^down_revision = (?:"(\w+)"|None)', re.MULTILINE)


def migrations_directory() -> Path:
    """Inside the package when it is installed as a wheel, beside `src/` in a checkout."""
    packaged = _PACKAGE / "migrations"
    return packaged if packaged.is_dir() else _PACKAGE.parents[1] / "migrations"


@cache
def known_revisions() -> tuple[str, ...]:
    """All revisions of this release, the newest (the head) first.

    Read from the files' own words instead of through Alembic, which a serving process does not need
    otherwise and which would cost it 12 MB.
    """
    follows = dict(_links(path.read_text(encoding="utf-8")) for path in _revision_files())
    heads = follows.keys() - follows.values()
    if len(heads) != 1:
        raise RuntimeError(f"migrations must have exactly one head, not {sorted(heads)}")
    chain = [heads.pop()]
    while (previous := follows[chain[-1]]) is not None:
        chain.append(previous)
    return tuple(chain)


def _revision_files() -> list[Path]:
    return sorted((migrations_directory() / "versions").glob("*.py"))


def _links(source: str) -> tuple[str, str | None]:
    """The revision of a migration file and the one that it follows."""
    revision, down_revision = _REVISION.search(source), _DOWN_REVISION.search(source)
    if revision is None or down_revision is None:
        raise RuntimeError("a migration file names no revision")
    return revision[1], down_revision[1]


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
