"""What the documents say exists."""

import re
import subprocess
from pathlib import Path

import pytest
from tests.architecture.repository import ROOT, relative, tracked_files

_ADR_SECTIONS = ["Context", "Decision", "Consequences", "Alternatives"]
_DOCUMENTS = tracked_files("*.md")
_RECORDS = [path for path in tracked_files("docs/adr/*.md") if path.name != "README.md"]


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("document", _DOCUMENTS, ids=relative)
def test_links_lead_somewhere(document: Path) -> None:
    text = _without_code(document.read_text(encoding="utf-8"))
    broken = [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if not _resolves(document, target)]
    assert broken == []


def _without_code(text: str) -> str:
    return re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)


def _resolves(document: Path, target: str) -> bool:
    if re.match(r"[a-z]+:", target):
        return True  # elsewhere on the network: not ours to test
    name, _, anchor = target.partition("#")
    path = (document.parent / name) if name else document
    return path.exists() and (not anchor or path.suffix != ".md" or anchor in _anchors(path))


def _anchors(document: Path) -> set[str]:
    """The anchors that GitHub gives to headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", _DOCUMENTS, ids=relative)
def test_make_commands_in_documents_exist(document: Path) -> None:
    used = set(re.findall(r"`make ([a-z0-9-]+)", document.read_text(encoding="utf-8")))
    assert used - _targets() == set()


def test_every_make_target_explains_itself() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert {target for target in _targets() if f"make {target} " not in listed} == set()


def test_the_decision_records_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in _RECORDS]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_decision_record_is_listed() -> None:
    listed = re.findall(r"\]\((\d{4}-[^)]+)\)", (ROOT / "docs/adr/README.md").read_text(encoding="utf-8"))
    assert listed == [path.name for path in _RECORDS]


@pytest.mark.parametrize("record", _RECORDS, ids=relative)
def test_a_decision_record_has_every_section(record: Path) -> None:
    headings = re.findall(r"^## (.+)$", record.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert headings[: len(_ADR_SECTIONS)] == _ADR_SECTIONS
