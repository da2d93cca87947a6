"""The order in which people expect to see nodes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tripleo_cli.domain.node import Node

_PIECES = re.compile(r"\d+|\D+")


def natural_key(node: Node) -> tuple[list[tuple[int, str]], str]:
    """Sort by name, numbers in it by value (node-2 before node-10), then by id."""
    pieces = _PIECES.findall(node.name)
    return [(int(p), "") if p.isdecimal() else (-1, p) for p in pieces], node.id


def by_name(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Sort nodes by name."""
    return tuple(sorted(nodes, key=natural_key))
