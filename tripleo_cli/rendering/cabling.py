"""Which card of which node goes to which port of which switch."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tripleo_cli.domain.facts import Nic
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.outliers.differences import switch_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Cable:
    """One end at a card, the other at a switch; ``shared`` if others say so too."""

    nic: str
    port: str
    vlans: str
    shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A node: its cables by switch, and its cards that no switch was heard on."""

    node: str
    cells: tuple[tuple[Cable, ...], ...]
    silent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Nodes that are cabled to the same switches."""

    switches: tuple[str, ...]
    rows: tuple[Row, ...]


def matrices(nodes: Iterable[Node]) -> tuple[Matrix, ...]:
    """Draw one matrix per set of switches: a fleet's own would be nearly empty."""
    ends = [(node, _nics(node)) for node in nodes]
    used = Counter(
        (switch_name(nic), nic.switch.port)
        for _, nics in ends
        for nic in nics
        if nic.switch
    )
    racks: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for node, nics in ends:
        switches = tuple(sorted({switch_name(nic) for nic in nics if nic.switch}))
        if switches:
            cells = tuple(tuple(_cables(nics, switch, used)) for switch in switches)
            silent = ", ".join(nic.name for nic in nics if not nic.switch)
            name = node.name or node.id
            racks[switches].append(Row(node=name, cells=cells, silent=silent))
    return tuple(
        Matrix(switches=switches, rows=tuple(rows))
        for switches, rows in sorted(racks.items())
    )


def _nics(node: Node) -> tuple[Nic, ...]:
    return node.facts.nics if node.facts else ()


def _cables(
    nics: Iterable[Nic], switch: str, used: Counter[tuple[str, str]]
) -> Iterable[Cable]:
    for nic in nics:
        if nic.switch and switch_name(nic) == switch:
            yield Cable(
                nic=nic.name,
                port=nic.switch.port,
                vlans=", ".join(map(str, nic.switch.vlans)),
                shared=used[switch, nic.switch.port] > 1,
            )
