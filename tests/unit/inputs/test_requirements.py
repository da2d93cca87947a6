"""The language of ``requires``: what it means, and everything that can be wrong."""

from __future__ import annotations

import pytest

from tripleo_cli.domain.facts.lookup import machine_fact
from tripleo_cli.domain.facts.table import DISK_FACTS
from tripleo_cli.domain.requirement.check import Bound, Claim, Relation, Unit
from tripleo_cli.domain.requirement.combine import AllOf, AnyOf
from tripleo_cli.domain.requirement.condition import Condition
from tripleo_cli.domain.requirement.count import Count
from tripleo_cli.domain.requirement.fact import FactTest
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.document import Problems, parse_document
from tripleo_cli.inputs.requirements import MOST, parse_requirements


def read(text: str) -> tuple[Condition | None, list[str]]:
    problems = Problems("role")
    raw = parse_document(text, source="role.yaml")
    requirement = parse_requirements(problems, "requires", raw)
    return requirement, noted(problems)


def noted(problems: Problems) -> list[str]:
    try:
        problems.check()
    except InvalidInputError as error:
        return [str(problem) for problem in error.problems]
    return []


def meaning(text: str) -> Condition | None:
    requirement, problems = read(text)
    assert problems == []
    return requirement


def at_least(limit: float) -> FactTest:
    cpus = machine_fact("cpus")
    assert cpus
    return FactTest(fact=cpus, check=Bound(relation=Relation.AT_LEAST, limit=limit))


def test_disks_of_a_size_and_kind() -> None:
    facts = {fact.name: fact for fact in DISK_FACTS}
    size = Bound(
        relation=Relation.AT_LEAST, limit=200, unit=Unit(shown="GB", stored="GiB")
    )

    found = meaning(
        "count: disks\n"
        "where: {size_gib: {at_least: 200 GB}, is_rotational: false}\n"
        "at_least: 2\n"
    )

    assert found == Count(
        parts="disks",
        where=AllOf(
            (
                FactTest(fact=facts["size_gib"], check=size),
                FactTest(fact=facts["is_rotational"], check=Claim(expected=False)),
            )
        ),
        number=2,
    )


SAME = [
    ("cpus: {at_least: 2}", "[{cpus: {at_least: 2}}]"),
    ("cpus: {at_least: 2}", 'cpus: {at_least: "2"}'),
    ("cpus: {at_least: 2}", "all: {cpus: {at_least: 2}}"),
    ("cpus: {at_least: 2}", "not: {cpus: {below: 2}}"),
    ("cpus: {at_least: 2}", "not: {not: {cpus: {at_least: 2}}}"),
    ("cpus: {between: [2, 4]}", "cpus: {at_least: 2, at_most: 4}"),
    ("not: {cpus: {between: [2, 4]}}", "any: [cpus: {below: 2}, cpus: {above: 4}]"),
    ("product: a", "product: {equals: a}"),
    ("product: [a, b]", "product: {one_of: [a, b]}"),
    ("not: {product: a}", "product: {differs_from: a}"),
    ("not: {product: [a, b]}", "product: {none_of: [a, b]}"),
    (
        "not: {any: [product: a, cpus: 2]}",
        "not: {product: a}\nall: {not: {cpus: 2}}",
    ),
    ("disks.*.vendor: a", "count: disks\nwhere: {vendor: a}"),
    ("disks.*.vendor: a", "count: disks\nwhere: {vendor: a}\nat_least: 1"),
    ("disks.sda.vendor: a", "count: disks\nwhere: {name: /dev/sda, vendor: a}"),
    ("nics.e.1.mac: a", "count: nics\nwhere: {name: e.1, mac: a}"),
    (
        "nics.*.switch.port: a",
        "count: nics\nwhere: {switch.port: a}",
    ),
    (
        "not: {count: disks, at_least: 2}",
        "count: disks\nat_most: 1",
    ),
    (
        "{count: disks, equals: 2}",
        "[{count: disks, at_least: 2}, {count: disks, at_most: 2}]",
    ),
    (
        "{total: disks.size_gb, between: [1, 2]}",
        "[{total: disks.size_gb, at_least: 1}, {total: disks.size_gb, at_most: 2}]",
    ),
    (
        "not: {total: disks.size_gb, at_least: 2}",
        "{total: disks.size_gb, below: 2}",
    ),
    (
        "{count: disks, where: {vendor: a}, equals: all}",
        "{count: disks, where: {not: {vendor: a}}, at_most: 0}",
    ),
    (
        "cpu_flags: {contains: [a, b]}",
        "[{cpu_flags: {contains: a}}, {cpu_flags: {contains: b}}]",
    ),
]


@pytest.mark.parametrize(("text", "same"), SAME)
def test_two_ways_to_say_one_thing(text: str, same: str) -> None:
    assert meaning(text) == meaning(same)


def test_alternatives() -> None:
    assert meaning("any: [cpus: {at_least: 2}, cpus: {at_least: 4}]") == AnyOf(
        (at_least(2), at_least(4))
    )


MISTAKES = [
    ("[]", "requires: must not be empty"),
    ("{}", "requires: must not be empty"),
    ("all: {}", "requires.all: must not be empty"),
    ("any: []", "requires.any: must not be empty"),
    ("any: {cpus: 1}", "requires.any: must be a list, not a mapping"),
    (
        "cpus",
        "requires: must be a mapping of conditions, or a list of them, not a text",
    ),
    (
        "[cpus: 1, 3]",
        "requires[1]: must be a mapping of conditions, or a list of them, "
        "not the number 3",
    ),
    ("cpu: 1", 'requires.cpu: unknown fact (did you mean "cpus"?)'),
    (
        "memory_mb: 1",
        'requires.memory_mb: unknown fact (did you mean "memory_mib"?)',
    ),
    (
        "size_gib: 1",
        'requires.size_gib: unknown fact (did you mean "disks.*.size_gib"?)',
    ),
    (
        "disk.*.size_gib: 1",
        'requires.disk.*.size_gib: unknown fact (did you mean "disks.*.size_gib"?)',
    ),
    (
        "firmware.bios_verion: 1",
        "requires.firmware.bios_verion: unknown fact "
        '(did you mean "firmware.bios_version"?)',
    ),
    ("quux: 1", "requires.quux: unknown fact"),
    ("cpus: {}", "requires.cpus: must not be empty"),
    ("cpus: true", "requires.cpus: must be a number, not true or false"),
    ("cpus: many", 'requires.cpus: must be a number, not "many"'),
    ("cpus: 3 GB", 'requires.cpus: must be a number, not "3 GB"'),
    ("cpus: .nan", "requires.cpus: must be a number, not the number nan"),
    ("cpus: [1, x]", 'requires.cpus[1]: must be a number, not "x"'),
    ("cpus: []", "requires.cpus: must not be empty"),
    (
        "cpus: {atleast: 1}",
        'requires.cpus.atleast: unknown operator (did you mean "at_least"?)',
    ),
    (
        "cpus: {x.at_least: 1}",
        'requires.cpus.x.at_least: unknown operator (did you mean "at_least"?)',
    ),
    (
        "cpus: {between: 3}",
        "requires.cpus.between: must be a list of two numbers, not the number 3",
    ),
    (
        "cpus: {between: [4, 3]}",
        "requires.cpus.between: 4 is more than 3 (the lower one first)",
    ),
    (
        "cpus: {known: maybe}",
        "requires.cpus.known: must be true or false, not a text",
    ),
    (
        "memory_mib: {at_least: 3 GIB}",
        'requires.memory_mib.at_least: "GIB" is no unit of amount of memory '
        '(did you mean "GiB"?)',
    ),
    (
        "boot_mode: {at_least: 3}",
        "requires.boot_mode.at_least: is not for a fact that is a text (there are "
        "equals, differs_from, one_of, none_of, matches, known)",
    ),
    (
        "cpu_flags: vmx",
        "requires.cpu_flags: must be a mapping of operators, not a text "
        "(there are contains, known)",
    ),
    ("cpu_flags: {contains: []}", "requires.cpu_flags.contains: must not be empty"),
    (
        "nics.*.switch.vlans: {contains: x}",
        'requires.nics.*.switch.vlans.contains: must be a whole number, not "x"',
    ),
    (
        "disks.*.is_rotational: 1",
        "requires.disks.*.is_rotational: must be true or false, not the number 1",
    ),
    (
        "product: {matches: '('}",
        'requires.product.matches: "(" is no regular expression: missing )',
    ),
    (
        "bmc_address: {in_network: 10.0.0.1/8}",
        'requires.bmc_address.in_network: "10.0.0.1/8" is no network: 10.0.0.1/8 '
        "has host bits set (such as 10.0.0.0/8)",
    ),
    (
        "count: disk",
        'requires.count: must be disks or nics (did you mean "disks"?)',
    ),
    ("count: [disks]", "requires.count: must be disks or nics"),
    (
        "{count: disks, were: {}}",
        'requires.were: unknown key (did you mean "where"?)',
    ),
    ("{count: disks, where: {}}", "requires.where: must not be empty"),
    (
        "{total: disks.size, at_least: 1}",
        "requires.total: must be disks.size_gib or disks.size_gb or nics.speed_mbps "
        '(did you mean "disks.size_gb"?)',
    ),
    (
        "total: disks.size_gb",
        "requires: needs a limit: at_least, at_most, above, below, between",
    ),
    (
        "{total: disks.size_gb, at_least: 3 MHz}",
        'requires.at_least: "MHz" is no unit of size '
        "(units are MB, GB, TB, MiB, GiB, TiB)",
    ),
    ("{total: disks.size_gb, above: 1, equals: 2}", "requires.equals: unknown key"),
    (
        "{count: disks, where: {size: 3}}",
        'requires.where.size: unknown fact (did you mean "size_gb"?)',
    ),
    (
        "{count: nics, where: {nics.*.macs: x}}",
        'requires.where.nics.*.macs: unknown fact (did you mean "mac"?)',
    ),
    (
        "{count: disks, at_least: -1}",
        "requires.at_least: must be at least 0, not -1",
    ),
    (
        "{count: disks, equals: all}",
        'requires.equals: needs a "where" to hold for all of them',
    ),
    (
        "benchmarks.cpu.logical.loop_per_sec: {at_least: 1}",
        "requires.benchmarks.cpu.logical.loop_per_sec: unknown benchmark "
        '(did you mean "loops_per_sec"?)',
    ),
    (
        "benchmarks.gpu: {at_least: 1}",
        "requires.benchmarks.gpu: unknown benchmark (AREA.ITEM.METRIC, such as "
        "cpu.logical.loops_per_sec; areas: cpu, disk, memory, network)",
    ),
    (
        "benchmarks.cpu.logical.bogomips: 3",
        "requires.benchmarks.cpu.logical.bogomips: must be a mapping, not the number 3",
    ),
    (
        "benchmarks.cpu.logical.bogomips: {}",
        "requires.benchmarks.cpu.logical.bogomips: must not be empty",
    ),
    (
        "benchmarks.cpu.logical.bogomips: {within_percent: 3}",
        "requires.benchmarks.cpu.logical.bogomips.within_percent: unknown operator "
        '(did you mean "within_percent_of_median"?)',
    ),
    (
        "cpus: {within_percent_of_median: 3}",
        "requires.cpus.within_percent_of_median: is not for a fact that is a "
        "number (there are at_least, at_most, above, below, between, equals, "
        "differs_from, one_of, none_of, known)",
    ),
]


@pytest.mark.parametrize(("text", "expected"), MISTAKES)
def test_mistakes(text: str, expected: str) -> None:
    assert read(text)[1] == [expected]


def test_all_mistakes_are_found_at_once() -> None:
    _, problems = read(
        "cpu: 1\nany:\n- {cpus: x}\n- {count: disks, where: {siz_gib: 1}}\n"
        "not: {boot_mod: uefi}\n"
    )

    assert [problem.partition(":")[0] for problem in problems] == [
        "requires.cpu",
        "requires.any[0].cpus",
        "requires.any[1].where.siz_gib",
        "requires.not.boot_mod",
    ]


def test_anchors_cannot_make_a_file_explode() -> None:
    levels = ["a0: &a0 [{cpus: 1}, {cpus: 1}]"]
    levels += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 30)]
    text = "\n".join(f"- {level}" for level in levels)
    raw = parse_document(text, source="role.yaml")
    problems = Problems("role")

    parse_requirements(problems, "requires", raw[-1]["a29"])

    assert len(noted(problems)) == 1
    assert noted(problems)[0].endswith(f"more than {MOST} conditions in one role")


@pytest.mark.parametrize(
    "text", ["{not: " * 60 + "{cpus: 1}" + "}" * 60, "&a [*a]", "&a {not: *a}"]
)
def test_depth_has_an_end(text: str) -> None:
    _, problems = read(text)

    assert len(problems) == 1
    assert problems[0].endswith("conditions are nested too deep")
