"""From a nodes file to nodes in Ironic, and out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import a_node
from tests.fakes.baremetal import FakeBaremetal
from tests.fakes.clock import FakeClock
from tests.fakes.workdir import FakeWorkdir
from tripleo_cli.domain.definition import NodeDefinition, PortDefinition
from tripleo_cli.domain.events import Event, Noted
from tripleo_cli.domain.node import NodeId, ProvisionState, Verb
from tripleo_cli.errors import ConflictError, InvalidInputError, ServiceError
from tripleo_cli.workflows.node_import import (
    KEY_FILE,
    ImportRequest,
    import_nodes,
    sealer_from,
)
from tripleo_cli.workflows.nodes import delete, manageable, select
from tripleo_cli.workflows.travel import Limits, NodeOutcome, Travel

S = ProvisionState


def mac(number: int) -> str:
    return f"52:54:00:0d:00:{number:02x}"


def a_definition(number: int, **others: Any) -> NodeDefinition:
    given: dict[str, Any] = {
        "where": f"nodes[{number}]",
        "driver": "fake-hardware",
        "name": f"n{number}",
        "driver_info": {"fake_address": f"bmc-{number}", "fake_password": "p"},
        "ports": (PortDefinition(address=mac(number)),),
        "properties": {"cpus": 4},
    }
    return NodeDefinition(**(given | others))


class Site:
    """An Ironic, and the machine that imports into it."""

    def __init__(self) -> None:
        self.ironic = FakeBaremetal()
        self.folder = FakeWorkdir()
        self.events: list[Event] = []

    def run(
        self, definitions: Sequence[NodeDefinition], **wanted: Any
    ) -> dict[str, NodeOutcome]:
        travel = Travel(
            self.ironic, FakeClock(), Limits(concurrency=4), self.events.append
        )
        request = ImportRequest(definitions=definitions, **wanted)
        outcomes = import_nodes(travel, request, sealer_from(self.folder))
        assert [o.name for o in outcomes] == [d.label for d in definitions]
        return {outcome.name: outcome for outcome in outcomes}

    def writes(self) -> list[str]:
        return [call for call in self.ironic.calls if call not in ("nodes", "states")]


THREE = [a_definition(number) for number in range(3)]


def test_new_machines_become_manageable_nodes_with_ports() -> None:
    site = Site()
    outcomes = site.run(THREE)

    assert {outcome.result for outcome in outcomes.values()} == {"created"}
    assert [(n.name, n.provision, n.ports) for n in site.ironic.nodes()] == [
        (f"n{i}", S.MANAGEABLE, (mac(i),)) for i in range(3)
    ]


@pytest.mark.parametrize("introspect", [False, True])
@pytest.mark.parametrize("provide", [False, True])
def test_importing_again_changes_nothing_and_says_so(
    *, introspect: bool, provide: bool
) -> None:
    site = Site()
    site.run(THREE, introspect=introspect, provide=provide)
    before = site.ironic.nodes()
    site.ironic.calls.clear()

    outcomes = site.run(THREE, introspect=introspect, provide=provide)

    assert site.writes() == []
    assert site.ironic.nodes() == before
    assert {outcome.result for outcome in outcomes.values()} == {"unchanged"}
    assert (
        Noted("nothing changed: Ironic knows all nodes as the file has them")
        in site.events
    )


def test_a_thousand_unchanged_nodes_cost_one_list_and_one_poll() -> None:
    many = [
        a_definition(number % 256, name=f"n{number}", ports=(), driver_info={})
        for number in range(1000)
    ]
    site = Site()
    site.run(many)
    site.ironic.calls.clear()
    site.run(many)

    assert site.ironic.calls == ["nodes", "states"]


def test_introspected_and_provided_nodes_are_available() -> None:
    site = Site()
    site.run(THREE, introspect=True, provide=True)

    assert {n.provision for n in site.ironic.nodes()} == {S.AVAILABLE}
    assert all(node.inspected_at for node in site.ironic.nodes())


def test_new_credentials_are_sent_and_never_told() -> None:
    site = Site()
    site.run(THREE)
    info = {"fake_address": "bmc-0", "fake_password": "sesame"}
    outcomes = site.run([replace(THREE[0], driver_info=info), *THREE[1:]])

    assert outcomes["n0"].result == "updated (driver_info.fake_password changed)"
    assert outcomes["n1"].result == "unchanged"
    assert "sesame" not in f"{site.events}{site.ironic.nodes()}{site.folder.files}"


def test_without_the_key_credentials_are_sent_once_more() -> None:
    site = Site()
    site.run(THREE)
    site.folder.files.clear()
    again = site.run(THREE)
    third = site.run(THREE)

    assert {o.result for o in again.values()} == {
        "updated (driver_info.fake_password changed)"
    }
    assert {o.result for o in third.values()} == {"unchanged"}


def test_the_key_of_seals_is_made_once() -> None:
    folder = FakeWorkdir()

    assert sealer_from(folder).key == sealer_from(folder).key
    assert len(bytes.fromhex(folder.files[KEY_FILE])) == 32


def test_a_contradiction_stops_before_anything_changes() -> None:
    site = Site()
    site.run(THREE)
    site.ironic.calls.clear()
    mixed = replace(THREE[0], ports=THREE[1].ports)

    with pytest.raises(InvalidInputError) as caught:
        site.run([mixed, a_definition(7)])

    assert "nodes[0]: n0 could be n1 (" in str(caught.value)
    assert "or n0 (" in str(caught.value)
    assert site.writes() == []


def test_a_node_without_its_ports_is_not_left_behind() -> None:
    site = Site()
    site.ironic.refuses("n1", "create_port", ConflictError("MAC exists"))
    outcomes = site.run(THREE)

    assert outcomes["n1"].error == "MAC exists"
    assert [node.name for node in site.ironic.nodes()] == ["n0", "n2"]
    assert outcomes["n2"].result == "created"


def test_a_node_that_cannot_even_be_removed_is_named() -> None:
    site = Site()
    site.ironic.refuses("n0", "create_port", ConflictError("MAC exists"))
    site.ironic.refuses("n0", "delete", ServiceError("no"))
    outcome = site.run(THREE[:1])["n0"]
    [node] = site.ironic.nodes()

    assert outcome.error == f"MAC exists; node {node.id} was left behind: no"
    assert outcome.remedy == f"openstack baremetal node delete {node.id}"


def test_a_failed_registration_does_not_stop_the_others() -> None:
    site = Site()
    site.ironic.refuses("n0", "create", ServiceError("driver is not enabled"))
    outcomes = site.run(THREE, provide=True)

    assert outcomes["n0"].error == "driver is not enabled"
    assert [o.state for o in outcomes.values()][1:] == [S.AVAILABLE] * 2


def test_a_failed_inspection_is_told_and_not_provided() -> None:
    site = Site()
    site.ironic.will_fail("n1", Verb.INSPECT, "lost the cable")
    outcomes = site.run(THREE, introspect=True, provide=True)

    assert outcomes["n1"].error == "inspection failed: lost the cable"
    assert outcomes["n1"].state is S.INSPECT_FAILED
    assert outcomes["n0"].state is S.AVAILABLE


def test_running_again_completes_what_failed() -> None:
    site = Site()
    site.ironic.will_fail("n1", Verb.INSPECT, "lost the cable")
    site.run(THREE, introspect=True, provide=True)
    site.ironic.heal("n1")
    site.ironic.calls.clear()
    outcomes = site.run(THREE, introspect=True, provide=True)

    assert {o.error for o in outcomes.values()} == {""}
    assert {n.provision for n in site.ironic.nodes()} == {S.AVAILABLE}
    assert set(site.writes()) <= {"set_provision_state", "set_power"}


def test_nodes_in_use_are_updated_but_left_where_they_are() -> None:
    site = Site()
    site.run(THREE)
    [first, *_] = site.ironic.nodes()
    site.ironic.change_state(first.id, provision=S.ACTIVE)
    bigger = replace(THREE[0], properties={"cpus": 8})
    outcomes = site.run([bigger, *THREE[1:]], introspect=True, provide=True)

    assert outcomes["n0"].result == "updated (properties.cpus: 4 -> 8)"
    assert site.ironic.nodes()[0].provision is S.ACTIVE
    assert Noted("n0 is left as it is: it is in use (active)") in site.events


def test_a_boot_mode_is_for_nodes_without_one() -> None:
    site = Site()
    own = replace(THREE[0], capabilities={"boot_mode": "bios"})
    site.run([own, *THREE[1:]], boot_mode="uefi")

    assert [n.capabilities for n in site.ironic.nodes()] == [
        {"boot_mode": "bios"},
        {"boot_mode": "uefi"},
        {"boot_mode": "uefi"},
    ]


def test_notes_of_the_file_are_passed_on() -> None:
    site = Site()
    site.run([replace(THREE[0], notes=("fake is called fake-hardware today",))])

    assert Noted("nodes[0]: fake is called fake-hardware today") in site.events


@settings(max_examples=40)
@given(
    numbers=st.lists(st.integers(0, 9), unique=True, max_size=6),
    known=st.lists(st.integers(0, 9), unique=True, max_size=6),
    cpus=st.integers(1, 3),
)
def test_registering_twice_gives_no_change(
    numbers: list[int], known: list[int], cpus: int
) -> None:
    site = Site()
    site.run([a_definition(number) for number in known])
    wanted = [a_definition(number, properties={"cpus": cpus}) for number in numbers]
    site.run(wanted)
    site.ironic.calls.clear()
    site.run(wanted)

    assert site.writes() == []


NODES = [a_node("ctl-0"), a_node("ctl-1"), a_node("cmp-0", state=S.MANAGEABLE)]


def test_nodes_are_found_by_name_or_uuid_once() -> None:
    found = select(NODES, ["cmp-0", "uuid-ctl-0", "ctl-0"])

    assert [node.name for node in found] == ["cmp-0", "ctl-0"]


def test_all_unknown_nodes_are_named_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        select(NODES, ["ctl0", "ctl-1", "xyz"])

    assert [str(problem) for problem in caught.value.problems] == [
        'ctl0: there is no such node (did you mean "ctl-0"?)',
        "xyz: there is no such node",
    ]


def test_all_manageable_leaves_out_maintenance() -> None:
    ironic = FakeBaremetal([*NODES, a_node("cmp-1", state=S.MANAGEABLE)])
    ironic.change_state(NodeId("uuid-cmp-1"), maintenance=True)

    assert [node.name for node in manageable(ironic.nodes())] == ["cmp-0"]


def remove(ironic: FakeBaremetal, *names: str) -> Sequence[NodeOutcome]:
    return delete(ironic, names, lambda _event: None)


def test_nodes_are_deleted() -> None:
    ironic = FakeBaremetal([*NODES, a_node("bad", state=S.INSPECT_FAILED)])
    outcomes = remove(ironic, "ctl-0", "bad", "cmp-0")

    assert {outcome.result for outcome in outcomes} == {"deleted"}
    assert [node.name for node in ironic.nodes()] == ["ctl-1"]


def test_nothing_is_deleted_while_one_is_in_use() -> None:
    used = a_node("used", state=S.ACTIVE, instance_id="srv")
    busy = a_node("busy", state=S.INSPECTING)
    ironic = FakeBaremetal([*NODES, used, busy, a_node("old", state=S.ACTIVE)])

    with pytest.raises(InvalidInputError) as caught:
        remove(ironic, "ctl-0", "used", "busy", "old")

    assert [str(problem) for problem in caught.value.problems] == [
        "used: is in use by server srv (openstack overcloud node remove used)",
        "busy: is at work (inspecting) (wait for its end)",
        "old: is in use (active) (openstack overcloud node remove old)",
    ]
    assert ironic.calls == ["nodes"]


def test_a_node_that_cannot_be_deleted_does_not_stop_the_others() -> None:
    ironic = FakeBaremetal(NODES)
    ironic.refuses("ctl-0", "delete", ConflictError("locked", hint="wait"))
    outcomes = remove(ironic, "ctl-0", "ctl-1")

    assert [(o.name, o.error, o.remedy) for o in outcomes] == [
        ("ctl-0", "locked", "wait"),
        ("ctl-1", "", ""),
    ]
