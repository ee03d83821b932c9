"""From the names that a client sends to the names that tasks carry (docs/adr/0004)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.labels import repository


async def register(session: AsyncSession, user_id: UUID, names: Sequence[str]) -> list[str]:
    """The registered spellings, each once and in the order given; unknown names are registered.

    Call it before a task is locked: whoever renames a label locks the label first and then its tasks.
    """
    if not names:
        return []
    known = await repository.known_names(session, user_id, names)
    missing = [name for name in names if name not in known]
    if missing:
        await repository.create_missing(session, user_id, missing)
        known = await repository.known_names(session, user_id, names)
    return list(dict.fromkeys(known[name] for name in names if name in known))
