"""Keep the benchmark results of nodes that are inspected again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tripleo_cli.domain.events import Noted, Reporter
from tripleo_cli.domain.facts import HardwareFacts, facts_from
from tripleo_cli.domain.facts.earlier import KEY, packed, remaining, to_keep
from tripleo_cli.domain.node import Node, label
from tripleo_cli.workflows.concurrency import each
from tripleo_cli.workflows.ports import Inspection
from tripleo_cli.workflows.travel import Travel


def keep_results(
    inspection: Inspection, node: Node, report: Reporter
) -> tuple[Node, Mapping[str, Any]]:
    """Say what saves a node's results from its next inspection.

    Returns:
        The node as it will be, and the changes that make it so, by JSON pointer.

    Raises:
        ServiceError: Ironic does not give the results of the last inspection.
    """
    # Ironic forgets when a node was inspected once another inspection fails, but not
    # what was found.
    if not node.inspected_at and KEY not in node.extra:
        return node, {}
    facts = _last_facts(inspection, node)
    earlier = to_keep(node.extra, facts, node.inspected_at)
    kept = packed(earlier) if earlier else None
    if earlier and kept is None:
        text = "its benchmark results are too large to be kept, and will be lost"
        report(Noted(f"{label(node)}: {text}"))
    return _with(node, kept), _change(node, kept)


def drop_repeated(
    travel: Travel, inspection: Inspection, nodes: Iterable[Node]
) -> None:
    """Remove kept results that were measured again; says of how many some are left.

    Nodes whose inspection failed are to keep all: Ironic may still have the results,
    and does not know from when.


    What cannot be removed does no harm: newer results go first.
    """
    keeping = [node for node in nodes if KEY in node.extra]

    def tidy(node: Node) -> bool:
        earlier = remaining(node.extra, _last_facts(inspection, node))
        kept = packed(earlier) if earlier else None
        travel.baremetal.update(node.id, _change(node, kept))
        return kept is not None

    outcomes = each(keeping, tidy, concurrency=travel.limits.concurrency)
    _tell(travel.report, [label(one.subject) for one in outcomes if one.result])


def _tell(report: Reporter, names: Sequence[str]) -> None:
    if names:
        which = names[0] if len(names) == 1 else f"{len(names)} nodes"
        text = "benchmark results of an earlier inspection, not measured again"
        report(Noted(f"{which}: kept {text}"))


def _last_facts(inspection: Inspection, node: Node) -> HardwareFacts:
    return facts_from(*(inspection.inventory(node.id) or ({}, {})))


def _with(node: Node, kept: Mapping[str, Any] | None) -> Node:
    extra = {key: value for key, value in node.extra.items() if key != KEY}
    return replace(node, extra=extra | ({KEY: kept} if kept else {}))


def _change(node: Node, kept: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {} if node.extra.get(KEY) == kept else {f"/extra/{KEY}": kept}
