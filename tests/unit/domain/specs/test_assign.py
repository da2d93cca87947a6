"""Machines get profiles in the order of the state, and entries of the CMDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.specs.build import Row, facts, facts_of, rows, spec_of
from tripleo_cli.domain.specs.assign import Catalog, Host, Match, Quota, match_hosts
from tripleo_cli.domain.specs.facts import index_facts
from tripleo_cli.domain.specs.join import IntractableError, solve
from tripleo_cli.domain.specs.table import make_table

Entry = Mapping[str, Any]

NAMES = st.sampled_from(("x", "z"))
TEXTS = st.sampled_from(("1", "2", "3"))


def a_host(name: str, size: int = 8, macs: Sequence[str] = ()) -> Host:
    rows: list[Row] = [("disk", "sda", "size", size)]
    rows += [("network", f"eth{at}", "serial", mac) for at, mac in enumerate(macs)]
    return Host(name=name, facts=facts_of(rows))


def a_catalog(
    specs: Mapping[str, Sequence[Row]],
    cmdb: Sequence[Entry] = (),
    **counts: int | None,
) -> Catalog:
    counts = counts or dict.fromkeys(specs)
    return Catalog(
        quotas=tuple(Quota(profile=name, left=left) for name, left in counts.items()),
        specs={name: spec_of(rows, name) for name, rows in specs.items()},
        cmdbs={next(iter(specs)): tuple(cmdb)} if cmdb else {},
    )


def profiles(matches: Sequence[Match]) -> list[str | None]:
    return [match.profile for match in matches]


BIG: Row = ("disk", "$disk", "size", "ge(8)")
BY_MAC: Row = ("network", "$eth", "serial", "$$mac")


def test_counts_are_used_up_in_order() -> None:
    catalog = a_catalog({"a": [BIG], "b": [], "c": []}, a=1, b=0, c=None)

    matches, after = match_hosts(catalog, [a_host(name) for name in "xyz"])

    assert profiles(matches) == ["a", "c", "c"]
    assert [quota.left for quota in after.quotas] == [0, 0, None]
    assert matches[0].variables == {"disk": "sda"}
    assert catalog.quotas[0].left == 1


def test_a_profile_that_does_not_fit_is_passed_over() -> None:
    catalog = a_catalog({"a": [BIG], "b": []}, a=5, b=1)

    matches, after = match_hosts(catalog, [a_host("x", size=4), a_host("y", size=4)])

    assert profiles(matches) == ["b", None]
    assert [str(refusal) for refusal in matches[1].refusals] == [
        "a line 1 ('disk', '$disk', 'size', 'ge(8)'): disk/sda/size is 4",
        "b: all of its nodes are found (its count in state is 0)",
    ]
    assert [quota.left for quota in after.quotas] == [5, 0]


def test_the_cmdb_takes_part_in_the_search() -> None:
    # The reference implementation takes the first card, and then finds no entry.
    cmdb = [{"mac": "aa", "name": "n1"}, {"mac": "bb", "name": "n2"}]
    catalog = a_catalog({"a": [BY_MAC]}, cmdb)

    matches, after = match_hosts(catalog, [a_host("x", macs=["cc", "bb"])])

    assert matches[0].variables == {"mac": "bb", "name": "n2", "eth": "eth1"}
    assert after.cmdbs["a"] == (
        {"mac": "aa", "name": "n1"},
        {"mac": "bb", "name": "n2", "eth": "eth1", "used": 1},
    )


def test_an_entry_is_for_one_machine() -> None:
    cmdb = [{"name": "n1"}, {"name": "n2"}]
    catalog = a_catalog({"a": [BIG]}, cmdb, a=5)

    matches, after = match_hosts(catalog, [a_host(name) for name in "xyz"])

    assert [match.variables.get("name") for match in matches] == ["n1", "n2", None]
    assert (
        str(matches[2].refusals[0]) == "a: no free entry in a.cmdb (2 entries, 0 free)"
    )
    # Who gets no entry is not counted: a defect of the reference implementation.
    assert after.quotas[0].left == 3


def test_a_machine_finds_its_own_entry_again() -> None:
    cmdb = [{"mac": "aa"}, {"mac": "bb"}]
    catalog = a_catalog({"a": [BY_MAC]}, cmdb)
    hosts = [a_host("x", macs=["bb"]), a_host("y", macs=["aa"])]

    first, after = match_hosts(catalog, hosts)
    again, last = match_hosts(after, hosts)

    assert again == first
    assert last == after


def test_entries_without_key_are_found_again_by_all_variables() -> None:
    lines = [("network", "eth0", "serial", "$mac")]
    catalog = a_catalog({"a": lines}, [{"name": "n1"}, {"name": "n2"}])
    hosts = [a_host("x", macs=["aa"]), a_host("y", macs=["bb"])]

    first, after = match_hosts(catalog, hosts)
    again, _ = match_hosts(after, reversed(hosts))

    assert list(again) == list(reversed(first))


def test_a_used_entry_that_differs_is_another_machines() -> None:
    cmdb: list[Entry] = [{"model": "m", "mac": "aa", "used": 1}, {"model": "m"}]
    lines = [("disk", "sda", "model", "$$model"), ("network", "eth0", "serial", "$mac")]
    host = Host(
        name="x",
        facts=(("disk", "sda", "model", "m"), ("network", "eth0", "serial", "bb")),
    )

    (match,), after = match_hosts(a_catalog({"a": lines}, cmdb), [host])

    assert match.profile == "a"
    assert [entry.get("mac") for entry in after.cmdbs["a"]] == ["aa", "bb"]


def test_numbers_in_the_cmdb_are_compared_as_texts() -> None:
    lines = [("disk", "sda", "size", "$$size")]
    catalog = a_catalog({"a": lines}, [{"size": 8, "name": "n1"}])

    (match,), _ = match_hosts(catalog, [a_host("x", size=8)])

    assert match.variables == {"size": "8", "name": "n1"}


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([{"mac": "zz"}], "a: no entry of a.cmdb (1 entries, 1 free) has aa as mac"),
        (
            [{"mac": "aa", "eth": "eth7", "used": 1}],
            "a: no free entry that fits $$mac in a.cmdb (1 entries, 0 free)",
        ),
    ],
)
def test_it_is_said_what_the_cmdb_lacks(entries: list[Entry], reason: str) -> None:
    catalog = a_catalog({"a": [BY_MAC]}, entries)

    (match,), _ = match_hosts(catalog, [a_host("x", macs=["aa"])])

    assert [str(refusal) for refusal in match.refusals] == [reason]


def test_work_without_end_is_stopped_with_profile_and_machine() -> None:
    # Forty machines in six groups: of no seven does each know each other.
    links: list[Row] = [
        ("link", f"{one}", f"{other}", "up")
        for one in range(40)
        for other in range(40)
        if one % 6 != other % 6
    ]
    clique = [("link", f"$a{i}", f"$a{j}", "up") for i, j in combinations(range(7), 2)]
    host = Host(name="x", facts=facts_of(links))

    with pytest.raises(IntractableError, match=r"^a\.specs on x: too many ways") as it:
        match_hosts(a_catalog({"a": clique}), [host])

    assert "a0" in it.value.variables


@given(rows, facts, st.lists(st.dictionaries(NAMES, TEXTS, max_size=2), max_size=3))
def test_an_entry_is_found_exactly_when_one_agrees(
    lines: list[Row], found: list[Row], entries: list[Entry]
) -> None:
    spec = spec_of(lines, "a")
    table = make_table(spec.lines, index_facts(facts_of(found)))
    known = [
        {name: entry[name] for name in spec.recorded}
        for entry in entries
        if spec.recorded <= entry.keys()
    ]

    host = Host(name="x", facts=facts_of(found))
    (match,), after = match_hosts(a_catalog({"a": lines}, entries), [host])

    if entries:
        expected = any(solve(table, said) for said in known)
    else:
        expected = solve(table) is not None
    assert (match.profile is not None) == expected
    assert sum("used" in one for one in after.cmdbs.get("a", ())) == (
        expected and bool(entries)
    )
