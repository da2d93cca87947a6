"""The reference implementation's own cases: its input, and what it answered.

We differ where it is wrong, or shows what is left of its work: a spec that does not
match binds nothing, nothing that is handed in is changed, and values of variables are
texts (docs/specs.rst).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.unit.domain.specs.build import facts_of, solved, spec_of
from tripleo_cli.domain.specs.assign import Catalog, Host, Quota, match_hosts
from tripleo_cli.domain.specs.cmdb import claim_entry
from tripleo_cli.domain.specs.identity import identify
from tripleo_cli.domain.specs.join import Solution
from tripleo_cli.domain.specs.ranges import generate, generate_by_name, merged

Case = Mapping[str, Any]

CASES = json.loads(
    (Path(__file__).parents[3] / "data" / "specs" / "reference.json").read_text()
)["cases"]


def match_all(given: Case, wanted: Case) -> None:
    solution = solved(given["specs"], given["lines"])

    assert (solution is not None) == wanted["result"]
    if solution:
        recorded = spec_of(given["specs"]).recorded
        found = dict(solution.variables)
        assert found == wanted["after"]["vars"]
        assert {key: found[key] for key in recorded} == wanted["after"]["vars2"]


def match_spec(given: Case, wanted: Case) -> None:
    assert bool(solved([given["spec"]], given["lines"])) == wanted["result"]


def find_match(given: Case, wanted: Case) -> None:
    catalog = Catalog(
        quotas=tuple(Quota(profile=name, left=left) for name, left in given["state"]),
        specs={name: spec_of(rows, name) for name, rows in given["specs"].items()},
    )
    host = Host(name="n", facts=facts_of(given["facts"]))

    (match,), after = match_hosts(catalog, [host])

    assert [match.profile, dict(match.variables)] == wanted["result"]
    assert [[one.profile, one.left] for one in after.quotas] == wanted["state_after"]


def update_cmdb(given: Case, wanted: Case) -> None:
    found = {key: str(value) for key, value in given["var"].items()}
    sign = "$$" if given["forced"] else "$"
    spec = spec_of([("a", "b", key, f"{sign}{key}") for key in found])

    def find(asked: Mapping[str, str]) -> Solution | None:
        agrees = asked.items() <= found.items()
        return Solution(facts=(), variables=found) if agrees else None

    claim = claim_entry(spec, given["cmdb"], (), find)

    assert (claim is not None) == wanted["result"]
    if claim:
        after = wanted["after"]["cmdb"][claim.place]
        assert texts(claim.entry) == texts(after)


def is_included(given: Case, wanted: Case) -> None:
    """A machine knows the entry that it was given by what it has in common with it."""
    update_cmdb(
        {"cmdb": [{**given["arg1"], "used": 1}], "var": given["arg0"], "forced": True},
        {**wanted, "after": {"cmdb": [{**given["arg1"], "used": 1}]}},
    )


def texts(entry: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in entry.items()}


def name_machine(given: Case, wanted: Case) -> None:
    who = identify(facts_of(given["items"]))
    read = {
        "sysname": who.name,
        "sysprodvendor": who.vendor,
        "sysprodname": who.product,
        "sysserial": who.serial,
        "eth": [eth for eth, _ in who.macs],
        "serial": [mac for _, mac in who.macs],
    }

    assert {key: value for key, value in read.items() if value} == wanted["result"]


CHECKS: Mapping[str, Callable[[Case, Case], None]] = {
    "match_all": match_all,
    "match_spec": match_spec,
    "State.find_match": find_match,
    "update_cmdb": update_cmdb,
    "is_included": is_included,
    "generate_filename_and_macs": name_machine,
}
FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "generate": generate,
    "generate_dict": generate_by_name,
    "merge": merged,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_answer_is_the_reference_answer(case: Case) -> None:
    given, wanted = case["input"], case["expected"]
    name = given["function"]
    if name in CHECKS:
        CHECKS[name](given, wanted)
        return
    arguments = [given[key] for key in ("arg0", "arg1") if key in given]
    before = json.dumps(arguments)

    assert FUNCTIONS[name](*arguments) == wanted["result"]
    assert json.dumps(arguments) == before


def test_all_cases_are_there() -> None:
    assert len(CASES) == 27
