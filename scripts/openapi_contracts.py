"""`make contracts`: the services' OpenAPI documents as files, so that a change of an API shows in review.

`python -m openapi_contracts --check` only compares and exits 1 when a file is out of date.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from todo_agent.app import create_app as create_agent
from todo_agent.settings import Settings as AgentSettings
from todo_backend.app import create_app as create_backend
from todo_backend.settings import Settings as BackendSettings

CONTRACTS = Path(__file__).resolve().parents[1] / "contracts"

DOCUMENTS: dict[str, Callable[[], dict[str, object]]] = {
    "backend.openapi.json": lambda: create_backend(BackendSettings()).openapi(),
    "ai-agent.openapi.json": lambda: create_agent(AgentSettings()).openapi(),
}


def render(document: dict[str, object]) -> str:
    """The document as it stands in the file: stable order, one line per value."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> int:
    """Write or compare every document; returns the exit code."""
    parser = argparse.ArgumentParser(prog="openapi_contracts", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args().check
    stale = []
    for name, document in DOCUMENTS.items():
        path, text = CONTRACTS / name, render(document())
        if path.exists() and path.read_text() == text:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            print(f"wrote {path.relative_to(CONTRACTS.parent)}")
    if check and stale:
        print(f"Out of date: {', '.join(stale)}. Run 'make contracts' and commit the result.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
