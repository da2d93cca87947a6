"""How strictly nodes are judged, and by what that is chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import a_node
from tests.fakes.requirement import HalfTheMedian
from tripleo_cli.domain.matching import MatchRequest, Mode, choose_mode, solve
from tripleo_cli.domain.matching.explain import rejections
from tripleo_cli.domain.node import Node, ProvisionState
from tripleo_cli.domain.role import Needs, Role

PLAIN = Role(name="Compute")
DEMANDING = replace(PLAIN, needs=Needs(cpus=999))


@pytest.mark.parametrize(
    ("role", "node", "reason"),
    [
        (DEMANDING, a_node(), "the role Compute asks for a minimum size"),
        (
            replace(PLAIN, needs=Needs(traits=frozenset({"CUSTOM_GPU"}))),
            a_node(),
            "the role Compute asks for traits",
        ),
        (
            replace(PLAIN, requires=HalfTheMedian("x")),
            a_node(),
            "the role Compute has requirements",
        ),
        (
            replace(PLAIN, resource_class="gold"),
            a_node(),
            'the role Compute asks for the resource class "gold"',
        ),
        (
            PLAIN,
            a_node(capabilities={"profile": "ceph"}),
            "nodes are tagged with profiles",
        ),
        (
            PLAIN,
            a_node(capabilities={"x_profile": "1"}),
            "nodes are tagged with profiles",
        ),
        (
            PLAIN,
            a_node(resource_class="gold"),
            'there are nodes of the resource class "gold"',
        ),
        (
            PLAIN,
            a_node(traits=frozenset({"CUSTOM_PROFILE_CEPH"})),
            "nodes are tagged with profiles",
        ),
    ],
)
def test_anything_that_tells_nodes_apart_makes_it_strict(
    role: Role, node: Node, reason: str
) -> None:
    assert choose_mode([Role(name="A"), role], [a_node(), node]) == (
        Mode.SCALE,
        reason,
    )


def test_without_any_of_it_only_numbers_count() -> None:
    assert choose_mode([PLAIN], [a_node()]) == (
        Mode.POC,
        "no role asks for anything and no node is tagged with a profile",
    )


def test_poc_takes_every_free_node_and_the_tagged_ones_for_their_role() -> None:
    nodes = [
        a_node("small", memory_gb=1, resource_class="odd"),
        a_node("other", capabilities={"profile": "ceph"}),
        a_node("own", memory_gb=512, capabilities={"profile": "compute"}),
        a_node("broken", state=ProvisionState.CLEAN_FAILED),
    ]
    request = MatchRequest(
        wanted={"Compute": 2},
        roles={"Compute": DEMANDING},
        nodes=nodes,
        mode=Mode.POC,
    )

    outcome = solve(request)

    chosen = [node.name for node in outcome.assignment.nodes["Compute"]]
    assert chosen == ["own", "small"]
    assert outcome.mode is Mode.POC
    assert rejections(request)[nodes[3].id] == {"Compute": "is in state clean failed"}
    assert solve(replace(request, wanted={"Compute": 3})).is_feasible
    assert not solve(replace(request, mode=Mode.SCALE)).is_partial
