"""What requirements say that concerns more than the role that has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import a_node
from tests.fakes.requirement import HalfTheMedian
from tripleo_cli.domain.facts import Disk, HardwareFacts
from tripleo_cli.domain.matching import MatchRequest, solve
from tripleo_cli.domain.matching.asks import common_asks
from tripleo_cli.domain.matching.explain import headline
from tripleo_cli.domain.matching.required import least_sizes
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.role import Role
from tripleo_cli.inputs.roles import load_roles


def load(folder: Path, text: str) -> dict[str, Role]:
    file = folder / "roles.yaml"
    file.write_text(text)
    return load_roles([file])


def inspected(name: str, *, memory_gib: int, ssds: int = 1, cpus: int = 32) -> Node:
    disks = tuple(
        Disk(name=f"/dev/sd{n}", size_gib=500, is_rotational=False) for n in range(ssds)
    )
    facts = HardwareFacts(cpus=cpus, memory_mib=memory_gib * 1024, disks=disks)
    return a_node(name, facts=facts)


@pytest.mark.parametrize(
    "asked",
    [
        "needs: {memory_mb: 65536, cpus: 16}",
        "requires: {memory_gib: {at_least: 64}, cpus: {at_least: 16}}",
        "requires: {memory_mib: {between: [60 GiB, 900 GiB]}, cpus: {above: 15}}",
        "requires: [{not: {memory_gib: {below: 64}}}, {cpus: 32}]",
    ],
)
def test_sizes_are_asked_for_wherever_they_are_written(
    tmp_path: Path, asked: str
) -> None:
    """The modest role has the small one of the nodes that both get."""
    roles = load(tmp_path, f"- name: Zz\n- name: Aa\n  {asked}\n")
    nodes = [inspected("n1", memory_gib=512), inspected("n2", memory_gib=64)]

    outcome = solve(MatchRequest(wanted={"Aa": 1, "Zz": 1}, roles=roles, nodes=nodes))

    placed = outcome.assignment.nodes
    assert [node.name for node in (*placed["Aa"], *placed["Zz"])] == ["n1", "n2"]


@pytest.mark.parametrize(
    ("requires", "sizes"),
    [
        ("{memory_gib: {at_least: 64}, cpus: {at_least: 16}}", (65536, 16, 0)),
        ("{memory_mib: {at_least: 64 GiB, below: 128 GiB}}", (65536, 0, 0)),
        ("[{cpus: [24, 16]}, {cpus: {at_least: 8}}]", (0, 16, 0)),
        ("{cpus: {at_most: 16}, memory_gib_per_cpu: {at_least: 4}}", (0, 0, 0)),
        ("{not: {cpus: 8}, any: [{cpus: 16}, {cpus: 24}]}", (0, 0, 0)),
        ("{product: Box, disks.*.size_gib: {at_least: 400}}", (0, 0, 400)),
        ("{total: disks.size_gib, at_least: 2 TiB}", (0, 0, 2048)),
        ("{total: nics.speed_mbps, at_least: 1000}", (0, 0, 0)),
        (
            "{count: disks, where: {size_gib: {at_least: 4000},"
            " is_rotational: true}, at_least: 8}",
            (0, 0, 32000),
        ),
        (
            "{count: disks, where: {size_gib: {at_least: 4000}}, at_most: 8}",
            (0, 0, 0),
        ),
        ("{count: disks, at_least: 8}", (0, 0, 0)),
    ],
)
def test_only_what_is_certain_is_the_least(
    tmp_path: Path, requires: str, sizes: tuple[int, int, int]
) -> None:
    role = load(tmp_path, f"name: R\nrequires: {requires}\n")["R"]

    assert least_sizes(role.requires) == sizes


def test_requirements_that_cannot_be_looked_into_ask_for_no_size() -> None:
    assert least_sizes(HalfTheMedian("loops")) == least_sizes(None) == (0, 0, 0)


SSDS = "{count: disks, where: {is_rotational: false}, at_least: 4}"
SAID = "with at least 4 disks that are not rotational"


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (f"[{SSDS}]", f"[{SSDS}]", SAID),
        (f"[{SSDS}, {{cpus: {{at_least: 8}}}}]", SSDS, SAID),
        (SSDS, f"[{{product: Box}}, {SSDS}]", SAID),
        (f"[{{cpus: 8}}, {SSDS}]", f"[{SSDS}, {{cpus: 16}}]", SAID),
        ("{cpus: 8}", SSDS, ""),
    ],
)
def test_conditions_that_all_roles_have_are_said(
    tmp_path: Path, one: str, other: str, words: str
) -> None:
    text = f"- {{name: A, requires: {one}}}\n- {{name: B, requires: {other}}}\n"

    assert common_asks([*load(tmp_path, text).values()]) == words


def test_a_conflict_says_what_its_roles_require_in_common(tmp_path: Path) -> None:
    more = f"[{SSDS}, {{memory_gib: {{at_least: 8}}}}]"
    text = f"- {{name: A, requires: {more}}}\n- {{name: B, requires: {SSDS}}}\n"
    nodes = [
        inspected("fit", memory_gib=64, ssds=4),
        inspected("few", memory_gib=64, ssds=3),
    ]
    wanted = {"A": 1, "B": 1}
    request = MatchRequest(wanted=wanted, roles=load(tmp_path, text), nodes=nodes)

    (conflict,) = solve(request).conflicts

    assert headline(conflict, wanted) == (
        f"A (1) and B (1) together need 2 of the 1 node {SAID}: fit"
    )
