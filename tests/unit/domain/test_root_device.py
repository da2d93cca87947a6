"""Which disk a machine is installed on, and how it is found again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tripleo_cli.domain.facts import Disk, HardwareFacts
from tripleo_cli.domain.root_device import RootDisk, choose, hint_for, local_gb


def a_disk(name: str, size_gib: float = 100, **others: Any) -> Disk:
    return Disk(name=f"/dev/{name}", size_gib=size_gib, **others)


HDD = a_disk("sda", 4000, is_rotational=True, wwn="w1")
SSD = a_disk("sdb", 480, is_rotational=False, wwn="w2")
NVME = a_disk("nvme0n1", 960, is_rotational=False, wwn="w3")
STICK = a_disk("sdc", 2, is_rotational=False)
DISKS = (HDD, SSD, NVME, STICK)


def chosen(text: str, *disks: Disk, minimum: float = 4, **facts: Any) -> str:
    wanted = RootDisk.parse(text, minimum)
    found = choose(HardwareFacts(disks=disks, **facts), wanted)
    return found if isinstance(found, str) else found.name


@pytest.mark.parametrize(
    ("text", "minimum", "expected"),
    [
        ("smallest", 4, "/dev/sdb"),
        ("smallest", 1, "/dev/sdc"),
        ("smallest", 481, "/dev/nvme0n1"),
        ("largest", 4, "/dev/sda"),
        ("fastest", 4, "/dev/nvme0n1"),
        ("fastest", 1000, "/dev/sda"),
        ("vda, sdb", 4, "/dev/sdb"),
        ("/dev/sda", 4, "/dev/sda"),
    ],
)
def test_a_disk_is_chosen(text: str, minimum: float, expected: str) -> None:
    assert chosen(text, *DISKS, minimum=minimum) == expected


@pytest.mark.parametrize(
    ("text", "disks", "expected"),
    [
        ("smallest", (), "its inventory has no disks"),
        ("largest", (STICK,), "its largest disk has 2.0 GiB, 4 GiB are needed"),
        ("smallest", (a_disk("sda"), STICK), "/dev/sda"),
        ("vda,vdb", (SSD,), "it has no disk vda or vdb that is large enough, but sdb"),
        ("smallest", (Disk(name="/dev/sda"),), "its largest disk has 0.0 GiB"),
    ],
)
def test_why_there_is_none(text: str, disks: tuple[Disk, ...], expected: str) -> None:
    assert chosen(text, *disks).startswith(expected)


def test_of_one_kind_the_measured_speed_counts_and_noise_does_not() -> None:
    disks = [a_disk(f"sd{x}", is_rotational=False) for x in "abc"]
    key = "disk.sd{}.standalone_read_1M_KBps"
    slow_first = dict(zip(map(key.format, "abc"), (200.0, 500.0, 510.0), strict=True))

    assert chosen("fastest", *disks, benchmarks=slow_first) == "/dev/sdb"
    assert chosen("fastest", *disks) == "/dev/sda"


def test_a_hint_leads_to_one_disk_only() -> None:
    twins = (
        a_disk("sda", wwn="same", serial="1"),
        a_disk("sdb", wwn="same", serial="2"),
        a_disk("sdc", by_path="pci-1"),
        a_disk("sdd"),
    )

    assert [dict(hint_for(disk, twins)) for disk in twins] == [
        {"serial": "1"},
        {"serial": "2"},
        {"by_path": "pci-1"},
        {"name": "/dev/sdd"},
    ]


@pytest.mark.parametrize(("size", "expected"), [(100.9, 99), (0.5, 0)])
def test_ironic_is_told_a_size_that_fits(size: float, expected: int) -> None:
    assert local_gb(a_disk("sda", size)) == expected


SIZES = st.floats(4, 1e5)
KINDS = st.sampled_from([True, False, None])


@given(st.lists(st.tuples(SIZES, KINDS), min_size=1, max_size=6))
def test_the_order_of_disks_does_not_matter(
    given_disks: list[tuple[float, bool | None]],
) -> None:
    disks = [
        a_disk(f"sd{number}", size, is_rotational=kind)
        for number, (size, kind) in enumerate(given_disks)
    ]
    for text in ("smallest", "largest", "fastest"):
        assert chosen(text, *disks) == chosen(text, *reversed(disks))
