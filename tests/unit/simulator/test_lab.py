"""What an operator sees of container machines, and clears away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.fakes.containers import FakeRecords, FakeRuntime, a_record, a_tenant
from tripleo_cli.simulator import lab


def machines(*names: str, owner: str = "/run/fleet.pid") -> FakeRecords:
    return FakeRecords({name: a_record(name, name=name, owner=owner) for name in names})


def test_every_machine_is_listed_with_its_address_and_state() -> None:
    records, runtime = machines("a"), FakeRuntime()
    record = records.kept["a"]
    runtime.make(record, a_tenant())
    runtime.boot(record, plugged=True)
    records.save(a_record("bb", name="bb"))

    header, first, second = lab.table(records, runtime).splitlines()

    assert header.split() == ["NODE", "HOSTNAME", "ADDRESS", "CONTAINER", "FLEET"]
    assert first.split()[2:] == ["203.0.113.10", "running", "/run/fleet.pid"]
    assert second.split()[3] == "off"


def test_a_machine_that_should_run_and_does_not_is_halted() -> None:
    records = FakeRecords({"a": a_record("a", is_on=True)})

    assert "halted" in lab.table(records, FakeRuntime())


def test_why_a_machine_does_not_boot_is_in_its_row() -> None:
    records = machines("a", "b")
    why = "192.0.2.0/24 is\nrouted by eth1"
    records.save(replace(records.kept["a"], trouble=why))

    header, first, second = lab.table(records, FakeRuntime()).splitlines()

    assert header.endswith("FLEET           LAST FAILURE")
    assert first.endswith("/run/fleet.pid  192.0.2.0/24 is routed by eth1")
    assert second.endswith("/run/fleet.pid")


def test_cleaning_removes_the_machines_of_one_fleet() -> None:
    records, runtime = machines("a", "b"), FakeRuntime()
    records.save(a_record("c", name="c", owner="/run/other.pid"))
    for record in records.kept.values():
        runtime.make(record, a_tenant())

    removed = lab.clean(records, runtime, "/run/fleet.pid")

    assert removed == ["a", "b"]
    assert list(records.kept) == ["c"]
    assert list(runtime.disks) == ["c"]


def test_a_fleet_without_a_pid_file_cleans_nothing() -> None:
    records = machines("a", owner="")

    assert lab.clean(records, FakeRuntime(), lab.owner_of(None)) == []
    assert list(records.kept) == ["a"]


def test_a_fleet_is_known_by_its_pid_file_from_wherever_it_is_named(
    tmp_path: Path,
) -> None:
    (tmp_path / "x").mkdir()

    assert lab.owner_of(tmp_path / "x" / ".." / "f.pid") == str(tmp_path / "f.pid")
