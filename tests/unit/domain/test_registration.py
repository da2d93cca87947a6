"""What an import would change, decided without any cloud."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_node
from tests.unit.domain.registrations import SEALER, a_definition, an_ipmi_node, decided
from tripleo_cli.domain.definition import NodeDefinition, PortDefinition
from tripleo_cli.domain.node import (
    DISCOVERED_KEY,
    Node,
    NodeId,
    Port,
    PortId,
)
from tripleo_cli.domain.registration import (
    Ambiguous,
    Create,
    Decision,
    Unchanged,
    Update,
    decide,
)
from tripleo_cli.domain.seal import SEAL_FIELD, Sealer

MAC = "52:54:00:0d:00:01"
UUID = NodeId("6f1ff1b0-4ba4-4a4c-9a3a-0d4b0b0c0d0e")


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
