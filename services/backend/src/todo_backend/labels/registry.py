"""From the names that a client sends to the names that tasks carry (docs/adr/0004)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.labels import repository


async def register(session: AsyncSession, user_id: UUID, names: Sequence[str]) -> list[str]:
    """The registered spellings, each once and in the order given; unknown names are registered."""
    if not names:
        return []
    found = await repository.known_names(session, user_id, names)
    missing = [wanted for wanted, known in found if known is None]
    if missing:
        await repository.create_missing(session, user_id, missing)
        found = await repository.known_names(session, user_id, names)
    return list(dict.fromkeys(known for _, known in found if known is not None))
