"""What workflows rely on of setting machines up."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.conftest import Stage
from tests.contract.test_baremetal import NOBODY, enroll, go, reach, show
from tripleo_cli.domain.cleaning import RESET_BIOS, CleanStep, apply_bios
from tripleo_cli.domain.node import NodeId, ProvisionState, Verb
from tripleo_cli.errors import ConflictError, NotFoundError, ServiceError

S = ProvisionState
RAID = {"logical_disks": [{"size_gb": 100, "raid_level": "1", "is_root_volume": True}]}
HARMLESS = (CleanStep(interface="vendor", step="log_passthrough"),)


@pytest.fixture
def manageable(stage: Stage) -> NodeId:
    node = enroll(stage, bios_interface="fake")
    go(stage, node, Verb.MANAGE, S.MANAGEABLE)
    return node


def clean(stage: Stage, node: NodeId, *steps: CleanStep) -> None:
    stage.cloud.setup.clean(node, steps)
    reach(stage, node, {S.MANAGEABLE, S.CLEAN_FAILED})


def test_a_cleaned_node_is_manageable_again(stage: Stage, manageable: NodeId) -> None:
    clean(stage, manageable, *HARMLESS)

    assert show(stage, manageable).provision is S.MANAGEABLE
    assert not stage.cloud.baremetal.states()[manageable].last_error


def test_an_unknown_step_fails_the_cleaning(stage: Stage, manageable: NodeId) -> None:
    clean(stage, manageable, CleanStep(interface="bios", step="fly"))

    state = stage.cloud.baremetal.states()[manageable]
    assert state.provision is S.CLEAN_FAILED
    assert "does not support this clean step" in str(state.last_error)
    assert not state.maintenance


def test_only_manageable_nodes_are_cleaned(stage: Stage) -> None:
    node = enroll(stage)

    with pytest.raises(ConflictError, match="enroll"):
        stage.cloud.setup.clean(node, HARMLESS)


def test_bios_settings_are_applied_and_reset(stage: Stage, manageable: NodeId) -> None:
    setup = stage.cloud.setup
    assert setup.bios_settings(manageable) == {}

    clean(stage, manageable, *apply_bios({"ProcVirtualization": "Enabled", "n": "1"}))
    assert setup.bios_settings(manageable) == {
        "ProcVirtualization": "Enabled",
        "n": "1",
    }

    clean(stage, manageable, *RESET_BIOS)
    assert setup.bios_settings(manageable) == {}


def test_the_wanted_volumes_are_kept(stage: Stage, manageable: NodeId) -> None:
    setup = stage.cloud.setup
    assert setup.target_raid(manageable) == {}

    setup.set_target_raid(manageable, RAID)
    assert setup.target_raid(manageable) == RAID

    setup.set_target_raid(manageable, {})
    assert setup.target_raid(manageable) == {}


def test_volumes_that_cannot_be_are_refused(stage: Stage, manageable: NodeId) -> None:
    with pytest.raises(ServiceError, match="logical_disks"):
        stage.cloud.setup.set_target_raid(manageable, {"disks": []})


def test_maintenance_is_set_changed_and_taken_back(stage: Stage) -> None:
    node = enroll(stage)
    setup = stage.cloud.setup

    for reason in ("fan broken", "disk broken"):
        setup.set_maintenance(node, reason)
        state = stage.cloud.baremetal.states()[node]
        assert (state.maintenance, state.maintenance_reason) == (True, reason)
    for _ in range(2):
        setup.unset_maintenance(node)
        state = stage.cloud.baremetal.states()[node]
        assert (state.maintenance, state.maintenance_reason) == (False, None)


def test_a_node_under_maintenance_is_not_cleaned(
    stage: Stage, manageable: NodeId
) -> None:
    stage.cloud.setup.set_maintenance(manageable, "fan broken")

    with pytest.raises(ServiceError, match="maintenance"):
        stage.cloud.setup.clean(manageable, HARMLESS)


@pytest.mark.parametrize("call", ["clean", "raid", "target", "bios", "set", "unset"])
def test_nobody_is_not_found(stage: Stage, call: str) -> None:
    setup = stage.cloud.setup
    calls: dict[str, Any] = {
        "clean": lambda: setup.clean(NOBODY, HARMLESS),
        "raid": lambda: setup.set_target_raid(NOBODY, RAID),
        "target": lambda: setup.target_raid(NOBODY),
        "bios": lambda: setup.bios_settings(NOBODY),
        "set": lambda: setup.set_maintenance(NOBODY, "x"),
        "unset": lambda: setup.unset_maintenance(NOBODY),
    }

    with pytest.raises(NotFoundError, match=NOBODY):
        calls[call]()


def test_a_driver_brings_its_own_interfaces(stage: Stage) -> None:
    node = enroll(stage, bios_interface="fake", vendor_interface="fake")

    stage.cloud.baremetal.update(
        node,
        {"/driver": "redfish", "/driver_info/redfish_address": "http://127.0.0.1:1"},
    )

    found = show(stage, node)
    assert found.driver == "redfish"
    assert found.interfaces.get("bios_interface") != "fake"


def test_a_failed_node_is_rewired_only_once_it_is_manageable(
    stage: Stage, manageable: NodeId
) -> None:
    baremetal = stage.cloud.baremetal
    clean(stage, manageable, CleanStep(interface="bios", step="fly"))

    with pytest.raises(ServiceError, match="raid_interface"):
        baremetal.update(manageable, {"/raid_interface": "agent"})
    go(stage, manageable, Verb.MANAGE, S.MANAGEABLE)
    baremetal.update(manageable, {"/raid_interface": "agent"})

    assert show(stage, manageable).interfaces["raid_interface"] == "agent"
