"""Checks of machines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import a_node
from tests.unit.domain.validation.facts import Case, an_image, facts, ids, nodes
from tripleo_cli.domain.facts import Disk, HardwareFacts
from tripleo_cli.domain.node import (
    EXCLUDED_KEY,
    EXCLUDED_TRAIT,
    Node,
    NodeState,
    ProvisionState,
)
from tripleo_cli.domain.validation import hardware

AVAILABLE = ProvisionState.AVAILABLE
MANAGEABLE = ProvisionState.MANAGEABLE
TWO = (Disk(name="/dev/sda", wwn="0x1"), Disk(name="/dev/sdb", serial="s2"))
CONTROL = frozenset({"CUSTOM_PROFILE_CONTROLLER"})


def stated(name: str, provision: ProvisionState = AVAILABLE, **state: Any) -> Node:
    values = {"power_on": False, **state}
    return replace(a_node(name), state=NodeState(provision=provision, **values))


def with_disks(
    name: str, *disks: Disk, hint: dict[str, Any] | None = None, boot_mode: str = ""
) -> Node:
    node = a_node(name)
    properties = {**node.properties, "root_device": hint} if hint else node.properties
    found = HardwareFacts(disks=disks, boot_mode=boot_mode)
    return replace(node, facts=found, properties=properties)


def booting(name: str, mode: str, seen: str = "") -> Node:
    found = HardwareFacts(boot_mode=seen) if seen else None
    return a_node(name, capabilities={"boot_mode": mode} if mode else {}, facts=found)


def all_of(*chosen: Node, **others: Any) -> Any:
    return facts(chosen, counts={"Controller": len(chosen)}, **others)


PROFILES = [
    Case(name="untagged", facts=facts()),
    Case(name="tagged and used", facts=facts(nodes(2, traits=CONTROL))),
    Case(
        name="tagged twice",
        facts=facts(
            [
                a_node("n0"),
                a_node("n1", traits=CONTROL, capabilities={"profile": "compute"}),
            ]
        ),
        told=[("warning", ("n1",), "profiles unset n1")],
    ),
    Case(
        name="tagged for nothing there is",
        facts=facts(
            [
                a_node("n0"),
                a_node("n2", capabilities={"profile": "swift"}),
                a_node("n1", traits=frozenset({"CUSTOM_PROFILE_SWIFT"})),
            ]
        ),
        told=[("warning", ("n1", "n2"), 'tagged for "swift", which no role has')],
    ),
    Case(
        name="tagged in vain",
        facts=facts(
            [
                a_node("n0"),
                replace(stated("n1", MANAGEABLE), traits=CONTROL),
                replace(stated("n2", maintenance=True), traits=CONTROL),
            ]
        ),
        told=[
            (
                "warning",
                ("n1", "n2"),
                "is tagged for Controller, but is in maintenance or manageable",
            )
        ],
    ),
    Case(
        name="tagged, and excluded",
        facts=facts(
            [
                a_node("n0"),
                a_node(
                    "n1",
                    traits=CONTROL | {EXCLUDED_TRAIT},
                    extra={EXCLUDED_KEY: "slow disk"},
                ),
            ]
        ),
        told=[("warning", ("n1",), "but is excluded (slow disk)")],
    ),
    Case(
        name="in use by somebody",
        facts=facts(
            [
                a_node("n0"),
                a_node(
                    "n1",
                    state=ProvisionState.ACTIVE,
                    instance_id="x",
                    traits=frozenset({"CUSTOM_PROFILE_SWIFT"}),
                ),
            ]
        ),
    ),
]

NODES = [
    Case(name="well", facts=facts([*nodes(2), stated("n9", MANAGEABLE)])),
    Case(
        name="in maintenance",
        facts=facts(
            [
                a_node("n0"),
                stated("n1", maintenance=True, maintenance_reason="disk on fire"),
                stated("n2", maintenance=True),
            ]
        ),
        told=[("warning", ("n1", "n2"), "is in maintenance: disk on fire")],
    ),
    Case(
        name="failed",
        facts=facts(
            [
                a_node("n0"),
                stated("n1", ProvisionState.CLEAN_FAILED, last_error="no agent"),
                stated("n2", ProvisionState.INSPECT_FAILED),
            ]
        ),
        told=[
            ("warning", ("n1",), "is clean failed: no agent"),
            ("warning", ("n2",), "node provide n2"),
        ],
    ),
    Case(
        name="failed in use",
        facts=facts(
            [
                a_node("n0"),
                stated("n1", ProvisionState.DEPLOY_FAILED),
                stated("n2", ProvisionState.ERROR),
                stated("n3", ProvisionState.RESCUE_FAILED),
            ]
        ),
        told=[
            ("warning", ("n1",), "is deploy failed (openstack baremetal node undeploy"),
            ("warning", ("n2",), "is error (openstack baremetal node undeploy n2)"),
            ("warning", ("n3",), "openstack baremetal node undeploy n3"),
        ],
    ),
    Case(
        name="for other roles",
        facts=facts(
            [
                a_node("n0"),
                replace(stated("n1", maintenance=True), resource_class="gold"),
            ]
        ),
    ),
    Case(
        name="chosen in spite of an error",
        facts=facts([stated("n0", last_error="BMC is slow")]),
        told=[("warning", ("n0",), "its last error is: BMC is slow")],
    ),
]

POWER = [
    Case(name="known", facts=facts()),
    Case(
        name="unknown",
        facts=all_of(
            stated("n0"),
            stated("n1", power_on=None),
            stated("n2", power_on=None, last_error="no route"),
            stated("n3", power_on=None),
        ),
        told=[
            ("error", ("n1", "n3"), "baremetal node power off n1"),
            ("error", ("n2",), "unknown: no route"),
        ],
    ),
    Case(
        name="unknown where it does not matter yet",
        facts=facts(
            [
                stated("n0"),
                stated("n1", power_on=None),
                stated("n2", MANAGEABLE, power_on=None),
                stated("n3", power_on=None, maintenance=True),
            ]
        ),
        told=[("warning", ("n1",), "its power state is unknown")],
    ),
]

ROOT_DISK = [
    Case(name="never inspected", facts=facts()),
    Case(name="one disk", facts=all_of(with_disks("n0", TWO[0]))),
    Case(
        name="several",
        facts=all_of(with_disks("n1", *TWO), with_disks("n0", *TWO)),
        told=[("warning", ("n0", "n1"), "--root-device smallest n0 n1")],
    ),
    Case(
        name="several, and a hint",
        facts=all_of(
            with_disks("n0", *TWO, hint={"wwn": "0x1"}),
            with_disks("n1", *TWO, hint={"serial": "s2", "size": 100}),
            with_disks("n2", *TWO, hint={"size": ">= 40"}),
            with_disks("n3", *TWO, hint={"name": "s== /dev/vda"}),
            with_disks("n4", *TWO, hint={"serial": " S2 "}),
        ),
    ),
    Case(
        name="a hint that means no disk",
        facts=all_of(with_disks("n0", *TWO, hint={"wwn": "0x9"})),
        told=[("error", ("n0",), "--overwrite-root-device-hints n0")],
    ),
]

FOR_UEFI = [an_image(properties={"hw_firmware_type": "uefi"})]

BOOT_MODE = [
    Case(name="unknown", facts=facts()),
    Case(name="alike", facts=all_of(booting("n0", "uefi", "uefi"), booting("n1", ""))),
    Case(
        name="mixed in a role",
        facts=all_of(booting("n0", "uefi"), booting("n1", "", "bios")),
        told=[("warning", ("Controller",), "uefi: n0; bios: n1")],
    ),
    Case(
        name="set to what it is not",
        facts=all_of(booting("n0", "uefi", "bios")),
        told=[("warning", ("n0",), "--boot-mode bios n0")],
    ),
    Case(
        name="not what the image is made for",
        facts=all_of(booting("n0", "bios"), images=FOR_UEFI),
        told=[("error", ("n0",), "image overcloud-full is for uefi")],
    ),
    Case(
        name="what the image is made for",
        facts=all_of(booting("n0", "uefi"), images=FOR_UEFI),
    ),
]


@pytest.mark.parametrize("case", PROFILES, ids=ids)
def test_profiles(case: Case) -> None:
    case.check(hardware.profiles_fit)


@pytest.mark.parametrize("case", NODES, ids=ids)
def test_nodes(case: Case) -> None:
    case.check(hardware.nodes_are_well)


@pytest.mark.parametrize("case", POWER, ids=ids)
def test_power(case: Case) -> None:
    case.check(hardware.power_is_known)


@pytest.mark.parametrize("case", ROOT_DISK, ids=ids)
def test_root_disks(case: Case) -> None:
    case.check(hardware.root_disks_are_certain)


def test_root_disks_tell_of_how_many_nodes_they_are() -> None:
    known = all_of(with_disks("n0", TWO[0]), a_node("n1"))

    assert hardware.inventories_known(known) == "1 of 2 nodes looked at"
    assert not hardware.inventories_known(facts(counts={"Controller": 0}))


@pytest.mark.parametrize("case", BOOT_MODE, ids=ids)
def test_boot_modes(case: Case) -> None:
    case.check(hardware.boot_modes_agree)
