"""Ironic's nodes by everything that a machine is known by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tripleo_cli.domain.bmc import Bmc
from tripleo_cli.domain.definition import NodeDefinition
from tripleo_cli.domain.driver import bmc_of
from tripleo_cli.domain.node import Node, NodeId


@dataclass(frozen=True, slots=True)
class Match:
    """A node that may be meant, and what says so."""

    node: Node
    by: str


class NodeIndex:
    """Finds nodes by uuid, MAC address, BMC and name."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._by: dict[tuple[str, str], list[Node]] = defaultdict(list)
        self._at: dict[str, list[tuple[Bmc, Node]]] = defaultdict(list)
        for node in nodes:
            for key in _keys(node.id, node.ports, node.name):
                self._by[key].append(node)
            if bmc := bmc_of(node.driver, node.driver_info):
                self._at[bmc.place].append((bmc, node))

    def candidates(self, definition: NodeDefinition) -> Mapping[NodeId, Match]:
        """Find every node that the definition may mean, by id, and say why."""
        found: dict[NodeId, Match] = {}
        for match in (*self._by_names(definition), *self._by_bmc(definition)):
            found.setdefault(match.node.id, match)
        return found

    def _by_names(self, definition: NodeDefinition) -> Iterator[Match]:
        for key in _keys(definition.id or "", definition.macs, definition.name):
            for node in self._by.get(key, ()):
                yield Match(node, " ".join(key))

    def _by_bmc(self, definition: NodeDefinition) -> Iterator[Match]:
        wanted = bmc_of(definition.driver, definition.driver_info)
        if wanted:
            for bmc, node in self._at.get(wanted.place, ()):
                if bmc.may_be(wanted):
                    yield Match(node, f"BMC {bmc}")


def _keys(node: str, macs: Iterable[str], name: str) -> Iterator[tuple[str, str]]:
    pairs = [
        ("uuid", node.lower()),
        *(("MAC address", mac.lower()) for mac in macs),
        # Ironic's database compares names without regard to case.
        ("name", name.lower()),
    ]
    return (pair for pair in pairs if pair[1])
