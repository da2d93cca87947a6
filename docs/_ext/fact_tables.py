"""Tables of facts and of operators, out of the tables that the program uses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sphinx.util.docutils import SphinxDirective

from tripleo_cli.domain.facts.metrics import USUAL_KEYS
from tripleo_cli.domain.facts.table import MACHINE_FACTS, PARTS, Fact
from tripleo_cli.inputs.requirement_operators import OTHER_MEANINGS
from tripleo_cli.inputs.requirement_values import OPERATORS

Row = tuple[str, str, str]


class FactTable(SphinxDirective):
    """``.. fact-table:: machine``, ``disks``, ``nics``, ``operators``, ``metrics``."""

    required_arguments = 1

    def run(self) -> list[Any]:
        """Make the table."""
        which = self.arguments[0]
        if which == "metrics":
            lines = [f"* ``{key}``" for key in USUAL_KEYS]
        elif which == "operators":
            lines = table(("Operator", "For", "Meaning"), operator_rows())
        else:
            facts = MACHINE_FACTS if which == "machine" else PARTS[which]
            lines = table(("Fact", "Values", "Meaning"), map(fact_row, facts))
        parsed: list[Any] = self.parse_text_to_nodes("\n".join(lines))
        return parsed


def fact_row(fact: Fact) -> Row:
    """Describe a fact."""
    values = fact.kind.value + (f", {fact.unit}" if fact.unit else "")
    return f"``{fact.name}``", values, fact.meaning


def operator_rows() -> list[Row]:
    """Describe all operators."""
    rows = [
        (
            f"``{name}:`` {operator.value}",
            ", ".join(sorted(kind.value for kind in operator.kinds)),
            operator.meaning.replace("`", "``"),
        )
        for name, operator in OPERATORS.items()
    ]
    others = [
        (f"``{name}:`` {value}", facts, meaning)
        for name, (facts, value, meaning) in OTHER_MEANINGS.items()
    ]
    return [*rows, *others]


def table(heads: Row, rows: Iterable[Row]) -> list[str]:
    """Write a list table."""
    lines = [".. list-table::", "   :header-rows: 1", "   :widths: 28 22 50", ""]
    for row in (heads, *rows):
        lines += [
            f"   {'* -' if not number else '  -'} {cell}"
            for number, cell in enumerate(row)
        ]
    return [*lines, ""]


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx about the directive."""
    app.add_directive("fact-table", FactTable)
    return {"parallel_read_safe": True}
