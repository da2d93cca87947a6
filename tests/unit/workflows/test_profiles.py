"""Nodes are tagged for the roles that they were found for, or not at all."""

from __future__ import annotations

import pytest

from tests.builders import a_node
from tests.fakes.baremetal import FakeBaremetal
from tripleo_cli.domain.events import Event, Failed, Finished, Skipped, silent
from tripleo_cli.domain.node import Node, ProvisionState
from tripleo_cli.domain.profile import current_profiles
from tripleo_cli.domain.role import Role
from tripleo_cli.errors import (
    NotEnoughNodesError,
    PartialFailureError,
    ServiceError,
)
from tripleo_cli.workflows.profiles import apply_profiles, propose_profiles

ROLES = {
    "Controller": Role(name="Controller", profile_aliases=("control",)),
    "Compute": Role(name="Compute"),
}
FLEXIBLE = {"controller_profile": "1", "compute_profile": "1", "boot_mode": "uefi"}


def match(
    baremetal: FakeBaremetal, events: list[Event] | None = None, **wanted: int
) -> None:
    report = silent if events is None else events.append
    apply_profiles(baremetal, propose_profiles(baremetal, wanted, ROLES), report)


def profiles(baremetal: FakeBaremetal) -> dict[str, tuple[str, ...]]:
    return {node.name: current_profiles(node) for node in baremetal.nodes()}


def test_trait_and_capability_are_written_and_the_others_kept() -> None:
    node = a_node("a", capabilities=FLEXIBLE, traits=frozenset({"CUSTOM_NVME"}))
    baremetal = FakeBaremetal([node])

    match(baremetal, Compute=1)

    (after,) = baremetal.nodes()
    assert after.capabilities == {**FLEXIBLE, "profile": "compute"}
    assert after.traits == {"CUSTOM_NVME", "CUSTOM_PROFILE_COMPUTE"}


def test_no_node_is_touched_unless_all_roles_are_satisfied() -> None:
    baremetal = FakeBaremetal([a_node("a", capabilities=FLEXIBLE)])
    before = list(baremetal.nodes())

    with pytest.raises(NotEnoughNodesError, match="together need 2 nodes, 1 fits any"):
        match(baremetal, Controller=1, Compute=1)

    assert baremetal.nodes() == before
    assert not {"update", "set_traits"} & set(baremetal.calls)


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

    proposal = propose_profiles(baremetal, {"Compute": 2}, ROLES)

    names = [node.name for node in proposal.outcome.assignment.nodes["Compute"]]
    assert names == ["used", "free"]
    assert proposal.error is None


def test_roles_that_share_a_profile_share_the_nodes_in_use() -> None:
    shared = {name: Role(name=name, profile="compute") for name in ("A", "B")}
    baremetal = FakeBaremetal([active("one", "compute"), active("two", "compute")])

    proposal = propose_profiles(baremetal, {"A": 1, "B": 1}, shared)

    assert sorted(proposal.held.values()) == ["A", "B"]
    assert proposal.error is None


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

    proposal = propose_profiles(baremetal, {"Compute": 2}, ROLES)

    assert str(proposal.verdict) == "Compute needs 2 nodes, 1 fits: a"
    assert "gpu: is tagged" in str(proposal.error)
