"""Identifiers are UUIDv7 (RFC 9562 section 5.7): made here, ordered by time, kind to B-tree indexes."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A new UUIDv7."""
    return uuid_utils.compat.uuid7()
