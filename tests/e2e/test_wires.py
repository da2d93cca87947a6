"""The network of containers, on this host, as root."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.fakes.containers import a_record
from tripleo_cli.errors import HostError
from tripleo_cli.simulator import wires
from tripleo_cli.simulator.container import Record

pytestmark = pytest.mark.e2e
LOST = "10570000-0000-4000-8000-000000000001"
NEW = "0e300000-0000-4000-8000-000000000002"


def a_machine(node: str) -> Record:
    record = a_record(node)
    return replace(record, fabric=replace(record.fabric, subnet_id=node))


def pull_out(record: Record) -> None:
    wires.unplug(record)
    wires.drop_bridge(record.fabric.bridge)


@pytest.fixture
def lost() -> Iterator[Record]:
    """Give a machine of which only the network is left."""
    record = a_machine(LOST)
    wires.plug_in(record, set())
    yield record
    pull_out(record)


@pytest.fixture
def new() -> Iterator[Record]:
    record = a_machine(NEW)
    yield record
    pull_out(record)


def test_what_a_killed_fleet_left_is_removed(lost: Record, new: Record) -> None:
    wires.plug_in(new, {new.fabric.bridge})

    devices = [lost.fabric.bridge, lost.port, new.fabric.bridge, new.port]
    assert [wires.exists(device) for device in devices] == [False, False, True, True]


def test_the_bridge_of_a_known_machine_stays(lost: Record, new: Record) -> None:
    with pytest.raises(HostError, match=f"routed by {lost.fabric.bridge} already"):
        wires.plug_in(new, {new.fabric.bridge, lost.fabric.bridge})

    assert wires.exists(lost.fabric.bridge)


def test_what_something_runs_behind_stays(lost: Record, new: Record) -> None:
    command = ["ip", "netns", "exec", lost.netns, "sh", "-c", "echo; exec sleep 60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as tenant:
        assert tenant.stdout
        tenant.stdout.readline()
        try:
            with pytest.raises(HostError, match="already"):
                wires.plug_in(new, {new.fabric.bridge})
        finally:
            tenant.kill()

    assert wires.exists(lost.port)
