"""What is not a matter of speed: parts, firmware, links and cables that differ.

A machine differs where most machines of its kind agree on something and it does not.
Where they do not agree, nobody is the odd one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tripleo_cli.domain.facts import HardwareFacts, Nic
from tripleo_cli.domain.node import Node, NodeId
from tripleo_cli.domain.outliers.findings import Finding, Verdict
from tripleo_cli.domain.outliers.group import GroupKey, group_of
from tripleo_cli.domain.outliers.metrics import Kind, kind_of
from tripleo_cli.domain.outliers.statistic import FEWEST

AGREED: Final = 3 / 4
"""Which part of the machines must agree, to the nearest machine: 2 of 3, 3 of 4."""
NOTHING: Final = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """An inspected node."""

    node: Node
    facts: HardwareFacts
    key: GroupKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """Something that like machines should have in common.

    ``alike`` says which machines are compared; ``values`` gives what a machine has,
    by subject. Where ``when_less`` is given, only a smaller number than usual is odd,
    and may mean that: machines are extended on purpose, and shrink by accident.
    """

    kind: str
    alike: Callable[[GroupKey], tuple[Hashable, str]]
    values: Callable[[Machine], Mapping[str, str]]
    when_less: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Odd:
    """What one machine has, what most have, and how many those are."""

    value: str
    most: str
    share: str


def differences(nodes: Iterable[Node]) -> Iterator[Finding]:
    """Find the nodes that differ from most machines of their kind."""
    machines = [
        Machine(node=node, facts=node.facts, key=group_of(node.facts))
        for node in nodes
        if node.facts is not None
    ]
    for aspect in ASPECTS:
        for label, members in _alike(aspect, machines):
            yield from _odd(aspect, label, members)


def _alike(
    aspect: Aspect, machines: Iterable[Machine]
) -> Iterator[tuple[str, list[Machine]]]:
    groups: dict[Hashable, list[Machine]] = defaultdict(list)
    labels = {}
    for machine in machines:
        key, labels[key] = aspect.alike(machine.key)
        groups[key].append(machine)
    for key, members in groups.items():
        if len(members) >= FEWEST:
            yield labels[key], members


def _odd(aspect: Aspect, label: str, members: Sequence[Machine]) -> Iterator[Finding]:
    known = [(machine.node, aspect.values(machine)) for machine in members]
    subjects = sorted({subject for _, values in known for subject in values})
    nodes: dict[NodeId, Node] = {}
    # Four cards of one machine that differ alike are told of once.
    alike: dict[tuple[NodeId, _Odd], list[str]] = defaultdict(list)
    for subject in subjects:
        given = [(node, values[subject]) for node, values in known if subject in values]
        for node, odd in _minority(given):
            if not aspect.when_less or _amount(odd.value) < _amount(odd.most):
                nodes[node.id] = node
                alike[node.id, odd].append(subject)
    for (node_id, odd), names in alike.items():
        yield _finding(aspect, ", ".join(names), label, nodes[node_id], odd)


def _minority(given: Sequence[tuple[Node, str]]) -> Iterator[tuple[Node, _Odd]]:
    most, count = Counter(value for _, value in given).most_common(1)[0]
    if len(given) >= FEWEST and count >= round(AGREED * len(given)):
        share = f"{count} of {len(given)}"
        for node, value in given:
            if value != most:
                yield node, _Odd(value=value, most=most, share=share)


def _finding(
    aspect: Aspect, subject: str, label: str, node: Node, odd: _Odd
) -> Finding:
    name = f"{aspect.kind} {subject}".strip()
    remedy = f": {aspect.when_less}" if aspect.when_less else ""
    return Finding(
        node=node,
        group=label,
        subject=name,
        value=odd.value,
        usual=odd.most,
        verdict=Verdict.DIFFERS,
        reason=(
            f"{name} is {odd.value}, {odd.share} like machines have {odd.most}{remedy}"
        ),
    )


def _amount(text: str) -> int:
    number, _, _ = text.partition(" ")
    return int(number) if number.isdigit() else 0


def _same_group(key: GroupKey) -> tuple[Hashable, str]:
    return key, str(key)


def _same_product(key: GroupKey) -> tuple[Hashable, str]:
    return (key.manufacturer, key.product, key.cpu_model), key.machine


def _same_cpus(key: GroupKey) -> tuple[Hashable, str]:
    same = (key.manufacturer, key.product, key.cpu_model, key.cpus)
    return same, f"{key.machine}, {key.cpus} CPUs"


def _cpus(machine: Machine) -> Mapping[str, str]:
    cpus = machine.facts.cpus
    return {} if cpus is None else {"": str(cpus)}


def _memory(machine: Machine) -> Mapping[str, str]:
    gib = machine.key.memory_gib
    return {} if gib < 0 else {"": f"{gib} GiB"}


def _disks(machine: Machine) -> Mapping[str, str]:
    return {"": str(len(machine.facts.disks))}


def _nics(machine: Machine) -> Mapping[str, str]:
    return {"": str(machine.key.nics)}


def _bios(machine: Machine) -> Mapping[str, str]:
    keys = ("bios_version", "bios_date")
    known = [machine.facts.firmware.get(key, "") for key in keys]
    return {"BIOS": ", ".join(filter(None, known))} if any(known) else {}


def _other_firmware(machine: Machine) -> Mapping[str, str]:
    firmware = machine.facts.firmware.items()
    return {name: version for name, version in firmware if "bios_" not in name}


def _boot_mode(machine: Machine) -> Mapping[str, str]:
    return {"": machine.facts.boot_mode} if machine.facts.boot_mode else {}


def _speeds(machine: Machine) -> Mapping[str, str]:
    return {
        nic.name: f"{nic.speed_mbps} Mbit/s"
        for nic in machine.facts.nics
        if nic.speed_mbps
    }


def _links(machine: Machine) -> Mapping[str, str]:
    words = {True: "up", False: "down"}
    return {
        nic.name: words[nic.has_carrier]
        for nic in machine.facts.nics
        if nic.has_carrier is not None
    }


def _neighbours(machine: Machine) -> Mapping[str, str]:
    nics = machine.facts.nics
    # Where no card heard of a switch, LLDP is off, and no cable is missing.
    if not any(nic.switch for nic in nics):
        return {}
    return {nic.name: "a switch" if nic.switch else NOTHING for nic in nics}


def _vlans(machine: Machine) -> Mapping[str, str]:
    return {
        nic.name: ", ".join(map(str, nic.switch.vlans))
        for nic in machine.facts.nics
        if nic.switch and nic.switch.vlans
    }


def _by_switch(machine: Machine) -> Mapping[str, str]:
    """Say which cards go to the same switch: bonds depend on it."""
    together: dict[str, list[str]] = defaultdict(list)
    for nic in machine.facts.nics:
        if switch := switch_name(nic):
            together[switch].append(nic.name)
    groups = sorted("+".join(names) for names in together.values())
    return {"": " / ".join(groups)} if groups else {}


def _results(machine: Machine) -> Mapping[str, str]:
    """Count results by kind; a machine that measured nothing is told of elsewhere."""
    counts = Counter(map(kind_of, machine.facts.benchmarks))
    return {kind.value: str(counts[kind]) for kind in Kind} if counts else {}


def switch_name(nic: Nic) -> str:
    """Name the switch that a card is cabled to; empty where it is not known."""
    return (nic.switch.system_name or nic.switch.chassis) if nic.switch else ""


ASPECTS: Final = (
    Aspect(
        kind="number of CPUs",
        alike=_same_product,
        values=_cpus,
        when_less="a processor may be missing, or hyper-threading be off",
    ),
    Aspect(
        kind="memory",
        alike=_same_cpus,
        values=_memory,
        when_less="a module may be missing or broken",
    ),
    Aspect(
        kind="number of disks",
        alike=_same_product,
        values=_disks,
        when_less="a disk may be missing or broken",
    ),
    Aspect(
        kind="number of network cards",
        alike=_same_product,
        values=_nics,
        when_less="a card may be missing or broken",
    ),
    Aspect(kind="firmware of", alike=_same_product, values=_bios),
    Aspect(kind="firmware of", alike=_same_group, values=_other_firmware),
    Aspect(kind="boot mode", alike=_same_group, values=_boot_mode),
    Aspect(kind="speed of", alike=_same_group, values=_speeds),
    Aspect(kind="link of", alike=_same_group, values=_links),
    Aspect(kind="LLDP neighbour of", alike=_same_group, values=_neighbours),
    Aspect(kind="VLANs of", alike=_same_group, values=_vlans),
    Aspect(kind="cards by switch", alike=_same_group, values=_by_switch),
    Aspect(
        kind="number of results of",
        alike=_same_group,
        values=_results,
        when_less="a part was not measured, or broke while it was",
    ),
)
