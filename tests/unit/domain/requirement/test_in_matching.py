"""Requirements of role files decide who serves which role."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders import a_node
from tests.unit.domain.facts.samples import real_facts, simulated_facts
from tripleo_cli.domain.matching import MatchRequest, solve
from tripleo_cli.domain.matching.explain import rejections
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.role import Role
from tripleo_cli.inputs.roles import load_roles

ROLES = """\
- name: Ceph
  requires:
    count: disks
    where: {size_gb: {at_least: 4000}, is_rotational: true}
    at_least: 8
- name: Even
  requires:
    manufacturer: HP
    benchmarks.disk.*.standalone_randread_4k_IOps: {at_most_percent_slower: 20}
- name: Anything
"""
RANDOM = "disk.sdb.standalone_randread_4k_IOps"


@pytest.fixture
def roles(tmp_path: Path) -> dict[str, Role]:
    file = tmp_path / "roles.yaml"
    file.write_text(ROLES)
    return load_roles([file])


def blades() -> list[Node]:
    """Five like machines; in the third, one disk is slow."""
    facts = [real_facts(1)] * 5
    slow = {**facts[2].benchmarks, RANDOM: facts[2].benchmarks[RANDOM] * 0.7}
    facts[2] = replace(facts[2], benchmarks=slow)
    return [a_node(f"blade-{n}", facts=one) for n, one in enumerate(facts)]


def test_each_role_gets_what_it_requires(roles: dict[str, Role]) -> None:
    nodes = [
        *blades(),
        a_node("box", facts=simulated_facts("storage")),
        a_node("new"),
    ]
    wanted = {"Ceph": 1, "Even": 4, "Anything": 2}

    outcome = solve(MatchRequest(wanted=wanted, roles=roles, nodes=nodes))

    assert outcome.is_feasible
    placed = outcome.assignment.nodes
    assert [node.name for node in placed["Ceph"]] == ["box"]
    assert {node.name for node in placed["Anything"]} == {"blade-2", "new"}


def test_the_slow_one_is_told_how_slow_it_is(roles: dict[str, Role]) -> None:
    nodes = blades()
    request = MatchRequest(wanted={"Even": 5}, roles=roles, nodes=nodes)

    said = rejections(request)

    against = {node.name: said[node.id].get("Even") for node in nodes}
    reason = against.pop("blade-2")
    assert reason
    assert reason.endswith(
        "30 % below the median 299 of machines like it, needs at most 20 % slower"
    )
    assert set(against.values()) == {None}


def test_a_machine_that_nobody_inspected_fits_no_such_role(
    roles: dict[str, Role],
) -> None:
    request = MatchRequest(wanted={"Ceph": 1}, roles=roles, nodes=[a_node("new")])

    outcome = solve(request)

    assert outcome.unmet == {"Ceph": 1}
