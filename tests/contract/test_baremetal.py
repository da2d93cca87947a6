"""What workflows rely on of the bare metal service."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from tests.contract.conftest import RESOURCE_CLASS, Stage
from tests.fakes.cloud import FakeCloud
from tripleo_cli.domain.node import Node, NodeId, PortId, ProvisionState, Verb
from tripleo_cli.errors import ConflictError, NotFoundError, ServiceError

NOBODY = NodeId("00000000-0000-4000-8000-000000000000")
S = ProvisionState


def enroll(stage: Stage, **fields: Any) -> NodeId:
    """Register a node and see to its removal."""
    node = stage.cloud.baremetal.create(
        {
            "name": stage.name("node"),
            "driver": "fake-hardware",
            "resource_class": RESOURCE_CLASS,
            **fields,
        }
    )
    stage.undo.callback(discard, stage, node)
    return node


def discard(stage: Stage, node: NodeId) -> None:
    """Remove a node, whatever a test left it in."""
    baremetal = stage.cloud.baremetal
    found = {known.id: known for known in baremetal.nodes()}.get(node)
    if found is None:
        return
    if found.instance_id:
        baremetal.update(node, {"/instance_uuid": None})
    if found.provision is S.INSPECT_WAIT:
        baremetal.set_provision_state(node, Verb.ABORT)
        reach(stage, node, {S.INSPECT_FAILED})
    if found.provision in {S.INSPECT_WAIT, S.INSPECT_FAILED, S.CLEAN_FAILED}:
        baremetal.set_provision_state(node, Verb.MANAGE)
        reach(stage, node, {S.MANAGEABLE})
    baremetal.delete(node)


def show(stage: Stage, node: NodeId) -> Node:
    return next(known for known in stage.cloud.baremetal.nodes() if known.id == node)


def reach(stage: Stage, node: NodeId, states: Collection[ProvisionState]) -> None:
    stage.wait(lambda: stage.cloud.baremetal.states()[node].provision in states)


def await_power(stage: Stage, node: NodeId, *, on: bool) -> None:
    stage.wait(lambda: stage.cloud.baremetal.states()[node].power_on is on)


def go(stage: Stage, node: NodeId, verb: Verb, state: ProvisionState) -> None:
    stage.cloud.baremetal.set_provision_state(node, verb)
    reach(stage, node, {state})


def test_a_new_node_has_what_it_was_given(stage: Stage) -> None:
    name = stage.name("node")
    node = enroll(
        stage,
        name=name,
        properties={"cpus": 4, "memory_mb": 8192, "capabilities": "b:2,a:1"},
        extra={"rack": "r1"},
        inspect_interface="agent",
    )

    found = show(stage, node)

    assert found.name == name
    assert found.driver == "fake-hardware"
    assert found.resource_class == RESOURCE_CLASS
    assert found.properties == {"cpus": 4, "memory_mb": 8192}
    assert found.capabilities == {"a": "1", "b": "2"}
    assert found.extra == {"rack": "r1"}
    assert found.interfaces["inspect_interface"] == "agent"
    assert found.provision is S.ENROLL
    assert found.ports == ()
    assert found.traits == frozenset()
    assert found.inspected_at == ""
    assert found.instance_id is None


def test_secrets_of_a_node_are_masked_and_survive_an_update(stage: Stage) -> None:
    secret = "never-to-be-shown"
    info = {"redfish_password": secret, "redfish_username": "root"}
    node = enroll(stage, driver_info=info)

    stage.cloud.baremetal.update(node, {"/driver_info/redfish_address": "http://b"})

    assert secret not in repr(show(stage, node))
    assert show(stage, node).driver_info == {
        "redfish_password": "******",
        "redfish_username": "root",
        "redfish_address": "http://b",
    }


def test_a_name_is_given_once(stage: Stage) -> None:
    first = show(stage, enroll(stage))
    second = enroll(stage)

    with pytest.raises(ConflictError, match=first.name):
        enroll(stage, name=first.name)
    with pytest.raises(ConflictError, match=first.name):
        stage.cloud.baremetal.update(second, {"/name": first.name})


@pytest.mark.parametrize(
    "fields",
    [{"driver": "horse"}, {"colour": "red"}, {"name": "not a name"}],
    ids=["driver", "field", "name"],
)
def test_a_node_that_cannot_be_is_refused(stage: Stage, fields: Any) -> None:
    before = len(stage.cloud.baremetal.nodes())

    with pytest.raises(ServiceError) as caught:
        enroll(stage, driver_info={"ipmi_password": "hush-hush"}, **fields)

    assert "hush-hush" not in str(caught.value)
    assert stage.is_live or len(stage.cloud.baremetal.nodes()) == before


def test_ports_are_listed_in_lower_case(stage: Stage) -> None:
    node = enroll(stage)
    mac = stage.mac()

    stage.cloud.baremetal.create_port(node, {"address": mac.upper()})

    assert show(stage, node).ports == (mac,)


def test_an_address_is_given_once_and_freed_with_its_node(stage: Stage) -> None:
    baremetal = stage.cloud.baremetal
    first, second, mac = enroll(stage), enroll(stage), stage.mac()
    baremetal.create_port(first, {"address": mac})

    with pytest.raises(ConflictError, match=mac):
        baremetal.create_port(second, {"address": mac})
    baremetal.delete(first)
    baremetal.create_port(second, {"address": mac})

    assert show(stage, second).ports == (mac,)


@pytest.mark.parametrize("fields", [{"address": "zz"}, {"address": "x", "speed": 1}])
def test_a_port_that_cannot_be_is_refused(stage: Stage, fields: Any) -> None:
    node = enroll(stage)

    with pytest.raises(ServiceError):
        stage.cloud.baremetal.create_port(node, fields)


def test_an_update_sets_and_removes(stage: Stage) -> None:
    node = enroll(stage, properties={"cpus": 4, "local_gb": 10}, extra={"a": {"b": 1}})
    name = stage.name("renamed")

    stage.cloud.baremetal.update(
        node,
        {
            "/name": name,
            "/resource_class": f"{RESOURCE_CLASS}2",
            "/properties/cpus": 8,
            "/properties/local_gb": None,
            "/properties/capabilities": "profile:compute",
            "/extra/a/c": 2,
            "/maintenance": True,
        },
    )

    found = show(stage, node)
    assert found.name == name
    assert found.resource_class == f"{RESOURCE_CLASS}2"
    assert found.properties == {"cpus": 8}
    assert found.capabilities == {"profile": "compute"}
    assert found.extra == {"a": {"b": 1, "c": 2}}
    assert found.state.maintenance


@pytest.mark.parametrize(
    "change",
    [{"/extra/absent": None}, {"/colour": "red"}, {"/extra/no/way": 1}],
    ids=["remove-absent", "unknown", "too-deep"],
)
def test_an_update_that_cannot_be_changes_nothing(stage: Stage, change: Any) -> None:
    node = enroll(stage, extra={"a": 1})

    with pytest.raises(ServiceError):
        stage.cloud.baremetal.update(node, {"/extra/a": 2, **change})

    assert show(stage, node).extra == {"a": 1}


def test_an_empty_update_asks_nothing(stage: Stage) -> None:
    stage.cloud.baremetal.update(NOBODY, {})


def test_a_node_goes_from_enrolled_to_available_and_back(stage: Stage) -> None:
    node = enroll(stage)

    go(stage, node, Verb.MANAGE, S.MANAGEABLE)
    go(stage, node, Verb.PROVIDE, S.AVAILABLE)
    go(stage, node, Verb.MANAGE, S.MANAGEABLE)

    assert stage.cloud.baremetal.states()[node].last_error is None


@pytest.mark.parametrize("verb", [Verb.INSPECT, Verb.PROVIDE, Verb.DELETED, Verb.ABORT])
def test_a_verb_out_of_place_is_a_conflict(stage: Stage, verb: Verb) -> None:
    node = enroll(stage)

    with pytest.raises(ConflictError, match="enroll"):
        stage.cloud.baremetal.set_provision_state(node, verb)

    assert show(stage, node).provision is S.ENROLL


def inspect_in_vain(stage: Stage) -> NodeId:
    """Begin an inspection that nobody answers."""
    name = stage.name("silent")
    node = enroll(stage, name=name, inspect_interface="agent")
    if isinstance(stage.cloud, FakeCloud):
        stage.cloud.baremetal.never_answers(name, Verb.INSPECT)
    stage.cloud.baremetal.create_port(node, {"address": stage.mac()})
    go(stage, node, Verb.MANAGE, S.MANAGEABLE)
    go(stage, node, Verb.INSPECT, S.INSPECT_WAIT)
    return node


def inspect_and_abort(stage: Stage) -> NodeId:
    """Begin an inspection that nobody answers, and abort it."""
    node = inspect_in_vain(stage)
    go(stage, node, Verb.ABORT, S.INSPECT_FAILED)
    return node


def test_another_interface_does_not_end_an_inspection(stage: Stage) -> None:
    node = inspect_in_vain(stage)
    stage.cloud.baremetal.update(node, {"/inspect_interface": "no-inspect"})

    with pytest.raises(ServiceError):
        stage.cloud.baremetal.set_provision_state(node, Verb.ABORT)

    assert show(stage, node).provision is S.INSPECT_WAIT
    stage.cloud.baremetal.update(node, {"/inspect_interface": "agent"})
    go(stage, node, Verb.ABORT, S.INSPECT_FAILED)


def test_a_failed_inspection_keeps_its_interface(stage: Stage) -> None:
    node = inspect_and_abort(stage)

    with pytest.raises(ConflictError):
        stage.cloud.baremetal.update(node, {"/inspect_interface": "no-inspect"})

    go(stage, node, Verb.MANAGE, S.MANAGEABLE)
    stage.cloud.baremetal.update(node, {"/inspect_interface": "no-inspect"})


def test_an_unanswered_inspection_waits_until_it_is_aborted(stage: Stage) -> None:
    node = inspect_and_abort(stage)

    assert "abort" in str(stage.cloud.baremetal.states()[node].last_error).lower()
    assert show(stage, node).inspected_at == ""


def test_a_node_that_is_taken_back_still_says_why_its_inspection_failed(
    stage: Stage,
) -> None:
    node = inspect_and_abort(stage)

    go(stage, node, Verb.MANAGE, S.MANAGEABLE)

    assert "abort" in str(stage.cloud.baremetal.states()[node].last_error).lower()
    go(stage, node, Verb.INSPECT, S.INSPECT_WAIT)
    assert stage.cloud.baremetal.states()[node].last_error is None


def test_a_node_without_inspection_has_no_inventory(stage: Stage) -> None:
    node = enroll(stage)

    with pytest.raises(NotFoundError):
        stage.cloud.baremetal.inventory(node)


def test_power_can_be_switched(stage: Stage) -> None:
    node = enroll(stage)
    assert stage.cloud.baremetal.states()[node].power_on is None
    go(stage, node, Verb.MANAGE, S.MANAGEABLE)

    for wanted in (True, False):
        stage.cloud.baremetal.set_power(node, on=wanted)
        await_power(stage, node, on=wanted)


def test_traits_are_replaced(stage: Stage) -> None:
    node = enroll(stage)

    stage.cloud.baremetal.set_traits(node, {"CUSTOM_B", "CUSTOM_A"})
    stage.cloud.baremetal.set_traits(node, ["CUSTOM_C", "HW_CPU_X86_VMX"])

    assert show(stage, node).traits == {"CUSTOM_C", "HW_CPU_X86_VMX"}


@pytest.mark.parametrize(
    "traits", [["profile control"], [f"CUSTOM_{n}" for n in range(60)]]
)
def test_traits_that_cannot_be_are_refused(stage: Stage, traits: list[str]) -> None:
    node = enroll(stage)

    with pytest.raises(ServiceError):
        stage.cloud.baremetal.set_traits(node, traits)


def test_an_occupied_node_is_not_deleted(stage: Stage) -> None:
    node = enroll(stage)
    occupant = "00000000-0000-4000-8000-00000000000c"
    stage.cloud.baremetal.update(node, {"/instance_uuid": occupant})
    assert show(stage, node).instance_id == occupant

    with pytest.raises(ConflictError, match=occupant):
        stage.cloud.baremetal.delete(node)


def test_states_and_nodes_agree(stage: Stage) -> None:
    node = enroll(stage)

    assert stage.cloud.baremetal.states()[node] == show(stage, node).state


@pytest.mark.parametrize(
    "call", ["delete", "update", "verb", "power", "traits", "port", "bmc"]
)
def test_nobody_is_not_found(stage: Stage, call: str) -> None:
    baremetal = stage.cloud.baremetal

    with pytest.raises(NotFoundError, match=NOBODY):
        {
            "delete": lambda: baremetal.delete(NOBODY),
            "update": lambda: baremetal.update(NOBODY, {"/name": "x"}),
            "verb": lambda: baremetal.set_provision_state(NOBODY, Verb.MANAGE),
            "power": lambda: baremetal.set_power(NOBODY, on=True),
            "traits": lambda: baremetal.set_traits(NOBODY, []),
            "port": lambda: baremetal.update_port(
                PortId(NOBODY), {"/physical_network": "x"}
            ),
            "bmc": lambda: baremetal.try_bmc(NOBODY),
        }[call]()
