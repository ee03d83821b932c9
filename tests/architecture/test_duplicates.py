"""The same dozen lines do not stand in two places."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.repository import relative, tracked_files

_WINDOW = 12  # lines of code, without blank lines, comments and imports


def _code_lines(path: Path) -> list[tuple[int, str]]:
    numbered = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    return [(number, line.strip()) for number, line in numbered if _counts(line.strip())]


def _counts(line: str) -> bool:
    return bool(line) and not line.startswith("#") and not re.match(r"(from|import) |[)\]},]*$", line)


def _windows(path: Path) -> Iterator[tuple[str, int]]:
    lines = _code_lines(path)
    for start in range(len(lines) - _WINDOW + 1):
        window = lines[start : start + _WINDOW]
        yield "\n".join(text for _, text in window), window[0][0]


def test_no_code_is_written_twice() -> None:
    seen: dict[str, list[str]] = defaultdict(list)
    for path in tracked_files("packages/*.py", "services/*.py", "scripts/*.py"):
        for text, line in _windows(path):
            seen[text].append(f"{relative(path)}:{line}")
    assert [places for places in seen.values() if len(places) > 1] == []
