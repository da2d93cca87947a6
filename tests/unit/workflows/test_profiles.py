"""Nodes are tagged for the roles that they were found for, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.builders import a_node
from tests.fakes.baremetal import FakeBaremetal
from tripleo_cli.domain.events import Event, Failed, Finished, Skipped, silent
from tripleo_cli.domain.matching import Mode, Pin
from tripleo_cli.domain.node import Node, ProvisionState
from tripleo_cli.domain.profile import current_profiles
from tripleo_cli.domain.role import Role
from tripleo_cli.errors import (
    InvalidInputError,
    PartialFailureError,
    ServiceError,
)
from tripleo_cli.workflows.profiles import (
    Proposal,
    Question,
    apply_profiles,
    propose_profiles,
)

ROLES = {
    "Controller": Role(name="Controller", profile_aliases=("control",)),
    "Compute": Role(name="Compute"),
}
FLEXIBLE = {"controller_profile": "1", "compute_profile": "1", "boot_mode": "uefi"}


def propose(
    baremetal: FakeBaremetal,
    wanted: Mapping[str, int],
    *,
    roles: Mapping[str, Role] = ROLES,
    pins: Mapping[str, Pin] | None = None,
) -> Proposal:
    question = Question(wanted=wanted, roles=roles, pins=pins or {})
    return propose_profiles(question, baremetal.nodes())


def match(
    baremetal: FakeBaremetal,
    events: list[Event] | None = None,
    pins: Mapping[str, Pin] | None = None,
    **wanted: int,
) -> None:
    report = silent if events is None else events.append
    apply_profiles(baremetal, propose(baremetal, wanted, pins=pins), report)


def profiles(baremetal: FakeBaremetal) -> dict[str, tuple[str, ...]]:
    return {node.name: current_profiles(node) for node in baremetal.nodes()}


def test_trait_and_capability_are_written_and_the_others_kept() -> None:
    node = a_node("a", capabilities=FLEXIBLE, traits=frozenset({"CUSTOM_NVME"}))
    baremetal = FakeBaremetal([node])

    match(baremetal, Compute=1)

    (after,) = baremetal.nodes()
    assert after.capabilities == {**FLEXIBLE, "profile": "compute"}
    assert after.traits == {"CUSTOM_NVME", "CUSTOM_PROFILE_COMPUTE"}


def test_matching_again_changes_nothing() -> None:
    baremetal = FakeBaremetal([a_node("a"), a_node("b")])
    match(baremetal, Controller=1, Compute=1)
    before = profiles(baremetal)
    baremetal.calls.clear()
    events: list[Event] = []

    match(baremetal, events, Controller=1, Compute=1)

    assert profiles(baremetal) == before
    assert not {"update", "set_traits"} & set(baremetal.calls)
    assert [type(event) for event in events[1:]] == [Skipped, Skipped]


def test_an_older_name_of_the_profile_is_brought_up_to_date() -> None:
    node = a_node(
        capabilities={"profile": "control"},
        traits=frozenset({"CUSTOM_PROFILE_CONTROL"}),
    )
    baremetal = FakeBaremetal([node])

    match(baremetal, Controller=1)

    assert profiles(baremetal) == {node.name: ("controller",)}


def active(name: str, profile: str) -> Node:
    capabilities = {"profile": profile}
    return a_node(name, state=ProvisionState.ACTIVE, capabilities=capabilities)


def test_nodes_in_use_count_for_the_role_they_are_tagged_for() -> None:
    baremetal = FakeBaremetal([active("used", "compute"), a_node("free")])

    proposal = propose(baremetal, {"Compute": 2})

    names = [node.name for node in proposal.outcome.assignment.nodes["Compute"]]
    assert names == ["used", "free"]
    assert proposal.outcome.is_feasible


def test_nodes_of_another_overcloud_serve_no_role_of_this_one() -> None:
    other = replace(active("other", "compute"), resource_class="gold")
    baremetal = FakeBaremetal([other, a_node("free")])

    proposal = propose(baremetal, {"Compute": 1})

    names = [node.name for node in proposal.outcome.assignment.nodes["Compute"]]
    assert names == ["free"]


def test_roles_that_share_a_profile_share_the_nodes_in_use() -> None:
    shared = {name: Role(name=name, profile="compute") for name in ("A", "B")}
    baremetal = FakeBaremetal([active("one", "compute"), active("two", "compute")])

    proposal = propose(baremetal, {"A": 1, "B": 1}, roles=shared)

    assert sorted(proposal.request.held.values()) == ["A", "B"]
    assert proposal.outcome.is_feasible


def test_a_node_that_refuses_does_not_keep_the_others_from_being_tagged() -> None:
    baremetal = FakeBaremetal([a_node("a"), a_node("b")])
    baremetal.refuses("a", "set_traits", ServiceError("locked"))
    events: list[Event] = []

    with pytest.raises(PartialFailureError, match=r"1 of 2 nodes.*\n  a: locked"):
        match(baremetal, events, Compute=2)

    assert profiles(baremetal) == {"a": (), "b": ("compute",)}
    assert {type(event) for event in events[1:]} == {Finished, Failed}


def test_the_verdict_names_the_conflict_without_the_nodes_that_do_not_fit() -> None:
    gpu = a_node("gpu", capabilities={"profile": "gpu"})
    baremetal = FakeBaremetal([a_node("a"), gpu])

    proposal = propose(baremetal, {"Compute": 2})

    assert str(proposal.verdict) == "Compute needs 2 nodes, 1 fits: a"
    assert "gpu: is tagged" in str(proposal.error)


def test_every_role_that_is_short_is_in_a_conflict() -> None:
    marks = {"x": ["a"], "y": ["a", "b"], "z": ["b"]}
    nodes = [
        a_node(name, capabilities={f"{profile}_profile": "1" for profile in profiles})
        for name, profiles in marks.items()
    ]
    roles = {name: Role(name=name) for name in ("A", "B")}

    proposal = propose(FakeBaremetal(nodes), {"A": 3, "B": 3}, roles=roles)

    assert proposal.outcome.unmet.keys() == {"A", "B"}
    assert str(proposal.verdict).splitlines() == [
        "B needs 3 nodes, 2 fit: y, z",
        "A needs 3 nodes, 2 fit: x, y",
    ]


def test_some_nodes_are_enough_only_where_that_was_said() -> None:
    baremetal = FakeBaremetal([a_node("a")])
    short, hopeless = (
        propose(baremetal, {"Compute": 2}),
        propose(FakeBaremetal(), {"Compute": 2}),
    )

    assert [short.is_enough(is_partial=partial) for partial in (False, True)] == [
        False,
        True,
    ]
    assert not hopeless.is_enough(is_partial=True)


def test_a_chosen_place_is_kept_on_the_node() -> None:
    baremetal = FakeBaremetal([a_node("a"), a_node("b")])
    pin = Pin(role="Compute", index=0)

    match(baremetal, pins={"b": pin}, Compute=1)
    again = propose(baremetal, {"Controller": 1, "Compute": 1})

    assert [node.name for node in again.outcome.assignment.nodes["Compute"]] == ["b"]
    (_, second) = baremetal.nodes()
    assert second.capabilities == {"node": "compute-0", "profile": "compute"}


@pytest.mark.parametrize(
    ("pins", "told"),
    [
        ({"z": Pin(role="Compute")}, "z: there is no such node"),
        ({"used": Pin(role="Controller")}, "used: it serves Compute already"),
        ({"lost": Pin(role="Controller")}, "lost: it is in use"),
        (
            {"a": Pin(role="Compute", index=0), "uuid-a": Pin(role="Controller")},
            "uuid-a: it was pinned to another place, too",
        ),
        (
            {"a": Pin(role="Compute", index=1)},
            "a: Compute-1 is the place of b",
        ),
    ],
)
def test_pins_that_cannot_hold_are_told(pins: Mapping[str, Pin], told: str) -> None:
    nodes = [
        a_node("a"),
        a_node("b", capabilities={"node": "compute-1"}),
        active("used", "compute"),
        active("lost", "gpu"),
    ]

    with pytest.raises(InvalidInputError, match=told):
        propose(FakeBaremetal(nodes), {"Controller": 1, "Compute": 1}, pins=pins)


def test_the_mode_is_chosen_and_said() -> None:
    plain, tagged = a_node("a"), a_node("b", capabilities={"profile": "compute"})

    simple = propose(FakeBaremetal([plain]), {"Compute": 1})
    strict = propose(FakeBaremetal([plain, tagged]), {"Compute": 1})

    assert simple.request.mode is Mode.POC
    assert simple.notes[0].startswith("Mode: poc, because no role asks")
    assert strict.notes[0] == "Mode: scale, because nodes are tagged with profiles"


def test_a_pin_that_names_no_role_is_said_to_pin_nothing() -> None:
    node = a_node("a", capabilities={"node": "contoller-0"})

    proposal = propose(FakeBaremetal([node]), {"Compute": 1})

    assert proposal.outcome.is_feasible
    assert '"node:contoller-0" names no role' in proposal.notes[1]
