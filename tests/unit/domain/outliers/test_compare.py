"""Slow and fast machines among like ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from tests.builders import a_node
from tripleo_cli.domain.facts import Disk, HardwareFacts
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.outliers.compare import Comparisons, compare
from tripleo_cli.domain.outliers.findings import Verdict
from tripleo_cli.domain.outliers.metrics import Kind, kind_of
from tripleo_cli.domain.outliers.readings import readings_of
from tripleo_cli.domain.outliers.survey import survey, worst
from tripleo_cli.domain.outliers.tolerance import Tolerances

LOOPS = "cpu.logical.loops_per_sec"
ONE_LOOPS = "cpu.logical_0.loops_per_sec"
SSD = Disk(name="/dev/sda", size_gib=447, is_rotational=False, model="M")
BOX = HardwareFacts(
    cpus=8, cpu_model="C", memory_mib=16384, product="Box", disks=(SSD,)
)


def measured(
    values: Sequence[float], metric: str = LOOPS, box: HardwareFacts = BOX
) -> list[Node]:
    return [
        a_node(f"n{index}", facts=replace(box, benchmarks={metric: value}))
        for index, value in enumerate(values)
    ]


def verdicts(made: Comparisons) -> Mapping[str, Verdict]:
    return {dot.node.name: dot.verdict for one in made.made for dot in one.odd}


def test_slow_is_bad_and_fast_is_only_odd() -> None:
    made = compare(measured([100, 100, 100, 80, 120]), Tolerances())

    assert verdicts(made) == {"n3": Verdict.SLOW, "n4": Verdict.FAST}


def test_of_some_metrics_less_is_better() -> None:
    metric = "network.eth0.latency"
    made = compare(measured([10, 10, 10, 8, 12], metric), Tolerances())

    assert made.made[0].lower_is_better
    assert verdicts(made) == {"n3": Verdict.FAST, "n4": Verdict.SLOW}


@pytest.mark.parametrize("count", [1, 2])
def test_of_two_machines_nobody_can_tell_which_is_odd(count: int) -> None:
    made = compare(measured([100, 10][:count]), Tolerances())

    assert made.made == ()
    assert [node.name for node in made.alone] == ["n0", "n1"][:count]
    [single] = made.singles
    assert (single.group, single.metric) == ("Box, 8 CPUs", LOOPS)
    assert [dot.reading.value for dot in single.dots] == [100, 10][:count]


def test_what_is_compared_with_others_elsewhere_is_not_single() -> None:
    """One CPU's result counts in any machine, where too few are wholly alike."""
    boxes = [replace(BOX, memory_mib=count * 16384) for count in (1, 2, 3)]
    nodes = [
        a_node(f"n{i}", facts=replace(box, benchmarks={ONE_LOOPS: 7}))
        for i, box in enumerate(boxes)
    ]

    assert compare(nodes, Tolerances()).singles == ()


def test_three_machines_are_enough() -> None:
    assert verdicts(compare(measured([100, 101, 85]), Tolerances())) == {
        "n2": Verdict.SLOW
    }


def test_tolerances_by_kind_and_by_metric() -> None:
    nodes = measured([100, 100, 100, 88])

    wider = Tolerances(by_kind=dict.fromkeys(Kind, 0.15))
    named = Tolerances(by_pattern={"cpu.*": 0.15})
    last = Tolerances(by_pattern={"cpu.*": 0.15, "*loops*": 0.05})

    assert verdicts(compare(nodes, wider)) == {}
    assert verdicts(compare(nodes, named)) == {}
    assert verdicts(compare(nodes, last)) == {"n3": Verdict.SLOW}


def test_other_parts_do_not_matter_to_a_cpu() -> None:
    nodes = measured([100, 100, 100, 80])
    nodes[3] = replace(nodes[3], facts=_with(nodes[3], disks=(), memory_mib=1))

    assert verdicts(compare(nodes, Tolerances())) == {"n3": Verdict.SLOW}


def test_a_machine_that_is_alone_is_compared_among_those_alike_in_less() -> None:
    nodes = measured([100, 100, 100, 80], ONE_LOOPS)
    nodes[3] = replace(nodes[3], facts=_with(nodes[3], cpus=16, product="Other"))

    made = compare(nodes, Tolerances())

    assert verdicts(made) == {"n3": Verdict.SLOW}
    assert [one.group for one in made.made] == ["Box, 8 CPUs", "one C"]
    assert made.alone == ()


def test_results_of_all_cpus_together_depend_on_their_number() -> None:
    nodes = measured([100, 100, 100, 200])
    nodes[3] = replace(nodes[3], facts=_with(nodes[3], cpus=16))

    made = compare(nodes, Tolerances())

    assert verdicts(made) == {}
    assert [node.name for node in made.alone] == ["n3"]


def test_of_like_disks_the_worst_counts_and_is_named() -> None:
    disks = tuple(replace(SSD, name=f"/dev/sd{letter}") for letter in "abc")
    values = {f"disk.sd{letter}.standalone_read_1M_KBps": 100.0 for letter in "abc"}
    slow = {**values, "disk.sdb.standalone_read_1M_KBps": 70.0}

    [reading] = readings_of(HardwareFacts(disks=disks, benchmarks=slow)).values()

    assert (reading.value, reading.part, reading.parts) == (70.0, "sdb", 3)
    assert reading.metric == "disk.M 447 GiB SSD.standalone_read_1M_KBps"


def test_one_job_under_two_units_is_one_result() -> None:
    names = ("standalone_randread_4k", "standalone_read_1M")
    values = {f"disk.sda.{n}_{u}": 1.0 for n in names for u in ("KBps", "IOps")}

    found = readings_of(HardwareFacts(disks=(SSD,), benchmarks=values))

    assert {metric.rpartition(".")[2] for metric in found} == {
        "standalone_randread_4k_IOps",
        "standalone_read_1M_KBps",
    }


def test_results_that_are_no_numbers_are_left_out() -> None:
    values = {LOOPS: float("inf"), ONE_LOOPS: float("nan")}

    assert readings_of(HardwareFacts(benchmarks=values)) == {}


@pytest.mark.parametrize(
    ("metric", "kind"),
    [
        ("cpu.logical_0.loops_per_sec", Kind.CPU),
        ("cpu.logical_0.bogomips", Kind.CPU),
        ("cpu.logical_0.bandwidth_1M", Kind.MEMORY),
        ("cpu.logical.threaded_bandwidth_1M", Kind.MEMORY),
        ("memory.total.bandwidth", Kind.MEMORY),
        ("disk.sda.standalone_randread_4k_IOps", Kind.DISK_RANDOM),
        ("disk.sda.simultaneous_read_1M_KBps", Kind.DISK_SEQUENTIAL),
        ("network.eth0.bandwidth", Kind.NETWORK),
        ("cpu.logical.loops_per_sec_efficiency", Kind.CPU_EFFICIENCY),
        ("cpu.logical.forked_bandwidth_1M_efficiency", Kind.MEMORY_EFFICIENCY),
    ],
)
def test_kinds_of_metrics(metric: str, kind: Kind) -> None:
    assert kind_of(metric) is kind


def test_a_survey_says_what_it_could_not_judge() -> None:
    nodes = [*measured([1, 1, 1]), a_node("new"), a_node("bare", facts=BOX)]

    found = survey(nodes, Tolerances())

    assert [node.name for node in found.unknown] == ["new"]
    assert [node.name for node in found.unmeasured] == ["bare"]
    assert [len(group) for group in found.groups.values()] == [4]
    assert found.findings == ()


def test_of_each_kind_the_worst_result_is_kept() -> None:
    slow = {LOOPS: 75.0, ONE_LOOPS: 80.0, "cpu.logical_0.bandwidth_1M": 80.0}
    usual = dict.fromkeys(slow, 100.0)
    facts = [replace(BOX, benchmarks=each) for each in (usual, usual, usual, slow)]
    nodes = [a_node(f"n{i}", facts=each) for i, each in enumerate(facts)]

    found = survey(nodes, Tolerances()).findings

    assert len(found) == 3
    assert [one.subject for one in worst(found)] == [
        LOOPS,
        "cpu.logical_*.bandwidth_1M",
    ]
    assert "25% below the median of 4 like machines (allowed 7%)" in found[0].reason


def test_the_order_of_nodes_does_not_matter() -> None:
    nodes = measured([100, 101, 99, 85, 100, 130])

    assert survey(nodes, Tolerances()) == survey(nodes[::-1], Tolerances())


def _with(node: Node, **changes: object) -> HardwareFacts:
    assert node.facts is not None
    return replace(node.facts, **changes)  # type: ignore[arg-type]
