"""Who may import whom: the contracts stand in the root pyproject.toml."""

import sys

import pytest
from importlinter.application.use_cases import SUCCESS, lint_imports
from importlinter.configuration import configure
from tests.architecture.repository import ROOT


@pytest.mark.slow
def test_the_import_contracts_are_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "path", list(sys.path))
    configure()
    outcome = lint_imports(cache_dir=None)
    assert outcome is SUCCESS, capsys.readouterr().out
