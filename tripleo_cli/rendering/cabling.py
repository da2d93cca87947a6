"""Which card of which node goes to which port of which switch."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tripleo_cli.domain.facts import Nic
from tripleo_cli.domain.node import Node, label
from tripleo_cli.domain.outliers.differences import switch_name

WIDEST: Final = 6
"""How many switches go side by side on a page."""


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


def matrices(nodes: Iterable[Node], widest: int = WIDEST) -> tuple[Matrix, ...]:
    """Draw one matrix; or, of more switches than ``widest``, one per set of them.

    A matrix of all switches of a large fleet would be nearly empty.
    """
    cabled = [(node, nics) for node in nodes if (nics := _nics(node))]
    used = Counter(
        (switch_name(nic), nic.switch.port)
        for _, nics in cabled
        for nic in nics
        if nic.switch
    )
    everything = _switches(nic for _, nics in cabled for nic in nics)
    racks: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for node, nics in cabled:
        columns = everything if len(everything) <= widest else _switches(nics)
        if columns:
            racks[columns].append(_row(node, nics, columns, used))
    return tuple(
        Matrix(switches=switches, rows=tuple(rows))
        for switches, rows in sorted(racks.items())
    )


def _row(
    node: Node,
    nics: Iterable[Nic],
    switches: Iterable[str],
    used: Counter[tuple[str, str]],
) -> Row:
    return Row(
        node=label(node),
        cells=tuple(tuple(_cables(nics, switch, used)) for switch in switches),
        silent=", ".join(nic.name for nic in nics if not nic.switch),
    )


def _switches(nics: Iterable[Nic]) -> tuple[str, ...]:
    return tuple(sorted({switch_name(nic) for nic in nics if nic.switch}))


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
