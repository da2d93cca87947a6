"""What an import shows, costs and changes of machines that Ironic knows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from tests.fakes.baremetal import FakeBaremetal
from tests.fakes.clock import FakeClock
from tests.fakes.workdir import FakeWorkdir
from tripleo_cli.domain.definition import NodeDefinition, PortDefinition
from tripleo_cli.domain.events import Began, Event, Noted
from tripleo_cli.domain.node import ProvisionState, Verb
from tripleo_cli.workflows.node_import import (
    ImportRequest,
    import_nodes,
    preview_import,
    sealer_from,
)
from tripleo_cli.workflows.travel import Limits, NodeOutcome, Travel


def a_definition(number: int, **others: Any) -> NodeDefinition:
    digits = f"{number:06x}"
    mac = f"52:54:00:{digits[:2]}:{digits[2:4]}:{digits[4:]}"
    given: dict[str, Any] = {
        "where": f"nodes[{number}]",
        "driver": "fake-hardware",
        "name": f"n{number}",
        "driver_info": {"fake_address": f"bmc-{number}", "fake_password": "sesame"},
        "ports": (PortDefinition(address=mac),),
        "properties": {"cpus": 4},
    }
    return NodeDefinition(**(given | others))


class Site:
    def __init__(self, count: int) -> None:
        self.ironic = FakeBaremetal()
        self.folder = FakeWorkdir()
        self.events: list[Event] = []
        self.definitions = [a_definition(number) for number in range(count)]
        self.run(self.definitions)
        self.ironic.calls.clear()
        self.events.clear()

    def run(
        self, definitions: list[NodeDefinition], *, dry: bool = False
    ) -> list[NodeOutcome]:
        travel = Travel(self.ironic, FakeClock(), Limits(), self.events.append)
        request = ImportRequest(definitions=definitions)
        work = preview_import if dry else import_nodes
        return list(work(travel, request, sealer_from(self.folder)))


def test_a_thousand_nodes_cost_one_list_and_their_changes() -> None:
    site = Site(1000)
    changed = [
        replace(node, properties={"cpus": 8}) if number < 30 else node
        for number, node in enumerate(site.definitions)
    ]
    new = PortDefinition(address="52:55:00:00:00:00")
    changed[30] = replace(changed[30], ports=(*changed[30].ports, new))

    site.run(changed)

    assert Counter(site.ironic.calls) == {
        "nodes": 1,
        "states": 1,
        "update": 30,
        "create_port": 1,
    }


def test_what_changes_is_shown_before_anything_is_changed() -> None:
    site = Site(2)
    info = {"fake_address": "bmc-0", "fake_password": "new", "fake_username": "joe"}
    first = replace(
        site.definitions[0], driver_info=info, properties={"cpus": 8}, name="renamed"
    )

    site.run([first, site.definitions[1]])

    shown = Noted(
        "renamed changes: name: n0 -> renamed, properties.cpus: 4 -> 8, "
        "driver_info.fake_password changed, driver_info.fake_username changed"
    )
    assert shown in site.events
    assert site.events.index(shown) < site.events.index(Began("register", 2))
    assert "joe" not in str(site.events)


def test_a_dry_run_tells_and_changes_nothing() -> None:
    site = Site(2)
    changed = replace(site.definitions[0], properties={"cpus": 8})
    before = site.ironic.nodes()
    site.ironic.calls.clear()

    outcomes = site.run([changed, site.definitions[1], a_definition(7)], dry=True)

    assert [(one.name, one.result) for one in outcomes] == [
        ("n0", "would be updated (properties.cpus: 4 -> 8)"),
        ("n1", "unchanged"),
        ("n7", "would be created"),
    ]
    assert site.ironic.calls == ["nodes"]
    assert site.ironic.nodes() == before


def test_a_new_driver_keeps_only_the_interfaces_that_the_file_wants() -> None:
    site = Site(0)
    both = {"boot_interface": "ipxe", "deploy_interface": "direct"}
    site.run([a_definition(0, interfaces=both)])
    info = {"redfish_address": "https://bmc", "redfish_password": "sesame"}
    moved = a_definition(
        0, driver="redfish", driver_info=info, interfaces={"boot_interface": "ipxe"}
    )

    site.run([moved])

    [node] = site.ironic.nodes()
    assert node.driver == "redfish"
    assert node.interfaces == {"boot_interface": "ipxe"}


def test_a_failed_node_is_taken_back_to_get_another_interface() -> None:
    site = Site(1)
    [node] = site.ironic.nodes()
    site.ironic.change_state(node.id, provision=ProvisionState.CLEAN_FAILED)
    wanted = {"raid_interface": "agent"}

    [outcome] = site.run([a_definition(0, interfaces=wanted)])

    assert outcome.error == ""
    assert site.ironic.nodes()[0].interfaces == wanted


def test_wrong_credentials_are_put_right_by_importing_again() -> None:
    site = Site(0)
    site.ironic.will_fail("n0", Verb.MANAGE, "HTTP 401 from the BMC")
    [failed] = site.run([a_definition(0)])
    site.ironic.heal("n0")
    info = {"fake_address": "bmc-0", "fake_password": "right"}
    [fixed] = site.run([a_definition(0, driver_info=info)])

    assert "401" in failed.error
    assert "import again" in failed.remedy
    assert (fixed.error, fixed.result) == (
        "",
        "updated (driver_info.fake_password changed)",
    )
