"""Where a page may send the browser next. Only our own signed-in pages, never another site."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.responses import RedirectResponse

HOME = "/app"
_OWN_PAGE = re.compile(r"/app(?:[/?][!-\[\]-~]*)?")  # printable ASCII without space and backslash
_MAX_LENGTH = 2_000


def safe_next(target: str | None, *, default: str = HOME) -> str:
    """`target` if it is a page of ours, else `default`. An allow-list, so `//evil.example` never passes."""
    if target and len(target) <= _MAX_LENGTH and _OWN_PAGE.fullmatch(target) and "/../" not in target:
        return target
    return default


def see_other(path: str, *, notice: str | None = None, **details: object) -> RedirectResponse:
    """303 to one of our pages. A notice code and details (None: left out) replace earlier ones."""
    parts = urlsplit(path)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in {"notice", "about"}]
    added = {"notice": notice} | details
    query += [(name, str(value)) for name, value in added.items() if value is not None]
    return RedirectResponse(parts.path + (f"?{urlencode(query)}" if query else ""), status_code=303)
