"""Disks that a kill, or a lack of room, left half made."""

from __future__ import annotations

import asyncio

from tests.unit.simulator.labs import OWNER, Lab, fails_with
from tripleo_cli.errors import HostError
from tripleo_cli.simulator.lab import clean


def a_lab_with_a_half_made_disk() -> Lab:
    lab = Lab()
    lab.runtime.full = True
    assert "No space left" in fails_with(HostError, lab.deploy)
    lab.runtime.full = False
    return lab


def test_a_half_made_disk_is_wiped_when_its_server_is_deleted() -> None:
    lab = a_lab_with_a_half_made_disk()
    lab.enter("available")
    lab.start()

    lab.follow()

    assert not lab.runtime.disks
    assert not lab.records.kept


def test_a_half_made_disk_is_wiped_when_its_node_is_deleted() -> None:
    lab = a_lab_with_a_half_made_disk()
    lab.ironic.known.clear()
    lab.start()

    asyncio.run(lab.machines.gone(()))

    assert not lab.runtime.disks


def test_a_half_made_disk_is_removed_with_its_fleet() -> None:
    lab = a_lab_with_a_half_made_disk()

    assert clean(lab.records, lab.runtime, OWNER) == ["a"]
    assert not lab.runtime.disks


def test_a_half_made_disk_is_made_again() -> None:
    lab = a_lab_with_a_half_made_disk()
    lab.start()

    lab.follow(times=2)
    lab.reset("On")

    assert lab.machines.is_on("id-a")
    assert lab.runtime.boots == 1


def test_room_is_made_at_once_where_a_disk_did_not_fit() -> None:
    lab = a_lab_with_a_half_made_disk()

    lab.follow(times=2)

    assert not lab.runtime.disks
    assert "No space left" in fails_with(HostError, lambda: lab.reset("On"))


def test_nothing_boots_from_a_half_made_disk() -> None:
    lab = a_lab_with_a_half_made_disk()
    lab.start()

    lab.reset("On")

    assert lab.machines.is_on("id-a")
    assert not lab.runtime.boots
