"""Which machines are alike."""

from __future__ import annotations

from dataclasses import replace

from tests.builders import a_node
from tripleo_cli.domain.facts import Disk, HardwareFacts, Nic
from tripleo_cli.domain.node import EXCLUDED_KEY, EXCLUDED_TRAIT, exclusion
from tripleo_cli.domain.outliers.groups import group_of, medians

SSD = Disk(name="/dev/sda", size_gib=447.13, is_rotational=False, model="S")
HDD = Disk(name="/dev/sdb", size_gib=3725.3, is_rotational=True, model="H")
FACTS = HardwareFacts(
    cpus=32,
    cpu_model="C",
    memory_mib=65536,
    disks=(SSD, HDD),
    nics=(Nic(name="eno1"), Nic(name="eno2")),
    manufacturer="Maker",
    product="Box 1",
    serial="1",
)


def test_a_group_is_told_in_words() -> None:
    text = "Box 1, 32 CPUs, 64 GiB, 1 x 3.6 TiB HDD, 1 x 447 GiB SSD, 2 NICs"

    assert str(group_of(FACTS)) == text
    assert str(group_of(HardwareFacts())) == "unknown product, 0 NICs"


def test_the_order_and_the_names_of_parts_do_not_matter() -> None:
    other = replace(
        FACTS,
        serial="2",
        disks=(replace(HDD, name="/dev/sda"), replace(SSD, name="/dev/sdb")),
        firmware={"bios_version": "2"},
    )

    assert group_of(other) == group_of(FACTS)


def test_every_part_tells_groups_apart() -> None:
    others = [
        replace(FACTS, manufacturer="Other"),
        replace(FACTS, product="Box 2"),
        replace(FACTS, cpu_model="D"),
        replace(FACTS, cpus=64),
        replace(FACTS, memory_mib=32768),
        replace(FACTS, disks=(SSD,)),
        replace(FACTS, nics=FACTS.nics[:1]),
    ]

    assert len({group_of(facts) for facts in [FACTS, *others]}) == len(others) + 1


def test_the_kernels_share_of_the_memory_makes_no_other_group() -> None:
    assert group_of(replace(FACTS, memory_mib=65536 - 180)) == group_of(FACTS)


def test_medians_are_of_all_that_is_alike_in_what_is_measured() -> None:
    name = "cpu.logical.loops_per_sec"
    disk = "disk.sda.standalone_read_1M_KBps"
    alike = [replace(FACTS, benchmarks={name: v, disk: v}) for v in (1.0, 2.0)]
    fewer_disks = replace(FACTS, disks=(SSD,), benchmarks={name: 9.0, disk: 7.0})
    facts = [*alike, fewer_disks]

    found = medians([a_node(str(i), facts=each) for i, each in enumerate(facts)])

    assert found[group_of(FACTS)] == {name: 2.0, disk: 1.5}
    assert found[group_of(fewer_disks)] == {name: 2.0, disk: 7.0}
    assert medians([a_node()]) == {}


def test_a_trait_excludes_a_node_and_its_reason_is_given() -> None:
    traits = frozenset({EXCLUDED_TRAIT})

    assert exclusion(a_node(extra={EXCLUDED_KEY: "old"})) is None
    assert exclusion(a_node(traits=traits, extra={EXCLUDED_KEY: "slow"})) == "slow"
    assert EXCLUDED_TRAIT in (exclusion(a_node(traits=traits)) or "")
