"""What the lab relies on of a container runtime.

The live one (marker e2e) runs as root and boots what TRIPLEO_TEST_ROOTFS names.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.containers import (
    ROOTFS,
    FakeRecords,
    FakeRuntime,
    a_record,
    a_tenant,
)
from tripleo_cli.errors import HostError
from tripleo_cli.simulator.container import (
    Condition,
    Image,
    Record,
    Records,
    Runtime,
)
from tripleo_cli.simulator.nspawn import Nspawn
from tripleo_cli.simulator.records import FileRecords
from tripleo_cli.simulator.rootfs import CACHE, RootfsCache

NODE = "c0117ac7-0000-4000-8000-000000000001"
INSTANCE = "c0117ac7-0000-4000-8000-000000000002"


@dataclass(frozen=True)
class Machine:
    """A prepared machine and what runs it."""

    runtime: Runtime
    records: Records
    record: Record
    image: Image
    die: Callable[[], None]
    """Has the machine halt by itself."""

    @property
    def condition(self) -> Condition:
        return self.runtime.condition(self.record)


def a_fake() -> tuple[Runtime, Image, Callable[[], None]]:
    fake = FakeRuntime()
    return fake, ROOTFS, fake.running.clear


def the_live_one(folder: Path) -> tuple[Runtime, Image, Callable[[], None]]:
    path = os.environ.get("TRIPLEO_TEST_ROOTFS", "")
    if not path:
        pytest.fail("TRIPLEO_TEST_ROOTFS must name a .tar or .tar.zst that boots")
    with Path(path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").hexdigest()
    image = Image(
        id="x", name="x", disk_format="raw", algorithm="sha512", digest=digest
    )

    def fetch(_: Image, to: str) -> None:
        shutil.copyfile(path, to)

    def die() -> None:
        pid = int((folder / "machines" / NODE / "pid").read_text().split()[0])
        os.kill(pid, 9)

    return Nspawn(FileRecords(folder), RootfsCache(CACHE, fetch)), image, die


@pytest.fixture(params=["fake", pytest.param("live", marks=pytest.mark.e2e)])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Machine]:
    is_fake = request.param == "fake"
    runtime, image, die = a_fake() if is_fake else the_live_one(tmp_path)
    records: Records = FakeRecords() if is_fake else FileRecords(tmp_path)
    runtime.check()
    record = a_record(NODE, instance_id=INSTANCE, rootfs=runtime.unpack(image))
    runtime.make(record, a_tenant(INSTANCE))
    yield Machine(runtime, records, record, image, die)
    runtime.wipe(record)


def test_a_machine_that_was_made_is_off(machine: Machine) -> None:
    assert machine.condition is Condition.HALTED


def test_it_boots_stops_and_boots_again(machine: Machine) -> None:
    machine.runtime.boot(machine.record, plugged=True)
    first = machine.condition
    machine.runtime.stop(machine.record, within_s=5)
    between = machine.condition
    machine.runtime.boot(machine.record, plugged=True)

    assert (first, between) == (Condition.RUNNING, Condition.HALTED)
    assert machine.condition is Condition.RUNNING


def test_what_runs_is_not_booted_twice(machine: Machine) -> None:
    machine.runtime.boot(machine.record, plugged=True)

    machine.runtime.boot(machine.record, plugged=True)

    assert machine.condition is Condition.RUNNING


def test_stopping_what_is_off_does_nothing(machine: Machine) -> None:
    machine.runtime.stop(machine.record, within_s=0)

    assert machine.condition is Condition.HALTED


def test_a_machine_that_dies_is_seen_to_be_off(machine: Machine) -> None:
    machine.runtime.boot(machine.record, plugged=True)

    machine.die()
    # A killed process is there until it is buried; the fake's is not.
    end = time.monotonic() + 10
    while machine.condition is Condition.RUNNING and time.monotonic() < end:
        time.sleep(0.1)

    assert machine.condition is Condition.HALTED


def test_the_cable_can_be_pulled_at_any_time(machine: Machine) -> None:
    machine.runtime.plug(machine.record, plugged=False)
    machine.runtime.boot(machine.record, plugged=False)

    machine.runtime.plug(machine.record, plugged=True)

    assert machine.condition is Condition.RUNNING


def test_wiping_stops_what_runs_and_can_be_repeated(machine: Machine) -> None:
    machine.runtime.boot(machine.record, plugged=True)

    machine.runtime.wipe(machine.record)
    machine.runtime.wipe(machine.record)

    assert machine.condition is Condition.HALTED


def test_a_record_outlives_the_making_and_wiping_of_its_machine(
    machine: Machine,
) -> None:
    kept = {NODE: machine.record}
    machine.records.save(machine.record)

    machine.runtime.make(machine.record, a_tenant(INSTANCE))
    after_making = machine.records.all()
    machine.runtime.wipe(machine.record)

    assert after_making == kept
    assert machine.records.all() == kept


def test_a_wiped_machine_does_not_boot(machine: Machine) -> None:
    machine.runtime.wipe(machine.record)

    with pytest.raises(HostError):
        machine.runtime.boot(machine.record, plugged=True)


def test_a_machine_is_made_anew_over_what_a_killed_fleet_left(machine: Machine) -> None:
    machine.runtime.make(machine.record, a_tenant(INSTANCE))

    machine.runtime.boot(machine.record, plugged=True)

    assert machine.condition is Condition.RUNNING


def test_machines_share_an_unpacked_image(machine: Machine) -> None:
    assert machine.runtime.unpack(machine.image) == machine.record.rootfs


def test_a_broken_image_is_refused(machine: Machine) -> None:
    with pytest.raises(HostError):
        machine.runtime.unpack(
            Image(
                id="y",
                name="y",
                disk_format="qcow2",
                algorithm="sha512",
                digest="cd" * 64,
            )
        )
