"""What an import would change, decided without any cloud."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_node
from tripleo_cli.domain.definition import NodeDefinition, PortDefinition
from tripleo_cli.domain.node import (
    DISCOVERED_KEY,
    Node,
    NodeId,
    NodeState,
    Port,
    PortId,
    ProvisionState,
)
from tripleo_cli.domain.registration import (
    Ambiguous,
    Change,
    Create,
    Decision,
    Unchanged,
    Update,
    decide,
)
from tripleo_cli.domain.seal import SEAL_FIELD, Sealer

SEALER = Sealer(b"key", "salt")
MAC = "52:54:00:0d:00:01"
UUID = NodeId("6f1ff1b0-4ba4-4a4c-9a3a-0d4b0b0c0d0e")


def a_definition(where: str = "nodes[0]", **others: Any) -> NodeDefinition:
    return NodeDefinition(where=where, **{"driver": "ipmi", **others})


def an_ipmi_node(name: str, **others: Any) -> Node:
    info = {"ipmi_address": f"bmc-of-{name}", "ipmi_password": "******"}
    node = a_node(name, driver_info=info, **others)
    return replace(node, driver="ipmi")


def decided(definition: NodeDefinition, *nodes: Node) -> Decision:
    [decision] = decide([definition], nodes, SEALER)
    return decision


def test_an_unknown_machine_is_created() -> None:
    definition = a_definition(name="a", properties={"cpus": 4})

    decision = decided(definition, a_node("b"))

    assert isinstance(decision, Create)
    assert decision.fields == {
        "driver": "ipmi",
        "name": "a",
        "driver_info": {},
        "properties": {"cpus": 4},
        "resource_class": "baremetal",
    }


@pytest.mark.parametrize(
    "known_by",
    [
        {"id": UUID},
        {"ports": (PortDefinition(address=MAC),)},
        {"driver_info": {"ipmi_address": "BMC-of-a", "ipmi_port": 623}},
        {"name": "A"},
    ],
    ids=["uuid", "MAC", "BMC", "name"],
)
def test_a_machine_is_found_again(known_by: dict[str, Any]) -> None:
    known = replace(an_ipmi_node("a", ports=(MAC.upper(),)), id=UUID)

    decision = decided(a_definition(**known_by), an_ipmi_node("b"), known)

    assert isinstance(decision, (Update, Unchanged))
    assert decision.node is known


def test_only_what_differs_is_changed() -> None:
    known = an_ipmi_node(
        "a", cpus=4, capabilities={"profile": "x", "boot_mode": "bios"}
    )
    definition = a_definition(
        name="a",
        properties={"cpus": 4, "memory_mb": 1024, "cpu_arch": "x86_64"},
        capabilities={"boot_mode": "uefi"},
        driver_info={"ipmi_address": "bmc-of-a"},
        interfaces={"boot_interface": "ipxe"},
        extra={"tripleo_platform": "SNB"},
        ports=(PortDefinition(address=MAC),),
    )

    decision = decided(definition, known)

    assert isinstance(decision, Update)
    assert decision.patch == {
        "/boot_interface": "ipxe",
        "/properties/memory_mb": 1024,
        "/properties/cpu_arch": "x86_64",
        "/properties/capabilities": "boot_mode:uefi,profile:x",
        "/extra/tripleo_platform": "SNB",
    }
    assert str(decision) == (
        "boot_interface: nothing -> ipxe, properties.memory_mb: 65536 -> 1024, "
        "properties.cpu_arch: nothing -> x86_64, capabilities.boot_mode: "
        "bios -> uefi, "
        f"extra.tripleo_platform: nothing -> SNB, new port {MAC}"
    )


def test_a_number_kept_as_text_is_no_change() -> None:
    known = replace(a_node("a"), driver="ipmi", properties={"cpus": "4"})

    decision = decided(a_definition(name="a", properties={"cpus": 4}), known)

    assert isinstance(decision, Unchanged)


def test_a_resource_class_that_the_file_does_not_give_stays() -> None:
    known = replace(a_node("a", resource_class="gpu"), driver="ipmi")

    assert isinstance(decided(a_definition(name="a"), known), Unchanged)


def test_two_candidates_are_named_with_the_reason() -> None:
    definition = a_definition(name="a", ports=(PortDefinition(address=MAC),))

    decision = decided(definition, an_ipmi_node("a"), an_ipmi_node("b", ports=(MAC,)))

    assert isinstance(decision, Ambiguous)
    assert decision.why == (
        f"could be b (uuid-b) by its MAC address {MAC} or a (uuid-a) by its name a"
    )


def test_a_uuid_cannot_be_changed() -> None:
    decision = decided(a_definition(name="a", id=UUID), an_ipmi_node("a"))

    assert isinstance(decision, Ambiguous)
    assert f"whose uuid uuid-a cannot become {UUID}" in decision.why


def a_redfish_node(name: str, system: str = "", address: str = "https://bmc") -> Node:
    info = {"redfish_address": address}
    if system:
        info["redfish_system_id"] = system
    return a_node(name, driver="redfish", driver_info=info)


def a_system(system: str = "", address: str = "bmc", **others: Any) -> NodeDefinition:
    info = {"redfish_address": address}
    if system:
        info["redfish_system_id"] = system
    return a_definition(driver="redfish", driver_info=info, **others)


@pytest.mark.parametrize(
    ("definition", "known"),
    [
        (a_system(), a_redfish_node("a", "/S/1")),
        (a_system("/S/1"), a_redfish_node("a")),
        (a_system("/S/1"), a_redfish_node("a", "/S/1/")),
        (
            a_system(address="https://[2001:DB8:0::1]"),
            a_redfish_node("a", "/S/1", "2001:db8::1"),
        ),
    ],
    ids=["not in the file", "not in Ironic", "slash", "IPv6"],
)
def test_a_bmc_is_known_again_without_its_system_and_in_another_spelling(
    definition: NodeDefinition, known: Node
) -> None:
    decision = decided(definition, known, a_redfish_node("b", "/S/1", "other"))

    assert isinstance(decision, (Update, Unchanged))
    assert decision.node is known


def test_another_system_of_a_bmc_is_another_machine() -> None:
    assert isinstance(decided(a_system("/S/2"), a_redfish_node("a", "/S/1")), Create)


def test_without_a_system_two_machines_of_a_bmc_are_named() -> None:
    known = [a_redfish_node("a", "/S/1"), a_redfish_node("b", "/S/2")]

    decision = decided(a_system(), *known)

    assert isinstance(decision, Ambiguous)
    assert decision.why == (
        "could be a (uuid-a) by its BMC bmc:443/S/1 or b (uuid-b) by its BMC "
        "bmc:443/S/2"
    )


LINK = {"switch_id": "52:54:00:AA:00:01", "port_id": "Eth1/1"}
CARD = Port(
    id=PortId("p1"),
    address=MAC,
    physical_network="leaf1",
    local_link={"switch_id": "52:54:00:aa:00:01", "port_id": "Eth1/1"},
)


def with_card(**said: Any) -> Decision:
    known = an_ipmi_node("a", ports=(MAC,), cards={MAC: CARD})
    port = PortDefinition(address=MAC, **said)
    return decided(a_definition(name="a", ports=(port,)), known)


@pytest.mark.parametrize(
    "said",
    [{}, {"physical_network": "leaf1", "local_link": LINK}, {"local_link": LINK}],
)
def test_a_port_keeps_what_the_file_does_not_change(said: dict[str, Any]) -> None:
    assert isinstance(with_card(**said), Unchanged)


def test_changed_keys_of_a_known_port_are_changed_and_shown() -> None:
    moved = {**LINK, "port_id": "Eth1/2"}
    decision = with_card(physical_network="leaf2", local_link=moved)

    assert isinstance(decision, Update)
    assert decision.patch == {}
    [change] = decision.port_changes
    assert change.port is CARD
    assert change.patch == {
        "/physical_network": "leaf2",
        "/local_link_connection": moved,
    }
    assert str(decision) == (
        f"port {MAC} physical_network: leaf1 -> leaf2, port {MAC} "
        "local_link_connection: port_id Eth1/1, switch_id 52:54:00:aa:00:01 -> "
        "port_id Eth1/2, switch_id 52:54:00:AA:00:01"
    )


def test_a_node_that_is_imported_is_no_longer_a_discovered_one() -> None:
    known = an_ipmi_node("a", extra={DISCOVERED_KEY: "true", "rack": 1})

    decision = decided(a_definition(name="a"), known)

    assert isinstance(decision, Update)
    assert decision.patch == {f"/extra/{DISCOVERED_KEY}": None}
    assert str(decision) == "extra.auto_discovered: true -> nothing"


def test_a_file_may_keep_the_mark_of_a_discovered_node() -> None:
    mark = {DISCOVERED_KEY: "true"}
    known = an_ipmi_node("a", extra=mark)

    assert isinstance(decided(a_definition(name="a", extra=mark), known), Unchanged)


def test_two_entries_cannot_be_one_node() -> None:
    by_name = a_definition("nodes[0]", name="a")
    by_bmc = a_definition("nodes[1]", driver_info={"ipmi_address": "bmc-of-a"})

    _, second = decide([by_name, by_bmc], [an_ipmi_node("a")], SEALER)

    assert isinstance(second, Ambiguous)
    assert second.why == "is a (uuid-a), and so is nodes[0]"


def sealed(password: str, sealer: Sealer = SEALER) -> Node:
    seal = sealer.seal("x", {"ipmi_password": password})
    return an_ipmi_node("a", extra={SEAL_FIELD: seal})


def with_password(password: str) -> NodeDefinition:
    return a_definition(name="a", driver_info={"ipmi_password": password})


def test_a_known_password_is_not_sent_again() -> None:
    assert isinstance(decided(with_password("p"), sealed("p")), Unchanged)


@pytest.mark.parametrize(
    "known",
    [sealed("old"), an_ipmi_node("a"), sealed("new", Sealer(b"other", "s"))],
    ids=["another", "never sealed", "sealed elsewhere"],
)
def test_a_password_that_may_be_new_is_sent_and_never_shown(known: Node) -> None:
    decision = decided(with_password("new"), known)

    assert isinstance(decision, Update)
    assert decision.patch["/driver_info/ipmi_password"] == "new"
    assert SEALER.matches(decision.seal, {"ipmi_password": "new"})
    assert str(decision) == "driver_info.ipmi_password changed"


@pytest.mark.parametrize("info", [{"ipmi_password": "new"}, {"ipmi_address": "other"}])
def test_what_leads_to_the_bmc_is_to_be_tried_before_it_is_sealed(
    info: dict[str, Any],
) -> None:
    info = {"ipmi_password": "old", **info}
    known = sealed("old")

    decision = decided(a_definition(name="a", driver_info=info), known)

    assert isinstance(decision, Update)
    assert decision.is_untried
    assert decision.patch[f"/extra/{SEAL_FIELD}"] is None
    assert list(decision.patch_once_tried) == [f"/extra/{SEAL_FIELD}"]
    seal = decision.patch_once_tried[f"/extra/{SEAL_FIELD}"]
    assert SEALER.matches(seal, {"ipmi_password": info["ipmi_password"]})


def test_what_ironic_tries_by_itself_or_is_no_way_to_the_bmc_is_sealed_at_once() -> (
    None
):
    known = sealed("old")
    enrolled = replace(known, state=NodeState(provision=ProvisionState.ENROLL))
    first = decided(with_password("new"), enrolled)
    image = {"deploy_kernel": "k", "ipmi_password": "old"}
    second = decided(a_definition(name="a", driver_info=image), known)

    assert isinstance(first, Update)
    assert isinstance(second, Update)
    assert not first.is_untried
    assert not second.is_untried
    assert first.patch[f"/extra/{SEAL_FIELD}"] == first.seal
    assert second.patch == {"/driver_info/deploy_kernel": "k"}
    assert first.patch_once_tried == second.patch_once_tried == {}


def test_seals_tell_nothing() -> None:
    secrets = {"ipmi_password": "p"}
    one, other = SEALER.seal("nodes[0]", secrets), SEALER.seal("nodes[1]", secrets)

    assert one != other
    assert SEALER.matches(one, secrets)
    assert not SEALER.matches(one, {"ipmi_password": "q"})
    assert not SEALER.matches("", {})
    assert not SEALER.matches(None, secrets)
    assert "key" not in repr(SEALER)


NAMES = st.sampled_from(["", "a", "b", "A"])
MACS = st.sampled_from([(), (MAC,), (MAC, "52:54:00:0d:00:02"), ("52:54:00:0d:00:03",)])
DEFINITIONS = st.builds(
    lambda name, macs, cpus, password: a_definition(
        name=name,
        ports=tuple(PortDefinition(address=mac) for mac in macs),
        properties={"cpus": cpus},
        driver_info={"ipmi_password": password} if password else {},
        capabilities={"profile": str(cpus)},
    ),
    NAMES,
    MACS,
    st.integers(1, 3),
    st.sampled_from(["", "p", "q"]),
)
NODES = st.builds(
    lambda name, macs, cpus: replace(an_ipmi_node(name, cpus=cpus), ports=macs),
    NAMES.filter(bool),
    MACS,
    st.integers(1, 3),
)


def applied(update: Update) -> Node:
    """Do to a node what Ironic would."""
    node = update.node
    properties, extra, capabilities = {**node.properties}, {**node.extra}, {}
    for change in update.changes:
        if change.path.startswith("/properties/cpus"):
            properties["cpus"] = change.new
    if update.seal:
        extra[SEAL_FIELD] = update.seal
    capabilities = {**node.capabilities, **update.definition.capabilities}
    return replace(
        node,
        name=update.patch.get("/name", node.name),
        properties=properties,
        capabilities=capabilities,
        extra=extra,
        ports=(*node.ports, *(port.address for port in update.new_ports)),
    )


@given(DEFINITIONS, NODES)
def test_after_an_update_nothing_is_left_to_change(
    definition: NodeDefinition, node: Node
) -> None:
    first = decided(definition, node)
    if isinstance(first, Update):
        later = Sealer(SEALER.key, "another run")
        [second] = decide([definition], [applied(first)], later)

        assert isinstance(second, Unchanged)


@pytest.mark.parametrize(
    ("old", "shown"),
    [
        ("https://joe:hush@bmc/redfish", "https://***@bmc/redfish"),
        ("https://joe:hu/sh@bmc", "https://***@bmc"),
        ("joe:hush@bmc", "***@bmc"),
    ],
)
def test_credentials_in_an_address_are_not_shown(old: str, shown: str) -> None:
    change = Change(
        path="/driver_info/redfish_address",
        old=old,
        new="https://bmc",
    )

    assert str(change) == f"driver_info.redfish_address: {shown} -> https://bmc"
