"""Specs and facts as short as they can be written, and such as nobody thought of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

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


VARIABLES = ("$x", "$y", "$$z")
TEXTS = ("1", "2", "3")


def field(*literals: str) -> st.SearchStrategy[str]:
    functions = ("gt(1)", "not(2)", "$x=in(1, 3)", "$y=le(2)")
    return st.sampled_from((*literals, *VARIABLES, *functions))


rows = st.lists(
    st.tuples(st.sampled_from(("c", "$x")), field(*TEXTS), field("k", "l"), field("1")),
    max_size=4,
)
facts = st.lists(
    st.tuples(
        st.sampled_from(("c", "1")),
        st.sampled_from(TEXTS),
        st.sampled_from(("k", "l", "2")),
        st.sampled_from(TEXTS),
    ),
    max_size=6,
)
