"""Modules stay small enough to read in one go, and are named after what they are about."""

from pathlib import Path
from statistics import median

from tests.architecture.repository import relative, tracked_files

_MOST_LINES = 500
_MEDIAN_LINES = 120
_SAYS_NOTHING = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py"}


def _modules() -> list[Path]:
    return tracked_files("*.py")


def test_no_module_is_too_long() -> None:
    sizes = {relative(path): _lines(path) for path in _modules()}
    assert {name: size for name, size in sizes.items() if size > _MOST_LINES} == {}


def test_most_modules_are_short() -> None:
    sizes = [_lines(path) for path in tracked_files("packages/*.py", "services/*.py") if _lines(path)]
    assert median(sizes) <= _MEDIAN_LINES


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [relative(path) for path in _modules() if path.name in _SAYS_NOTHING] == []


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())
