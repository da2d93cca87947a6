"""A container and its node in Ironic follow each other."""

from __future__ import annotations

import asyncio

import pytest

from tests.fakes.containers import ROOTFS, a_record
from tests.unit.simulator.labs import Lab, fails_with
from tripleo_cli.errors import HostError, PreflightError, TripleoError
from tripleo_cli.simulator.containers import KILL_AFTER_S
from tripleo_cli.simulator.faults import Fault, FaultKind


def test_a_deployed_node_gets_a_disk_and_ironic_is_asked_for_power() -> None:
    lab = Lab()

    lab.deploy(boot=False)

    assert lab.runtime.disks["id-a"].hostname == "host-server-1"
    assert lab.ironic.power == [("a", True)]
    assert not lab.runtime.running


def test_power_on_boots_it_from_the_port_that_ironic_knows_first() -> None:
    lab = Lab()

    lab.deploy()

    assert lab.runtime.running == {"id-a"}
    assert lab.machines.is_on("id-a")
    assert lab.records.kept["id-a"].mac == "02:53:01:00:00:00"


def test_nothing_happens_while_a_machine_is_as_it_should_be() -> None:
    lab = Lab()
    lab.deploy()
    before = list(lab.ironic.power)

    lab.follow(times=3)

    assert (lab.runtime.boots, lab.ironic.power) == (1, before)


@pytest.mark.parametrize("state", ["enroll", "manageable", "available", "deploying"])
def test_a_node_that_is_not_deployed_has_no_container(state: str) -> None:
    lab = Lab()
    lab.enter(state)

    lab.follow()

    assert not lab.runtime.disks
    assert not lab.ironic.power


def test_power_off_lets_it_shut_down_before_it_is_killed() -> None:
    lab = Lab()
    lab.deploy()

    lab.reset("ForceOff")

    assert lab.runtime.stops == [("id-a", KILL_AFTER_S)]
    assert not lab.machines.is_on("id-a")
    assert "id-a" in lab.runtime.disks


def test_off_stays_off_and_on_again_keeps_the_disk() -> None:
    lab = Lab()
    lab.deploy()
    disk = lab.runtime.disks["id-a"]
    lab.reset("ForceOff")

    lab.follow(times=2)
    is_on_meanwhile = lab.machines.is_on("id-a")
    lab.reset("On")

    assert not is_on_meanwhile
    assert lab.machines.is_on("id-a")
    assert lab.runtime.disks["id-a"] is disk


def test_a_restart_stops_and_boots() -> None:
    lab = Lab()
    lab.deploy()

    lab.reset("ForceRestart")

    assert (lab.runtime.boots, len(lab.runtime.stops)) == (2, 1)
    assert lab.machines.is_on("id-a")


def test_a_machine_that_halts_by_itself_is_off_in_ironic() -> None:
    lab = Lab()
    lab.deploy()
    lab.runtime.running.clear()

    assert not lab.machines.is_on("id-a")
    lab.follow(times=2)

    assert lab.ironic.power == [("a", True), ("a", False)]
    assert lab.runtime.boots == 1


def test_a_machine_comes_back_when_its_host_was_down() -> None:
    lab = Lab()
    lab.deploy()
    lab.runtime.lose_power()

    lab.follow()

    assert lab.machines.is_on("id-a")
    assert lab.ironic.power == [("a", True)]


@pytest.mark.parametrize("state", ["deleting", "cleaning", "available", "error"])
def test_a_node_that_is_given_back_is_wiped(state: str) -> None:
    lab = Lab()
    lab.deploy()
    lab.enter(state, "server-1" if state == "deleting" else "")

    lab.follow()

    assert not lab.runtime.disks
    assert not lab.runtime.running
    assert not lab.records.kept


def test_a_wiped_machine_is_switched_off_once_ironic_has_time() -> None:
    lab = Lab()
    lab.deploy()
    lab.enter("cleaning")
    lab.follow(times=2)
    asked_while_cleaning = len(lab.ironic.power)
    lab.enter("available")

    lab.follow(times=2)

    assert asked_while_cleaning == 1
    assert lab.ironic.power == [("a", True), ("a", False)]


def test_another_server_on_the_node_gets_a_disk_of_its_own() -> None:
    lab = Lab()
    lab.deploy("server-1")

    lab.deploy("server-2", boot=False)
    lab.follow()
    lab.reset("On")

    assert lab.runtime.disks["id-a"].instance_id == "server-2"


def test_a_killed_fleet_finds_its_machines_again() -> None:
    lab = Lab()
    lab.deploy()

    lab.start()
    lab.follow(times=2)

    assert lab.machines.is_on("id-a")
    assert lab.runtime.boots == 1
    assert lab.ironic.power == [("a", True)]


def test_a_fleet_killed_before_it_noted_a_boot_sees_the_machine_on() -> None:
    lab = Lab()
    lab.deploy(boot=False)
    lab.runtime.boot(lab.records.kept["id-a"], plugged=True)

    lab.start()

    assert lab.machines.is_on("id-a")


def test_power_is_asked_for_again_until_the_machine_has_booted() -> None:
    lab = Lab()
    lab.deploy(boot=False)
    lab.follow()
    asked_at_once = len(lab.ironic.power)
    lab.now += 60

    lab.follow()

    assert (asked_at_once, len(lab.ironic.power)) == (1, 2)


def test_a_busy_ironic_is_asked_again_soon() -> None:
    lab = Lab()
    lab.ironic.locked.add("id-a")
    said = fails_with(TripleoError, lab.deploy)
    lab.ironic.locked.clear()
    lab.now += 2

    lab.follow()

    assert "locked" in said
    assert lab.ironic.power == [("a", True)]
    assert lab.runtime.unpacked == [ROOTFS.id]


def test_an_image_that_does_not_boot_is_told_and_tried_again_later() -> None:
    lab = Lab()
    lab.runtime.broken_images.add(ROOTFS.id)
    said = fails_with(HostError, lab.deploy)
    lab.follow()
    lab.runtime.broken_images.clear()
    lab.now += 60

    lab.follow()

    assert "no systemd" in said
    assert "id-a" in lab.runtime.disks


def test_a_host_that_cannot_run_containers_says_so() -> None:
    lab = Lab()
    lab.runtime.missing = "overlayfs cannot be mounted"

    assert "overlayfs" in fails_with(PreflightError, lab.deploy)


def test_a_machine_without_a_disk_can_be_switched_all_the_same() -> None:
    lab = Lab()
    lab.reset("On")
    was_on = lab.machines.is_on("id-a")

    lab.reset("ForceOff")

    assert (was_on, lab.machines.is_on("id-a")) == (True, False)
    assert not lab.runtime.boots


def test_a_boot_that_fails_says_why_and_leaves_the_power_off() -> None:
    lab = Lab()
    lab.deploy(boot=False)
    lab.runtime.disks.clear()

    said = fails_with(HostError, lambda: lab.reset("On"))

    assert "no disk" in said
    assert not lab.machines.is_on("id-a")


def test_why_a_machine_did_not_boot_is_kept_until_it_does() -> None:
    lab = Lab()
    lab.deploy(boot=False)
    disk = lab.runtime.disks.pop("id-a")
    fails_with(HostError, lambda: lab.reset("On"))
    lab.reset("ForceOff")
    lab.start()
    lab.now += 60
    lab.follow()
    told = lab.records.kept["id-a"].trouble

    lab.runtime.disks["id-a"] = disk
    lab.reset("On")

    assert told == "a has no disk to boot from"
    assert lab.records.kept["id-a"].trouble == ""


def test_why_a_machine_cannot_be_wiped_is_kept() -> None:
    lab = Lab()
    lab.deploy()
    lab.runtime.stuck.add("id-a")
    lab.enter("available")

    fails_with(HostError, lab.follow)

    assert "survive being killed" in lab.records.kept["id-a"].trouble


def test_asking_for_power_again_is_not_logged_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    lab = Lab()
    lab.deploy(boot=False)
    for _ in range(3):
        lab.now += 60
        lab.follow()

    assert len(lab.ironic.power) == 4
    assert caplog.text.count("asked for power") == 1


def test_why_a_machine_cannot_be_deployed_is_told_by_its_controller() -> None:
    lab = Lab()
    lab.runtime.broken_images.add(ROOTFS.id)
    fails_with(HostError, lab.deploy)

    said = fails_with(HostError, lambda: lab.reset("On"))

    assert lab.ironic.power == [("a", True)]
    assert said == "SIMULATED: image root has no systemd in it"


def test_a_machine_that_cannot_be_deployed_can_be_switched_off() -> None:
    lab = Lab()
    lab.reset("On")
    lab.runtime.broken_images.add(ROOTFS.id)
    fails_with(HostError, lab.deploy)

    lab.reset("ForceOff")

    assert not lab.machines.is_on("id-a")


def test_trouble_ends_with_the_server_that_had_it() -> None:
    lab = Lab()
    lab.runtime.broken_images.add(ROOTFS.id)
    fails_with(HostError, lab.deploy)
    lab.enter("available")

    lab.follow()
    lab.reset("On")

    assert lab.machines.is_on("id-a")


def test_the_cable_is_pulled_out_and_put_in_while_the_machine_runs() -> None:
    lab = Lab()
    lab.deploy()
    lab.enter("active", "server-1", fault=Fault(FaultKind.UNPLUGGED))
    lab.follow()
    pulled = set(lab.runtime.unplugged)
    lab.enter("active", "server-1", fault=None)

    lab.follow()

    assert pulled == {"id-a"}
    assert not lab.runtime.unplugged
    assert lab.machines.is_on("id-a")


def test_a_machine_whose_node_was_deleted_is_cleared_away() -> None:
    lab = Lab()
    lab.deploy()
    lab.ironic.known.clear()

    asyncio.run(lab.machines.gone(()))

    assert not lab.runtime.disks
    assert not lab.records.kept


def test_a_node_that_is_only_not_listed_keeps_its_machine() -> None:
    lab = Lab()
    lab.deploy()

    asyncio.run(lab.machines.gone(()))

    assert lab.machines.is_on("id-a")
    assert "id-a" in lab.runtime.disks


def test_a_machine_that_cannot_be_cleared_away_stops_no_fleet() -> None:
    lab = Lab()
    lab.deploy()
    lab.ironic.known.clear()
    lab.runtime.stuck.add("id-a")
    asyncio.run(lab.machines.gone(()))
    was_kept = "id-a" in lab.records.kept
    lab.runtime.stuck.clear()

    asyncio.run(lab.machines.gone(()))

    assert was_kept
    assert not lab.records.kept


@pytest.mark.parametrize("owner", ["", "/run/another.pid"])
def test_machines_of_other_fleets_are_left_alone(owner: str) -> None:
    lab = Lab()
    lab.records.save(a_record("id-z", owner=owner))
    lab.start()

    asyncio.run(lab.machines.gone(()))

    assert "id-z" in lab.records.kept
