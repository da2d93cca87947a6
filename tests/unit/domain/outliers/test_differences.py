"""Parts, firmware, links and cables that are not as with like machines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.builders import a_node
from tripleo_cli.domain.facts import Disk, HardwareFacts, Nic, SwitchPort
from tripleo_cli.domain.outliers.differences import differences
from tripleo_cli.domain.outliers.findings import Finding, Verdict


def a_nic(number: int, **changes: Any) -> Nic:
    switch = SwitchPort(
        chassis=f"c{number}", port="p", system_name=f"tor-{number}", vlans=(100,)
    )
    nic = Nic(name=f"eno{number}", has_carrier=True, speed_mbps=25000, switch=switch)
    return replace(nic, **changes)


def a_disk(number: int) -> Disk:
    return Disk(name=f"/dev/sd{number}", size_gib=447, is_rotational=False)


USUAL = HardwareFacts(
    cpus=64,
    cpu_model="C",
    memory_mib=524288,
    product="Box",
    disks=(a_disk(1), a_disk(2)),
    nics=(a_nic(1), a_nic(2)),
    firmware={"bios_version": "2.4", "bios_date": "today", "sda_revision": "7"},
    boot_mode="uefi",
)


def switched(number: int, **changes: Any) -> Nic:
    nic = a_nic(number)
    assert nic.switch
    return replace(nic, switch=replace(nic.switch, **changes))


def found(*odd: HardwareFacts, usual: int = 3) -> list[Finding]:
    """Compare machines with three usual ones."""
    facts = [USUAL] * usual + list(odd)
    return list(differences(a_node(f"n{i}", facts=f) for i, f in enumerate(facts)))


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "hyper-threading": ({"cpus": 32}, "number of CPUs is 32"),
    "memory": ({"memory_mib": 458752}, "memory is 448 GiB, 3 of 4 like machines"),
    "disk": ({"disks": (a_disk(1),)}, "number of disks is 1"),
    "card": ({"nics": (a_nic(1),)}, "number of network cards is 1"),
    "bios": (
        {"firmware": {**USUAL.firmware, "bios_version": "2.3"}},
        "firmware of BIOS is 2.3, today",
    ),
    "disk firmware": (
        {"firmware": {**USUAL.firmware, "sda_revision": "6"}},
        "firmware of sda_revision is 6",
    ),
    "boot mode": ({"boot_mode": "bios"}, "boot mode is bios"),
    "speed": (
        {"nics": (a_nic(1, speed_mbps=10000), a_nic(2, speed_mbps=10000))},
        "speed of eno1, eno2 is 10000 Mbit/s",
    ),
    "link": ({"nics": (a_nic(1), a_nic(2, has_carrier=False))}, "link of eno2 is down"),
    "cable": ({"nics": (a_nic(1), a_nic(2, switch=None))}, "LLDP neighbour of eno2"),
    "vlan": ({"nics": (a_nic(1), switched(2, vlans=(1,)))}, "VLANs of eno2 is 1"),
    "same switch": (
        {"nics": (a_nic(1), switched(2, system_name="tor-1"))},
        "cards by switch is eno1+eno2, 3 of 4 like machines have eno1 / eno2",
    ),
}


@pytest.mark.parametrize(("changes", "words"), CASES.values(), ids=CASES)
def test_what_differs_is_told_of_the_one_that_differs(
    changes: dict[str, Any], words: str
) -> None:
    findings = found(replace(USUAL, **changes))

    assert {(one.node.name, one.verdict) for one in findings} == {
        ("n3", Verdict.DIFFERS)
    }
    assert any(one.reason.startswith(words) for one in findings)


@pytest.mark.parametrize(
    "changes",
    [
        {"cpus": 128},
        {"memory_mib": 1048576},
        {"disks": (a_disk(1), a_disk(2), a_disk(3))},
        {"nics": (a_nic(1), a_nic(2), a_nic(3))},
    ],
)
def test_more_than_usual_is_nothing_missing(changes: dict[str, Any]) -> None:
    assert found(replace(USUAL, **changes)) == []


def test_a_remedy_is_given_where_a_part_may_be_missing() -> None:
    [one] = found(replace(USUAL, memory_mib=458752))

    assert one.reason.endswith(": a module may be missing or broken")
    assert (one.value, one.usual) == ("448 GiB", "512 GiB")


def test_where_machines_do_not_agree_nobody_is_odd() -> None:
    old = replace(USUAL, boot_mode="bios")

    assert found(old, old, usual=3) == []
    assert len(found(old, usual=2)) == 1
    assert found(old, usual=1) == []


def test_facts_that_are_not_known_are_not_odd() -> None:
    unknown = replace(USUAL, boot_mode="", firmware={}, cpus=64)

    assert found(unknown) == []


def test_without_lldp_no_cable_is_missing() -> None:
    silent = (a_nic(1, switch=None), a_nic(2, switch=None))

    assert found(replace(USUAL, nics=silent)) == []


@pytest.mark.parametrize("order", [list, reversed])
def test_the_order_of_nodes_does_not_matter(order: Callable[..., Any]) -> None:
    facts = [USUAL, USUAL, replace(USUAL, cpus=32), USUAL]
    nodes = [a_node(f"n{i}", facts=each) for i, each in enumerate(facts)]

    assert [one.node.name for one in differences(order(nodes))] == ["n2"]


def test_a_kind_of_result_that_like_machines_have_and_one_has_not_is_missed() -> None:
    cpu, disk = "cpu.logical.loops_per_sec", "disk.sd1.standalone_read_1M_KBps"
    measured = replace(USUAL, benchmarks={cpu: 7.0, disk: 9.0})
    broken = replace(USUAL, benchmarks={cpu: 7.0})
    never = replace(USUAL, benchmarks={})
    facts = [measured] * 3 + [broken, never]

    findings = differences(a_node(f"n{i}", facts=f) for i, f in enumerate(facts))

    (finding,) = findings
    assert finding.node.name == "n3"
    assert finding.reason.startswith(
        "number of results of disk-sequential is 0, 3 of 4 like machines have 1: "
    )
