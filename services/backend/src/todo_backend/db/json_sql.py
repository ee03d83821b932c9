"""Pieces of SQL that write JSON the way our Pydantic models do."""


def instant(expression: str) -> str:
    """A timestamptz as RFC 3339 in UTC with six decimals, as `wire.UtcDateTime` writes it."""
    return f"""to_char({expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
