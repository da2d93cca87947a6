"""Inspect machines, and read what was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tripleo_cli.domain.facts import facts_from
from tripleo_cli.domain.node import Node
from tripleo_cli.workflows.concurrency import DEFAULT_CONCURRENCY, each
from tripleo_cli.workflows.ports import Cloud


def nodes_with_facts(
    cloud: Cloud,
    nodes: Iterable[Node],
    concurrency: int = DEFAULT_CONCURRENCY,
) -> tuple[Node, ...]:
    """Read what inspection found of nodes, one call for each that was inspected.

    Returns:
        The nodes in their order; ``facts`` stays ``None`` for those that were never
        inspected.

    Raises:
        ServiceError: Ironic did not answer for some node.
    """

    def read(node: Node) -> Node:
        found = cloud.inspection.inventory(node.id)
        return replace(node, facts=facts_from(*found)) if found else node

    complete: list[Node] = []
    for outcome in each(list(nodes), read, concurrency=concurrency):
        if outcome.error:
            raise outcome.error
        complete.append(outcome.result or outcome.subject)
    return tuple(complete)
