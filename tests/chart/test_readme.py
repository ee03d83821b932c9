"""The table in the chart's README is the one that values.yaml makes."""

from tests.chart.helm import CHART

from chart_values_table import documented, with_table


def test_the_table_of_values_is_up_to_date() -> None:
    readme = (CHART / "README.md").read_text()
    assert with_table(readme, (CHART / "values.yaml").read_text()) == readme, (
        "run: python -m chart_values_table"
    )


def test_nested_keys_carry_their_path_and_default() -> None:
    found = list(documented("a:\n  b:\n    # -- First\n    c: 1\n  # -- Second\n  d: {}\ne: x\n"))
    assert found == [("a.b.c", "1", "First"), ("a.d", "{}", "Second")]
