"""Many machines set up at once: none hides or stops the others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import a_node
from tests.fakes.baremetal import Findings
from tests.fakes.clock import FakeClock
from tests.fakes.cloud import FakeCloud
from tripleo_cli.domain.cleaning import ERASE_METADATA, CleanStep
from tripleo_cli.domain.configuration import Configuration
from tripleo_cli.domain.events import Event
from tripleo_cli.domain.node import Node, NodeId, ProvisionState, Verb
from tripleo_cli.domain.root_device import RootDisk
from tripleo_cli.domain.transition import Goal
from tripleo_cli.errors import InvalidInputError, ServiceError
from tripleo_cli.workflows import node_setup
from tripleo_cli.workflows.travel import Limits, NodeOutcome, Travel

S = ProvisionState
GIB = 1024**3
RAID = {"logical_disks": [{"size_gb": "MAX", "raid_level": "1"}]}


class Site:
    """A cloud of manageable nodes, and an operator who sets them up."""

    def __init__(self, *nodes: Node) -> None:
        self.cloud = FakeCloud(nodes)
        self.events: list[Event] = []
        limits = Limits(concurrency=4, node_timeout=60)
        self.travel = Travel(
            self.cloud.baremetal,
            FakeClock(),
            limits,
            self.events.append,
            self.cloud.setup,
        )

    @property
    def nodes(self) -> dict[str, Node]:
        return {node.name: node for node in self.cloud.baremetal.nodes()}

    @property
    def crowd(self) -> node_setup.Crowd:
        nodes = self.cloud.baremetal.nodes()
        return node_setup.Crowd(nodes=nodes, report=self.events.append)

    def inspect(self, disks: list[dict[str, Any]]) -> None:
        for node in self.cloud.baremetal.nodes():
            found = Findings(inventory={"disks": disks})
            self.cloud.baremetal.will_find(node.name, found)
        goal = Goal(inspect=True)
        self.travel.go("i", [(node, goal) for node in self.cloud.baremetal.nodes()])

    def configure(self, **wanted: Any) -> dict[str, str]:
        request = Configuration(**wanted)
        return told(node_setup.configure(self.cloud, self.crowd, request))

    def clean(self, *steps: CleanStep, provide: bool = False) -> dict[str, str]:
        nodes = self.cloud.baremetal.nodes()
        return told(node_setup.clean(self.travel, nodes, steps, provide=provide))

    def apply(self, **settings: str) -> dict[str, str]:
        nodes = self.cloud.baremetal.nodes()
        return told(
            node_setup.apply_settings(self.travel, self.cloud.setup, nodes, settings)
        )


def told(outcomes: Any) -> dict[str, str]:
    listed: list[NodeOutcome] = list(outcomes)
    return {one.name: one.error or one.result for one in listed}


def idle(*names: str, **others: Any) -> list[Node]:
    return [a_node(name, state=S.MANAGEABLE, **others) for name in names]


def disk(name: str, size_gib: int, **others: Any) -> dict[str, Any]:
    return {"name": f"/dev/{name}", "size": size_gib * GIB, **others}


def test_nodes_are_configured_once() -> None:
    site = Site(*idle("a"), *idle("b", capabilities={"boot_mode": "bios", "x": "y"}))
    kernel = site.cloud.images.put("agent.kernel").id
    wanted = {"boot_mode": "uefi", "kernel": "agent.kernel", "ramdisk": "http://r"}

    first = site.configure(**wanted)
    again = site.configure(**wanted)

    assert first["b"].startswith("configured (capabilities.boot_mode: bios -> uefi, ")
    assert again == {"a": "unchanged", "b": "unchanged"}
    assert site.nodes["a"].driver_info == {
        "deploy_kernel": kernel,
        "deploy_ramdisk": "http://r",
        "rescue_kernel": kernel,
        "rescue_ramdisk": "http://r",
    }


def test_unknown_images_are_named_before_anything_changes() -> None:
    site = Site(*idle("a"))
    for _ in range(2):
        site.cloud.images.put("twice")

    with pytest.raises(InvalidInputError) as caught:
        site.configure(boot_mode="uefi", kernel="twise", ramdisk="twice")

    assert [str(problem) for problem in caught.value.problems] == [
        '--deploy-kernel twise: there is no such image (did you mean "twice"?)',
        "--deploy-ramdisk twice: more than one image has this name",
    ]
    assert "update" not in site.cloud.baremetal.calls


def test_a_root_device_is_found_among_inspected_disks() -> None:
    site = Site(*idle("a"), *idle("b"))
    site.inspect([disk("sda", 500, wwn="w1"), disk("sdb", 100, wwn="w2")])

    told = site.configure(root_disk=RootDisk.parse("smallest"))
    again = site.configure(root_disk=RootDisk.parse("largest"))
    forced = site.configure(root_disk=RootDisk.parse("largest"), overwrite=True)

    assert told["a"] == (
        "configured (properties.root_device: nothing -> {'wwn': 'w2'}, "
        "properties.local_gb: 100 -> 99)"
    )
    assert again == {"a": "unchanged", "b": "unchanged"}
    assert "{'wwn': 'w2'} -> {'wwn': 'w1'}" in forced["b"]


def test_nodes_without_a_fitting_disk_fail_beside_the_others() -> None:
    site = Site(*idle("a"), *idle("b"), a_node("used", instance_id="server"))
    site.cloud.baremetal.will_find("b", Findings(inventory={"disks": [disk("x", 2)]}))
    site.travel.go("i", [(site.nodes["b"], Goal(inspect=True))])

    told = site.configure(boot_mode="uefi", root_disk=RootDisk.parse("fastest"))

    assert told["a"] == "it was never inspected, so its disks are not known"
    assert told["b"].startswith("no disk to install on: its largest disk has 2.0 GiB")
    assert told["used"] == "is in use by server server"
    assert site.nodes["a"].capabilities == {}


def test_hints_are_given_to_nodes_without_any() -> None:
    site = Site(*idle("a", "b"))
    hints = {"serial": "1"}
    site.cloud.baremetal.update(site.nodes["a"].id, {"/properties/root_device": hints})

    told = site.configure(hints={"rotational": "false"})

    assert told["a"] == "unchanged"
    assert site.nodes["b"].properties["root_device"] == {"rotational": "false"}


@pytest.mark.parametrize("provide", [False, True])
def test_nodes_are_cleaned_from_where_they_are(*, provide: bool) -> None:
    nodes = [a_node("x", state=s) for s in (S.MANAGEABLE,)]
    site = Site(*nodes, a_node("y", state=S.AVAILABLE), a_node("z", state=S.ENROLL))

    told = site.clean(*ERASE_METADATA, provide=provide)

    assert told == dict.fromkeys("xyz", "done")
    end = S.AVAILABLE if provide else S.MANAGEABLE
    assert {node.provision for node in site.nodes.values()} == {end}
    steps = ("deploy.erase_devices_metadata",)
    assert sorted(site.cloud.setup.cleaned) == [(f"uuid-{n}", steps) for n in "xyz"]


def test_a_failed_cleaning_is_told_and_not_provided() -> None:
    site = Site(*idle("bad", "good"))
    site.cloud.baremetal.will_fail("bad", Verb.CLEAN, "disk on fire")

    told = site.clean(*ERASE_METADATA, provide=True)

    assert told == {"bad": "cleaning failed: disk on fire", "good": "done"}
    assert site.nodes["bad"].provision is S.CLEAN_FAILED


def test_an_unknown_step_is_ironics_to_refuse() -> None:
    site = Site(*idle("a"))

    told = site.clean(CleanStep(interface="deploy", step="fly"))

    assert "does not support this clean step" in told["a"]


def test_volumes_are_wanted_and_then_built() -> None:
    site = Site(*idle("a", "b"), a_node("used", state=S.ACTIVE))
    nodes = site.cloud.baremetal.nodes()

    outcomes = node_setup.create_raid(site.travel, site.cloud.setup, nodes, RAID)

    assert told(outcomes) == {"a": "done", "b": "done", "used": "is in use (active)"}
    assert site.cloud.setup.target_raid(NodeId("uuid-a")) == RAID
    assert site.cloud.setup.target_raid(NodeId("uuid-used")) == {}
    steps = ("raid.delete_configuration", "raid.create_configuration")
    assert ("uuid-b", steps) in site.cloud.setup.cleaned


def test_volumes_that_ironic_refuses_are_not_built() -> None:
    site = Site(*idle("a"))
    nodes = site.cloud.baremetal.nodes()

    outcomes = node_setup.create_raid(
        site.travel, site.cloud.setup, nodes, {"logical_disks": []}
    )

    assert "logical_disks is required" in told(outcomes)["a"]
    assert site.cloud.setup.cleaned == []


def test_bios_settings_are_applied_where_they_are_missing() -> None:
    site = Site(*idle("a", "b"))

    first = site.apply(ProcVirtualization="Enabled")
    again = site.apply(ProcVirtualization="Enabled")
    reset = told(
        node_setup.reset_settings(site.travel, site.cloud.baremetal.nodes()[:1])
    )
    third = site.apply(ProcVirtualization="Enabled")

    assert first == {"a": "done", "b": "done"}
    assert again == {"a": "unchanged", "b": "unchanged"}
    assert reset == {"a": "done"}
    assert third == {"a": "done", "b": "unchanged"}


def test_maintenance_is_set_and_unset_once() -> None:
    site = Site(*idle("a"), a_node("used", state=S.ACTIVE, instance_id="server"))
    setup = site.cloud.setup

    set_ = told(node_setup.set_maintenance(setup, site.crowd, "fan"))
    again = told(node_setup.set_maintenance(setup, site.crowd, "fan"))
    unset = told(node_setup.unset_maintenance(setup, site.crowd))
    unset_again = told(node_setup.unset_maintenance(setup, site.crowd))

    assert set_ == dict.fromkeys(("a", "used"), "under maintenance (fan)")
    assert unset == dict.fromkeys(("a", "used"), "out of maintenance (fan)")
    assert again == unset_again == dict.fromkeys(("a", "used"), "unchanged")


ABORTED = {
    S.INSPECT_WAIT: S.INSPECT_FAILED,
    S.CLEAN_WAIT: S.CLEAN_FAILED,
    S.CLEAN_HOLD: S.CLEAN_FAILED,
    S.DEPLOY_WAIT: S.DEPLOY_FAILED,
    S.DEPLOY_HOLD: S.DEPLOY_FAILED,
    S.RESCUE_WAIT: S.RESCUE_FAILED,
    S.SERVICE_WAIT: S.ACTIVE,
    S.SERVICE_HOLD: S.ACTIVE,
    S.SERVICE_FAILED: S.ACTIVE,
    S.AVAILABLE: S.AVAILABLE,
    S.ACTIVE: S.ACTIVE,
}


@pytest.mark.parametrize("maintenance", [False, True])
def test_work_in_every_state_is_aborted(*, maintenance: bool) -> None:
    site = Site(*(a_node(s.value.replace(" ", "-"), state=s) for s in ABORTED))
    for node in site.cloud.baremetal.nodes():
        site.cloud.baremetal.change_state(node.id, maintenance=maintenance)

    outcomes = told(node_setup.abort(site.travel, site.cloud.baremetal.nodes()))

    assert [node.provision for node in site.nodes.values()] == list(ABORTED.values())
    rest = {S.AVAILABLE.value, S.ACTIVE.value}
    expected = ["unchanged" if s.value in rest else "done" for s in ABORTED]
    assert list(outcomes.values()) == expected


def test_work_that_is_not_abortable_yet_is_waited_for() -> None:
    site = Site(*idle("a"))
    site.cloud.setup.clean(NodeId("uuid-a"), ERASE_METADATA)
    [before] = site.cloud.baremetal.nodes()

    outcomes = told(node_setup.abort(site.travel, [before]))

    [after] = site.cloud.baremetal.nodes()
    assert before.provision is S.CLEANING
    assert outcomes == {"a": "done"}
    assert after.provision is S.CLEAN_FAILED


def test_work_that_never_ends_is_named_with_what_helps() -> None:
    site = Site(a_node("a", state=S.CLEANING))

    [outcome] = node_setup.abort(site.travel, site.cloud.baremetal.nodes())

    assert outcome.error == "is still in state cleaning after 60 s"
    assert "openstack undercloud restart" in outcome.remedy


def test_a_refusal_does_not_stop_the_others() -> None:
    site = Site(*idle("a", "b"))
    site.cloud.baremetal.refuses("a", "update", ServiceError("no"))

    assert site.configure(hints={"serial": "1"}) == {
        "a": "no",
        "b": "configured (properties.root_device: nothing -> {'serial': '1'})",
    }
