"""The parts with a sign of their own: p1 to p4, #project, @label."""

import re

from todo_backend.quickadd.scan import Found, Name, Scan

# A letter first, so "#42" stays a number of something; no dot, so "@example.com" stays an address.
_NAME = re.compile(r"[#@][^\W\d_][\w/&-]*")
PRIORITIES = ("p1", "p2", "p3", "p4")


def read_priority(_scan: Scan, place: int) -> Found | None:
    """`p1`."""
    return Found(place, place + 1, Name("priority", _scan.word(place)))


def read_name(scan: Scan, place: int) -> Found | None:
    """`#home`, `#"Two words"`, `@bills`."""
    raw = scan.tokens[place].raw
    kind = "project" if raw[0] == "#" else "label"
    if raw[1:2] == '"' and raw[-1] == '"' and len(raw) > 3:
        name = " ".join(raw[2:-1].replace('""', '"').split())
        return Found(place, place + 1, Name(kind, name)) if name else None
    return Found(place, place + 1, Name(kind, raw[1:])) if _NAME.fullmatch(raw) else None
