"""Verdicts on machines: certain ones only, with what is there and what is needed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tripleo_cli.domain.facts import Disk, HardwareFacts, Nic, SwitchPort
from tripleo_cli.domain.requirement.condition import Condition
from tripleo_cli.inputs.document import Problems, parse_document
from tripleo_cli.inputs.requirements import parse_requirements

SSD = Disk(name="/dev/sda", size_gib=240e9 / 1024**3, is_rotational=False, model="X1")
HDD = Disk(name="/dev/sdb", size_gib=3726.0, is_rotational=True, model="Y2")
ODD = Disk(name="/dev/sdc")
NIC = Nic(
    name="eno1",
    mac="52:54:00:00:00:01",
    has_carrier=True,
    speed_mbps=25000,
    ipv4="10.1.2.3",
    switch=SwitchPort(chassis="02:54:00:00:00:01", vlans=(100, 101)),
)
MACHINE = HardwareFacts(
    cpus=16,
    cpu_flags=frozenset({"vmx", "aes"}),
    memory_mib=65536,
    disks=(SSD, HDD, ODD),
    nics=(NIC, Nic(name="eno2", has_carrier=False)),
    manufacturer="ACME",
    firmware={"bios_version": "2.1"},
    benchmarks={"cpu.logical.loops_per_sec": 90.0, "disk.sda.standalone_x": 1.0},
)
MEDIANS = {"cpu.logical.loops_per_sec": 100.0}


def requirement(raw: Any) -> Condition:
    problems = Problems("role")
    text = parse_document(raw, source="role.yaml") if isinstance(raw, str) else raw
    found = parse_requirements(problems, "requires", text)
    problems.check()
    assert found
    return found


LOOPS = "benchmarks.cpu.logical.loops_per_sec"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("cpus: {at_least: 16}", None),
        ("cpus: {above: 16}", "has 16 CPUs, needs more than 16"),
        ("cpus: {below: 16}", "has 16 CPUs, needs less than 16"),
        ("cpus: {at_most: 15}", "has 16 CPUs, needs at most 15"),
        ("cpus: [8, 16]", None),
        ("cpus: [8, 32]", "has 16 CPUs, needs 8 or 32"),
        ("cpus: {none_of: [8, 16]}", "has 16 CPUs, needs neither 8 nor 16"),
        ("memory_gib: 64", None),
        ("memory_gib: {between: [65, 70]}",
         "has 64 GiB of memory, needs at least 65 GiB"),
        ("memory_mib: {equals: 64 GiB}", None),
        (
            "memory_mib: {at_least: 0.5 TiB}",
            "has 0.06 TiB of memory, needs at least 0.5 TiB",
        ),
        ("manufacturer: acme", None),
        ("manufacturer: {differs_from: acme}",
         'has manufacturer "ACME", needs one other than "acme"'),
        ("manufacturer: {matches: CM}", None),
        ("manufacturer: {matches: ^CM}",
         'has manufacturer "ACME", needs one matching "^CM"'),
        ("firmware.bios_version: {matches: ^2}", None),
        ("firmware.bmc_version: 1",
         'has no known bmc version, needs "1"'),
        ("product: X", 'has no known product, needs "X"'),
        ("not: {product: X}", 'has no known product, needs one other than "X"'),
        ("product: {known: false}", None),
        ("manufacturer: {known: false}", "has a known manufacturer, needs none"),
        ("not: {product: {known: false}}", "has no known product, needs one"),
        ("cpu_flags: {contains: [vmx, sse9]}", "lacks sse9 among its CPU flags"),
        ("not: {cpu_flags: {contains: vmx}}", "must not have vmx among its CPU flags"),
        ("disks.*.size_gb: {at_least: 240}", None),
        ("disks.sda.size_gb: {at_least: 240 GB}", None),
        ("disks.sda.size_gb: {above: 240}",
         'has no disk with name "/dev/sda" of more than 240 GB, needs 1'),
        ("{count: disks, equals: 3}", None),
        ("{count: disks, at_most: 2}", "has 3 disks, needs at most 2"),
        ("{count: disks, where: {is_rotational: false}, at_least: 2}",
         "has 1 disk that is not rotational and 1 of which it is not known, needs 2"),
        ("{count: disks, where: {is_rotational: true}, at_most: 2}", None),
        ("{count: disks, where: {is_rotational: true}, at_most: 1}",
         "has 1 disk that is rotational and 1 of which it is not known, "
         "needs at most 1"),
        ("{count: disks, where: {any: [model: X1, model: Y2]}, at_least: 3}",
         'has 2 disks (with model "X1" or with model "Y2") and 1 of which it is '
         "not known, needs 3"),
        ("{count: disks, where: {not: {model: X1}}, at_least: 2}",
         'has 1 disk with model other than "X1" and 1 of which it is not known, '
         "needs 2"),
        ("{count: disks, where: {model: {known: true}}, at_least: 3}",
         "has 2 disks with a known model, needs 3"),
        ("nics.*.ipv4: {in_network: [192.168.0.0/16, 10.0.0.0/8]}", None),
        ("nics.*.ipv4: {in_network: fd00::/8}",
         "has no network card with IPv4 address in fd00::/8 and 1 of which it is not "
         "known, needs 1"),
        ("nics.*.switch.vlans: {contains: 101}", None),
        ("{count: nics, where: {has_carrier: true}, at_least: 2}",
         "has 1 network card that is connected, needs 2"),
        ("{count: nics, where: {switch.chassis: {known: true}}, at_least: 2}",
         "has 1 network card with a known switch chassis, needs 2"),
        (f"{LOOPS}: {{within_percent_of_median: 10}}", None),
        (f"{LOOPS}: {{within_percent_of_median: 9}}",
         "measured 90 in cpu.logical.loops_per_sec, 10 % below the median 100 of "
         "machines like it, needs at most 9 % away"),
        (f"not: {{{LOOPS}: {{at_most_percent_slower: 10}}}}",
         "measured 90 in cpu.logical.loops_per_sec, 10 % below the median 100 of "
         "machines like it, needs more than 10 % slower"),
        (f"{LOOPS}: {{between: [80, 89.5]}}",
         "measured 90 in cpu.logical.loops_per_sec, needs at most 89.5"),
        ("benchmarks.cpu.logical_*.bogomips: {above: 1}",
         "has no benchmark cpu.logical_*.bogomips"),
        ("any: [cpus: 1, product: X]",
         'fits none of 2 alternatives: has 16 CPUs, needs 1; has no known product, '
         'needs "X"'),
        ("any: [cpus: 1]", "has 16 CPUs, needs 1"),
    ],
)  # fmt: skip
def test_verdicts(text: str, reason: str | None) -> None:
    assert requirement(text).reject(MACHINE, MEDIANS) == reason


def test_a_faster_machine_is_fine_where_slowness_is_asked_for() -> None:
    text = f"{LOOPS}: {{at_most_percent_slower: 5}}"

    assert (
        requirement(text).reject(MACHINE, {"cpu.logical.loops_per_sec": 45.0}) is None
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cpus: {at_least: 16}", "with at least 16 CPUs"),
        (
            "cpu_mhz: {above: 2 GHz}\nmanufacturer: [HP, ACME]",
            'with CPUs of more than 2 GHz and with manufacturer "HP" or "ACME"',
        ),
        (
            "{count: disks, where: {size_gb: {at_least: 200}, is_rotational: false}, "
            "at_least: 4}",
            "with at least 4 disks of at least 200 GB that are not rotational",
        ),
        (
            "{count: nics, where: {has_carrier: false}, at_most: 0}",
            "with no network card that is not connected",
        ),
        ("not: {cpu_flags: {contains: vmx}}", "without vmx among its CPU flags"),
        ("bmc_address: {known: true}", "with a known BMC address"),
        ("any: [cpus: 2, cpus: 4]", "(with 2 CPUs or with 4 CPUs)"),
        (f"{LOOPS}: {{above: 3}}", "with cpu.logical.loops_per_sec of more than 3"),
        (
            f"{LOOPS}: {{at_most_percent_slower: 3}}",
            "with cpu.logical.loops_per_sec at most 3 % slower than the median",
        ),
    ],
)
def test_what_machines_it_asks_for(text: str, words: str) -> None:
    assert requirement(text).describe("are") == words


def test_requirements_are_values() -> None:
    text = "{count: disks, where: {size_gb: {at_least: 2}}, at_least: 2}"

    assert requirement(text) == requirement(text)
    assert hash(requirement(text)) == hash(requirement(text))


numbers = st.integers(min_value=0, max_value=4)
names = st.sampled_from(["a", "b"])
part_tests = st.one_of(
    st.fixed_dictionaries({"size_gib": st.fixed_dictionaries({"at_least": numbers})}),
    st.fixed_dictionaries({"size_gib": numbers}),
    st.fixed_dictionaries({"is_rotational": st.booleans()}),
    st.fixed_dictionaries({"model": names}),
    st.fixed_dictionaries({"model": st.fixed_dictionaries({"known": st.booleans()})}),
)


def combined(tests: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        tests,
        lambda inner: st.one_of(
            st.fixed_dictionaries({"not": inner}),
            st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=2)}),
            st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=2)}),
        ),
        max_leaves=4,
    )


conditions = combined(
    st.one_of(
        st.fixed_dictionaries({"cpus": st.fixed_dictionaries({"below": numbers})}),
        st.fixed_dictionaries({"product": names}),
        st.fixed_dictionaries(
            {"count": st.just("disks"), "where": combined(part_tests)},
            optional={"at_least": numbers, "at_most": numbers},
        ),
    )
)
disks = st.builds(
    Disk,
    name=st.just("/dev/sda"),
    size_gib=st.none() | st.floats(min_value=0, max_value=4),
    is_rotational=st.none() | st.booleans(),
    model=names | st.just(""),
)
machines = st.builds(
    HardwareFacts,
    cpus=st.none() | numbers,
    product=names | st.just(""),
    disks=st.lists(disks, max_size=3).map(tuple),
)


@given(conditions, machines)
def test_nothing_and_its_contrary_hold_together(
    raw: Any, machine: HardwareFacts
) -> None:
    condition = requirement(raw)

    holds = condition.reject(machine, {}) is None
    contrary = condition.negated().reject(machine, {}) is None

    assert not (holds and contrary)
    assert holds is condition.judge()(machine, {})
    assert contrary is condition.negated().judge()(machine, {})


known_disks = st.builds(
    Disk,
    name=st.just("/dev/sda"),
    size_gib=st.floats(min_value=0, max_value=4),
    is_rotational=st.booleans(),
    model=names,
)


@given(
    conditions,
    st.builds(
        HardwareFacts,
        cpus=numbers,
        product=names,
        disks=st.lists(known_disks, max_size=3).map(tuple),
    ),
)
def test_one_of_both_holds_where_all_is_known(raw: Any, machine: HardwareFacts) -> None:
    condition = requirement(raw)

    holds = condition.reject(machine, {}) is None
    contrary = condition.negated().reject(machine, {}) is None

    assert holds is not contrary
    assert (condition.negated().negated().reject(machine, {}) is None) is holds


@given(conditions, machines, st.data())
def test_what_becomes_known_does_not_undo_a_verdict(
    raw: Any, machine: HardwareFacts, data: st.DataObject
) -> None:
    """A machine that fits for certain fits whatever the unknown facts are."""
    condition = requirement(raw)
    known = HardwareFacts(
        cpus=data.draw(numbers) if machine.cpus is None else machine.cpus,
        product=machine.product or data.draw(names),
        disks=tuple(
            Disk(
                name=disk.name,
                size_gib=1.0 if disk.size_gib is None else disk.size_gib,
                is_rotational=data.draw(st.booleans())
                if disk.is_rotational is None
                else disk.is_rotational,
                model=disk.model or data.draw(names),
            )
            for disk in machine.disks
        ),
    )

    if condition.reject(machine, {}) is None and "known" not in str(raw):
        assert condition.reject(known, {}) is None
