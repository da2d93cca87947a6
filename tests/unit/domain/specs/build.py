"""Specs and facts as short as they can be written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tripleo_cli.domain.specs.facts import index_facts
from tripleo_cli.domain.specs.join import Solution, solve
from tripleo_cli.domain.specs.parse import parse_field
from tripleo_cli.domain.specs.spec import Fact, Line, Spec, a_spec
from tripleo_cli.domain.specs.table import make_table

Row = Sequence[object]


def spec_of(rows: Iterable[Row], profile: str = "hw") -> Spec:
    lines = []
    for number, row in enumerate(rows, 1):
        category, item, key, value = (parse_field(str(one)) for one in row)
        lines.append(Line(number=number, fields=(category, item, key, value)))
    return a_spec(profile, lines)


def facts_of(rows: Iterable[Row]) -> tuple[Fact, ...]:
    facts = []
    for row in rows:
        category, item, key, value = (str(one) for one in row)
        facts.append((category, item, key, value))
    return tuple(facts)


def solved(rows: Iterable[Row], facts: Iterable[Row]) -> Solution | None:
    table = make_table(spec_of(rows).lines, index_facts(facts_of(facts)))
    return solve(table)


def variables(rows: Iterable[Row], facts: Iterable[Row]) -> dict[str, str] | None:
    solution = solved(rows, facts)
    return None if solution is None else dict(solution.variables)
