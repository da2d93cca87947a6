"""The hardware report: what the page and its data say.

How it looks is tested in a browser, see tests/browser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.builders import a_node
from tripleo_cli.domain.facts import Disk, HardwareFacts, Nic, SwitchPort
from tripleo_cli.domain.node import EXCLUDED_TRAIT, Node
from tripleo_cli.domain.outliers.survey import Survey, survey
from tripleo_cli.domain.outliers.tolerance import Tolerances
from tripleo_cli.rendering.cabling import matrices
from tripleo_cli.rendering.fleet import charts, firmware
from tripleo_cli.rendering.report import (
    MOST_LINES,
    Heading,
    render_report,
    report_data,
    report_lines,
)
from tripleo_cli.rendering.strips import HEIGHT, WIDTH, blocks
from tripleo_cli.resources import shipped

TEMPLATES = {
    entry.name: entry.read_text()
    for entry in (shipped("templates") / "report").iterdir()
}
METRIC = "cpu.logical.loops_per_sec"
BOX = HardwareFacts(
    cpus=8,
    cpu_model="C",
    product="Box",
    memory_mib=16384,
    firmware={"bios_version": "2"},
    nics=(
        Nic(
            name="eno1",
            switch=SwitchPort(chassis="c1", port="7", system_name="tor", vlans=(5, 6)),
        ),
        Nic(name="eno2"),
    ),
)


def fleet(speeds: Sequence[float], box: HardwareFacts = BOX) -> list[Node]:
    return [
        a_node(f"n{index}", facts=replace(box, benchmarks={METRIC: speed}))
        for index, speed in enumerate(speeds)
    ]


def surveyed(nodes: Sequence[Node]) -> Survey:
    return survey(nodes, Tolerances())


def page(nodes: Sequence[Node]) -> str:
    heading = Heading(source="a test", made_at="today")
    return render_report(surveyed(nodes), heading, TEMPLATES)


def test_the_page_names_nothing_outside_of_itself() -> None:
    text = page(fleet([100, 100, 100, 60]))

    assert not re.findall(r"https?:|//[a-z]|@import|url\(", text)
    assert not re.findall(r"<(?:script|img|iframe|object)[^>]+src=", text)
    assert re.findall(r"<link [^>]*>", text) == ['<link rel="icon" href="data:,">']


def test_odd_nodes_are_marked_with_the_reason() -> None:
    text = page(fleet([100, 100, 100, 60, 140]))

    assert "n3: 60 (-40%), slow</title>" in text
    assert "n4: 140 (+40%), fast</title>" in text
    assert f"{METRIC} is 40% below the median of 5 like machines" in text


@pytest.mark.parametrize(
    "nodes",
    [
        *([], [a_node("new")], fleet([1]), fleet([0, 0, 0]), fleet([1e308] * 2)),
        *(fleet([1e308] * 4), fleet([1, 1, 1e308]), fleet([-1e308, 1e308, 1e308])),
    ],
)
def test_a_page_is_made_of_whatever_there_is(nodes: list[Node]) -> None:
    text = page(nodes)

    assert text.rstrip().endswith("</html>")
    assert not re.findall(r"\b(?:nan|inf|None)\b", text)


def test_results_that_nothing_can_be_compared_with_are_listed() -> None:
    disks = (Disk(name="/dev/sda", is_rotational=False),)
    other = replace(BOX, product="Zed", disks=disks)
    reads = {f"disk.sda.standalone_read_1M_{unit}": 5.0 for unit in ("KBps", "IOps")}
    single = a_node("z0", facts=replace(other, benchmarks={METRIC: 50, **reads}))

    text = page([*fleet([100, 60]), single])

    assert "fewer than 3 machines are alike" in text
    assert "There are no results" not in text
    assert re.findall(r"<td class=\"number\">([^<]+/s)</td>", text) == [
        *("100 loops/s", "60 loops/s"),
        *("5 KB/s", "50 loops/s"),
    ]


def test_a_fleet_that_measured_nothing_is_told_how_to() -> None:
    text = page([a_node("n0", facts=BOX)])

    assert "There are no results: openstack overcloud node introspect" in text


def test_unstable_metrics_are_marked() -> None:
    steady, wild = fleet([100] * 4), fleet([100, 150, 200, 250])

    assert "<strong>unstable</strong>" not in page(steady)
    assert "<strong>unstable</strong>" in page(wild)
    assert report_data(surveyed(wild))["comparisons"][0]["unstable"]
    assert report_lines(surveyed(wild))["comparisons"] == [
        "1 metric of like machines",
        f"unstable: {METRIC} (Box, 8 CPUs)",
    ]


def test_names_never_become_markup() -> None:
    [node] = fleet([1])

    text = page([replace(node, name='<b title="x">&')])

    assert "<b title" not in text
    assert "&lt;b title=" in text


def test_data_holds_every_result() -> None:
    nodes = fleet([100, 100, 100, 60])
    nodes[3] = replace(nodes[3], traits=frozenset({EXCLUDED_TRAIT}))

    data = json.loads(json.dumps(report_data(surveyed([*nodes, a_node("new")]))))

    [group] = data["groups"]
    assert (group["slow"], group["excluded"]) == (["n3"], ["n3"])
    [made] = data["comparisons"]
    assert made["results"] == {"n0": 100, "n1": 100, "n2": 100, "n3": 60}
    assert (made["median"], made["limit"]) == (100, 0.07)
    assert data["cabling"]["n0"] == {
        "eno1": {"switch": "tor", "port": "7", "vlans": [5, 6]},
        "eno2": None,
    }
    assert data["firmware"] == {"Box: bios_version": {"2": ["n0", "n1", "n2", "n3"]}}
    assert data["not_inspected"] == ["new"]
    assert data["single_results"] == []


def test_data_holds_results_that_were_not_compared() -> None:
    found = surveyed(fleet([100, 60]))

    assert report_data(found)["single_results"] == [
        {
            "group": "Box, 8 CPUs",
            "metric": METRIC,
            "kind": "cpu",
            "results": {"n0": 100, "n1": 60},
        }
    ]
    assert report_lines(found)["single_results"] == [
        "1 metric of fewer than 3 like machines"
    ]


def test_a_terminal_gets_the_same_fields_in_few_lines() -> None:
    boxes = [replace(BOX, cpus=count + 1) for count in range(MOST_LINES + 5)]
    nodes = [a_node(f"m{i}", facts=box) for i, box in enumerate(boxes)]
    found = surveyed(nodes)

    lines = report_lines(found)

    assert lines.keys() == report_data(found).keys()
    assert len(lines["groups"]) == MOST_LINES + 1
    assert lines["groups"][-1] == "and 5 more"


def test_dots_are_placed_by_their_distance_from_the_median() -> None:
    [block] = blocks(surveyed(fleet([100, 96, 104, 100, 60])).comparisons)

    [strip] = block.strips
    places = {mark.title.partition(":")[0]: mark.x for mark in strip.marks}
    assert places["n0"] == places["n3"] == strip.middle == WIDTH / 2
    assert places["n4"] < places["n1"] < places["n0"] < places["n2"]
    assert places["n0"] - places["n1"] == pytest.approx(places["n2"] - places["n0"])
    assert all(0 < mark.x < WIDTH and 0 < mark.y < HEIGHT for mark in strip.marks)
    assert (block.slow, block.count, strip.unit) == (1, 5, "loops/s")


def test_a_far_dot_stays_on_the_scale() -> None:
    [block] = blocks(surveyed(fleet([1, 1, 1, 1000])).comparisons)

    assert all(0 < mark.x < WIDTH for strip in block.strips for mark in strip.marks)


def test_blocks_with_slow_nodes_come_first() -> None:
    others = fleet([100, 100, 50], replace(BOX, product="Zed"))
    renamed = [replace(n, name=f"z-{n.name}", id=n.id + n.name) for n in others]  # type: ignore[arg-type]

    drawn = blocks(surveyed([*fleet([1, 1, 1]), *renamed]).comparisons)

    assert [block.group for block in drawn] == ["Zed, 8 CPUs", "Box, 8 CPUs"]


def test_nodes_are_in_the_matrix_of_their_switches() -> None:
    other = Nic(name="eno2", switch=SwitchPort(chassis="c2", port="1"))
    nodes = [
        a_node("a", facts=BOX),
        a_node("b", facts=BOX),
        a_node("c", facts=replace(BOX, nics=(BOX.nics[0], other))),
        a_node("d", facts=replace(BOX, nics=())),
        a_node("e"),
    ]

    first, second = matrices(nodes, widest=1)

    assert (first.switches, second.switches) == (("c2", "tor"), ("tor",))
    assert [row.node for row in second.rows] == ["a", "b"]
    [[cable]] = second.rows[0].cells
    assert (cable.nic, cable.port, cable.vlans, cable.shared) == (
        "eno1",
        "7",
        "5, 6",
        True,
    )
    assert second.rows[0].silent == "eno2"
    assert [len(cables) for cables in first.rows[0].cells] == [1, 1]


def test_few_switches_make_one_matrix_of_all_nodes() -> None:
    other = Nic(name="eno2", switch=SwitchPort(chassis="c2", port="1"))
    silent = replace(BOX, nics=(Nic(name="eno1"),))
    boxes = [BOX, replace(BOX, nics=(other,)), silent]
    nodes = [a_node(f"n{i}", facts=box) for i, box in enumerate(boxes)]

    [matrix] = matrices(nodes)

    assert matrix.switches == ("c2", "tor")
    assert [[len(cell) for cell in row.cells] for row in matrix.rows] == [
        [0, 1],
        [1, 0],
        [0, 0],
    ]
    assert matrices([a_node("m", facts=silent)]) == ()


def test_firmware_is_shown_where_it_differs() -> None:
    versions = [
        {"bios_version": "2", "sda_revision": "1"},
        {"bios_version": "2", "sda_revision": "1"},
        {"bios_version": "1", "sda_revision": "1"},
    ]
    nodes = [
        a_node(f"n{i}", facts=replace(BOX, firmware=each))
        for i, each in enumerate(versions)
    ]

    [shown] = firmware(nodes)

    assert shown.component == "bios_version"
    assert [(v.version, v.nodes) for v in shown.versions] == [
        ("2", ("n0", "n1")),
        ("1", ("n2",)),
    ]


def test_charts_count_values_and_bundle_the_rare_ones() -> None:
    products = ["A", "A", *(f"P{number:02}" for number in range(20)), ""]
    nodes = [
        a_node(f"n{i}", facts=replace(BOX, product=product))
        for i, product in enumerate(products)
    ]

    [chart] = [one for one in charts(nodes) if one.title == "Product"]

    assert (chart.bars[0].label, chart.bars[0].count) == ("A", 2)
    assert chart.bars[-1].label == "10 others"
    assert sum(bar.count for bar in chart.bars) == len(products)
    assert max(bar.share for bar in chart.bars) == 1
