"""Read the tests of one fact, of a number of parts, or of a benchmark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from tripleo_cli.domain.facts.metrics import (
    MEASURED_AREAS,
    USUAL_KEYS,
    is_metric_pattern,
)
from tripleo_cli.domain.facts.table import TOTALS, Fact, Kind
from tripleo_cli.domain.requirement.benchmark import (
    BenchmarkTest,
    Limit,
    Measure,
    NearMedian,
)
from tripleo_cli.domain.requirement.check import Bound
from tripleo_cli.domain.requirement.condition import Condition
from tripleo_cli.domain.requirement.count import Count
from tripleo_cli.domain.requirement.fact import FactTest, Known
from tripleo_cli.domain.requirement.total import Total
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.inputs.document import Problems, at, kind
from tripleo_cli.inputs.requirement_values import OPERATORS, read_amount

KNOWN: Final = "known"
MEDIAN_OPERATORS: Final = {
    "within_percent_of_median": False,
    "at_most_percent_slower": True,
}
"""Operators of benchmarks alone, and whether being faster is fine with them."""
OTHER_MEANINGS: Final = {
    KNOWN: ("any", "true or false", "Whether it is known at all."),
    "within_percent_of_median": (
        "benchmark",
        "a number",
        "At most so many percent from the median of the machines like it.",
    ),
    "at_most_percent_slower": (
        "benchmark",
        "a number",
        "At most so many percent slower than that median; faster is fine.",
    ),
}
"""For the documentation: for what facts, what value, what it means."""
COUNT_OPERATORS: Final = ("at_least", "at_most", "equals")
TOTAL_OPERATORS: Final = ("at_least", "at_most", "above", "below", "between")
BENCHMARK_OPERATORS: Final = (
    "at_least",
    "at_most",
    "above",
    "below",
    "between",
    *MEDIAN_OPERATORS,
)
_BENCHMARK: Final = Fact(
    name="benchmarks", kind=Kind.NUMBER, noun="benchmark", meaning=""
)


def operators_of(kind_of_fact: Kind) -> tuple[str, ...]:
    """List the operators for facts of a kind."""
    fitting = (name for name, one in OPERATORS.items() if kind_of_fact in one.kinds)
    return (*fitting, KNOWN)


def fact_tests(
    problems: Problems, where: str, fact: Fact, value: Any
) -> list[Condition]:
    """Read what a fact must be: a value, a list of values, or operators."""
    if isinstance(value, Mapping):
        if not value:
            problems.add(where, "must not be empty")
        found: list[Condition] = []
        for name, inner in value.items():
            found += _operator(problems, at(where, str(name)), fact, str(name), inner)
        return found
    short = "one_of" if isinstance(value, list) else "equals"
    if fact.kind in OPERATORS[short].kinds:
        return _checked(problems, where, fact, short, value)
    operators = ", ".join(operators_of(fact.kind))
    what = f"must be a mapping of operators, not {kind(value)}"
    problems.add(where, what, f"there are {operators}")
    return []


def _operator(
    problems: Problems, where: str, fact: Fact, name: str, value: Any
) -> list[Condition]:
    known = operators_of(fact.kind)
    if name not in known:
        problems.add(where, *_unknown(name, fact.kind, known))
        return []
    if name != KNOWN:
        return _checked(problems, where, fact, name, value)
    if isinstance(value, bool):
        return [Known(fact=fact, is_wanted=value)]
    problems.add(where, f"must be true or false, not {kind(value)}")
    return []


def _checked(
    problems: Problems, where: str, fact: Fact, operator: str, value: Any
) -> list[Condition]:
    checks = OPERATORS[operator].read(problems, where, value, fact)
    return [FactTest(fact=fact, check=check) for check in checks]


def count_tests(
    problems: Problems, place: str, given: Mapping[str, Any], where: Condition | None
) -> list[Condition]:
    """Read how many parts are wanted; one or more where nothing is said."""
    one = Count(parts=given["count"], where=where)
    found: list[Condition] = []
    for key in COUNT_OPERATORS:
        if key in given:
            found += _count_test(problems, at(place, key), key, given[key], one)
    return found or [one]


def _count_test(
    problems: Problems, place: str, operator: str, value: Any, count: Count
) -> Sequence[Condition]:
    if operator == "equals" and value == "all":
        return _all_of_them(problems, place, count)
    number = problems.whole_number(place, value)
    if number is None:
        return []
    least = replace(count, number=number)
    most = replace(count, number=number, is_most=True)
    return {"at_least": [least], "at_most": [most], "equals": [least, most]}[operator]


def _all_of_them(problems: Problems, place: str, count: Count) -> list[Condition]:
    """Ask that none is left of which the contrary might be true."""
    if count.where is None:
        problems.add(place, 'needs a "where" to hold for all of them')
        return []
    return [replace(count, where=count.where.negated(), number=0, is_most=True)]


def total_tests(
    problems: Problems, place: str, given: Mapping[str, Any], where: Condition | None
) -> list[Condition]:
    """Read what the sum of a fact over parts is to be."""
    part, fact = TOTALS[given["total"]]
    named = [key for key in TOTAL_OPERATORS if key in given]
    if not named:
        what = f"needs a limit: {', '.join(TOTAL_OPERATORS)}"
        problems.add(place, what)
    return [
        Total(parts=part, fact=fact, bound=check, where=where)
        for key in named
        for check in OPERATORS[key].read(problems, at(place, key), given[key], fact)
        if isinstance(check, Bound)
    ]


def benchmark_tests(
    problems: Problems, where: str, pattern: str, value: Any
) -> list[Condition]:
    """Read what measurements must be; each operator is one condition."""
    if not is_metric_pattern(pattern):
        problems.add(where, "unknown benchmark", _meant_benchmark(pattern))
        return []
    operators = problems.mapping(where, value)
    if isinstance(value, Mapping) and not value:
        problems.add(where, "must not be empty")
    return [
        BenchmarkTest(pattern=pattern, measure=measure)
        for name, inner in operators.items()
        for measure in _measures(problems, at(where, name), name, inner)
    ]


def _meant_benchmark(pattern: str) -> str:
    area, _, rest = pattern.partition(".")
    item, _, key = rest.rpartition(".")
    close = did_you_mean(key, USUAL_KEYS)
    if area in MEASURED_AREAS and item and close:
        return close
    areas = ", ".join(sorted(MEASURED_AREAS))
    return f"AREA.ITEM.METRIC, such as cpu.logical.loops_per_sec; areas: {areas}"


def _measures(problems: Problems, where: str, name: str, value: Any) -> list[Measure]:
    if name not in BENCHMARK_OPERATORS:
        problems.add(where, *_unknown(name, Kind.NUMBER, BENCHMARK_OPERATORS))
        return []
    if name in MEDIAN_OPERATORS:
        amount = read_amount(problems, where, value, _BENCHMARK)
        fine = MEDIAN_OPERATORS[name]
        return [NearMedian(percent=amount[0], is_faster_fine=fine)] if amount else []
    checks = OPERATORS[name].read(problems, where, value, _BENCHMARK)
    return [Limit(bound=check) for check in checks if isinstance(check, Bound)]


def _unknown(name: str, fact_kind: Kind, known: Iterable[str]) -> tuple[str, str]:
    names = tuple(known)
    there_are = f"there are {', '.join(names)}"
    if name in OPERATORS or name in MEDIAN_OPERATORS:
        return f"is not for a fact that is a {fact_kind.value}", there_are
    return "unknown operator", did_you_mean(name, names) or there_are
