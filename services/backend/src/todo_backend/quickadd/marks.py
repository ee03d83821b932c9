"""The parts with a sign of their own: p1 to p4, #project, @label."""

import re

from todo_backend.quickadd.scan import Found, Name, Scan

# A letter first, so "#42" stays a number of something; no dot, so "@example.com" stays an address.
_NAME = re.compile(r"[#@][^\W\d_][\w/&-]*")
PRIORITIES = ("p1", "p2", "p3", "p4")


def read_priority(scan: Scan, place: int) -> Found | None:
    """`p1`."""
    return Found(place, place + 1, Name("priority", scan.word(place)))


def read_name(scan: Scan, place: int) -> Found | None:
    """`#home`, `#"Two words"`, `@bills`. A project that does not exist stays a word, and is remembered."""
    raw = scan.tokens[place].raw
    name = _name(raw)
    if not name:
        return None
    if raw[0] == "@":
        return Found(place, place + 1, Name("label", name))
    if scan.projects is not None and name.lower() not in scan.projects:
        scan.unknown_projects.append(name)
        return None
    return Found(place, place + 1, Name("project", scan.projects[name.lower()] if scan.projects else name))


def _name(raw: str) -> str:
    if raw[1:2] == '"' and raw[-1] == '"' and len(raw) > 3:
        return " ".join(raw[2:-1].replace('""', '"').split())
    return raw[1:] if _NAME.fullmatch(raw) else ""
