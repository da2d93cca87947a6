"""Nodes in use keep their role and their place, as far as these are written on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_node
from tripleo_cli.domain.matching import Pin
from tripleo_cli.domain.node import Node, ProvisionState
from tripleo_cli.domain.role import Role
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.workflows.profiles import Proposal, Question, propose_profiles

CONTROLLER = Role(name="Controller", profile_aliases=("control",))
LEGACY = Role(name="Legacy", profile="control")
SHARING = (Role(name="ShareA", profile="shared"), Role(name="ShareB", profile="shared"))


def propose(
    nodes: Sequence[Node],
    wanted: Mapping[str, int],
    roles: Iterable[Role] = (CONTROLLER,),
    pins: Mapping[str, Pin] | None = None,
) -> Proposal:
    known = {role.name: role for role in roles}
    question = Question(wanted=wanted, roles=known, pins=pins or {})
    return propose_profiles(question, nodes)


def names(proposal: Proposal) -> dict[str, list[str]]:
    assigned = proposal.outcome.assignment.nodes
    return {role: [node.name for node in nodes] for role, nodes in assigned.items()}


def active(name: str, profile: str = "", pin: str = "") -> Node:
    written = {"profile": profile, "node": pin}
    capabilities = {key: value for key, value in written.items() if value}
    return a_node(name, state=ProvisionState.ACTIVE, capabilities=capabilities)


def place(role: str, index: int | None = None) -> Pin:
    return Pin(role=role, index=index)


@pytest.mark.parametrize("order", [1, -1])
def test_a_role_does_not_hold_a_node_that_another_role_lacks(order: int) -> None:
    """Controller takes both nodes, Legacy only one of them."""
    nodes = [active("x1", "control"), active("x2", "controller")]
    wanted = {"Controller": 1, "Legacy": 1}

    proposal = propose(nodes[::order], wanted, (CONTROLLER, LEGACY))

    assert names(proposal) == {"Controller": ["x2"], "Legacy": ["x1"]}
    assert proposal.outcome.is_feasible


def test_nodes_beyond_what_roles_want_stay_with_the_first_of_them() -> None:
    nodes = [active(name, "shared") for name in "abc"]

    proposal = propose(nodes, {"ShareA": 1, "ShareB": 1}, SHARING)

    assert names(proposal) == {"ShareA": ["a", "c"], "ShareB": ["b"]}


in_use = st.builds(
    active,
    st.sampled_from("abcdef"),
    st.sampled_from(["", "controller", "control", "shared"]),
    st.sampled_from(["", "", "controller-0", "legacy", "shareb-1", "sharea"]),
)


@given(
    st.lists(in_use, max_size=6, unique_by=lambda node: node.id),
    st.fixed_dictionaries(
        dict.fromkeys(("Controller", "Legacy", "ShareA", "ShareB"), st.integers(0, 2))
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_nodes_and_roles_does_not_matter(
    nodes: list[Node], wanted: dict[str, int], rng: Random
) -> None:
    roles = [CONTROLLER, LEGACY, *SHARING]
    shuffled = dict(rng.sample(list(wanted.items()), len(wanted)))

    one = propose(nodes, wanted, roles)
    other = propose(rng.sample(nodes, len(nodes)), shuffled, rng.sample(roles, 4))

    assert names(one) == names(other)
    assert one.notes == other.notes


def test_a_place_counts_as_serving_where_there_is_no_profile() -> None:
    nodes = [active("c0", pin="controller-0"), a_node("f1"), a_node("f2")]

    proposal = propose(nodes, {"Controller": 2})

    assert names(proposal) == {"Controller": ["c0", "f1"]}


@pytest.mark.parametrize(
    "node",
    [
        active("c0", "gpu", pin="controller-0"),
        active("c0", pin="compute-0"),
        active("c0"),
    ],
)
def test_a_node_that_serves_something_else_is_not_held(node: Node) -> None:
    proposal = propose([node, a_node("f1")], {"Controller": 1})

    assert names(proposal) == {"Controller": ["f1"]}


def test_a_profile_goes_before_a_place() -> None:
    """What is tagged is what Nova went by."""
    roles = (CONTROLLER, Role(name="Compute"))
    node = active("used", "compute", pin="controller-0")

    proposal = propose([node, a_node("f")], {"Controller": 1, "Compute": 1}, roles)

    assert names(proposal) == {"Controller": ["f"], "Compute": ["used"]}
    assert proposal.notes[1:] == [
        "used is pinned to Controller 0, but serves Compute",
    ]


def test_a_place_says_which_of_the_roles_with_the_same_profile_is_served() -> None:
    nodes = [active("a", "shared", pin="shareb-0"), active("b", "shared")]

    proposal = propose(nodes, {"ShareA": 1, "ShareB": 1}, SHARING)

    assert names(proposal) == {"ShareA": ["b"], "ShareB": ["a"]}


def test_nodes_in_use_stand_at_their_places() -> None:
    """A free node with a place that is taken gets another one, and that is said."""
    nodes = [
        active("c1", "controller", pin="controller-1"),
        active("c2", "controller", pin="controller-0"),
        a_node("c9", capabilities={"node": "controller-0"}),
    ]

    proposal = propose(nodes, {"Controller": 3})

    assert names(proposal) == {"Controller": ["c2", "c1", "c9"]}
    assert proposal.notes[1:] == ["c9 is pinned to Controller 0, which c2 has"]


def test_a_place_that_is_out_of_reach_for_now_is_told() -> None:
    nodes = [active("c2", "controller", pin="controller-2")]

    proposal = propose(nodes, {"Controller": 3})

    assert proposal.notes[1:] == [
        "c2 is pinned to Controller 2, but the role has only 1 node"
    ]


def test_a_place_can_be_chosen_for_a_node_in_use() -> None:
    nodes = [active("a1", "shared"), active("a2", "shared")]

    proposal = propose(nodes, {"ShareA": 2}, SHARING, pins={"a2": place("ShareA", 0)})

    assert names(proposal) == {"ShareA": ["a2", "a1"]}
    changed = {after.name: after for _, after in proposal.changes}
    assert changed["a2"].capabilities == {"profile": "shared", "node": "sharea-0"}


def test_a_role_can_be_chosen_for_a_node_in_use_that_may_serve_it() -> None:
    nodes = [active("a1", "shared"), active("a2", "shared")]

    proposal = propose(
        nodes, {"ShareA": 1, "ShareB": 1}, SHARING, pins={"a1": place("ShareB")}
    )

    assert names(proposal) == {"ShareA": ["a2"], "ShareB": ["a1"]}


def test_a_chosen_place_that_there_is_not_is_told() -> None:
    proposal = propose(
        [active("a1", "shared")],
        {"ShareA": 1},
        SHARING,
        pins={"a1": place("ShareA", 3)},
    )

    assert names(proposal) == {"ShareA": ["a1"]}
    assert proposal.notes[1:] == ["a1 is pinned to ShareA 3, which there is not"]


@pytest.mark.parametrize(
    ("pins", "told"),
    [
        (
            {"a1": place("ShareA", 0), "a2": place("ShareA", 0)},
            "a2: ShareA-0 is the place of a1",
        ),
        ({"a2": place("ShareA", 1)}, "a2: ShareA-1 is the place of b"),
        ({"free": place("ShareA", 1)}, "free: ShareA-1 is the place of b"),
        (
            {"a1": place("ShareA", 0), "uuid-a1": place("ShareA", 2)},
            "uuid-a1: it was pinned to another place, too",
        ),
        ({"b": place("ShareB")}, "b: it serves ShareA already"),
        ({"plain": place("ShareA")}, "plain: it is in use"),
    ],
)
def test_a_chosen_place_that_is_not_free_is_refused(
    pins: Mapping[str, Pin], told: str
) -> None:
    nodes = [
        active("a1", "shared"),
        active("a2", "shared"),
        active("b", "shared", pin="sharea-1"),
        active("plain"),
        a_node("free"),
    ]

    with pytest.raises(InvalidInputError, match=told):
        propose(nodes, {"ShareA": 4}, SHARING, pins=pins)


def test_every_choice_that_cannot_be_is_told_at_once_and_how_to_free_a_place() -> None:
    nodes = [active("a", "shared", pin="sharea-0"), active("plain"), a_node("free")]
    pins = {"free": place("ShareA", 0), "plain": place("ShareA")}

    with pytest.raises(InvalidInputError) as raised:
        propose(nodes, {"ShareA": 2}, SHARING, pins=pins)

    assert len(raised.value.problems) == len(pins)
    assert "profiles unset --pins --force a" in str(raised.value.hint)
