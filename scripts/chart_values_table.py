"""Write the table of values into the chart's README from the `# --` comments in values.yaml.

`python -m chart_values_table` writes, `--check` only fails when the table is out of date.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

CHART = Path(__file__).resolve().parents[1] / "helm" / "todo-chatbot-chart"
BEGIN, END = "<!-- values: written by scripts/chart_values_table.py -->", "<!-- end of values -->"
_KEY = re.compile(r"^( *)([A-Za-z][\w-]*):(?: (.*))?$")


def documented(text: str) -> Iterator[tuple[str, str, str]]:
    """(path, default, description) of every key that a `# --` comment precedes."""
    path: list[tuple[int, str]] = []
    description = ""
    for line in text.splitlines():
        if line.lstrip().startswith("# -- "):
            description = line.split("# -- ", 1)[1].strip()
            continue
        found = _KEY.match(line)
        if found is None:
            continue
        indent, key, default = len(found[1]), found[2], (found[3] or "").strip()
        path = [part for part in path if part[0] < indent] + [(indent, key)]
        if description:
            yield ".".join(name for _, name in path), default, description
            description = ""


def with_table(readme: str, values: str) -> str:
    """The README with its table replaced."""
    rows = [
        f"| `{path}` | {f'`{default}`' if default else ''} | {description.replace('|', chr(92) + '|')} |"
        for path, default, description in documented(values)
    ]
    table = "\n".join(["| Value | Default | What it does |", "|---|---|---|", *rows])
    before, rest = readme.split(BEGIN)
    return f"{before}{BEGIN}\n{table}\n{END}{rest.split(END)[1]}"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="chart_values_table", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail when out of date")
    check = parser.parse_args().check
    readme = CHART / "README.md"
    current = readme.read_text()
    wanted = with_table(current, (CHART / "values.yaml").read_text())
    if check and wanted != current:
        sys.exit("The chart's README is out of date: python -m chart_values_table")
    readme.write_text(wanted)


if __name__ == "__main__":
    main()
