"""Write down all that Ironic knows of the nodes, to work from without a cloud."""

from __future__ import annotations

from tripleo_cli.domain.events import Began, Finished, Reporter, Skipped
from tripleo_cli.domain.matching.order import by_name
from tripleo_cli.domain.node import Node, label
from tripleo_cli.errors import NotFoundError
from tripleo_cli.rendering.export import render_entry, render_export
from tripleo_cli.workflows.concurrency import DEFAULT_CONCURRENCY, each, require_all
from tripleo_cli.workflows.ports import Cloud

TASK = "Export nodes"


def export_nodes(
    cloud: Cloud, report: Reporter, concurrency: int = DEFAULT_CONCURRENCY
) -> str:
    """Give the text of an export of every node, in the order of their names.

    It takes one call for the inventory of each node. Nodes that are deleted meanwhile
    are left out.

    Raises:
        PartialFailureError: The inventory of some nodes could not be read; names
            each. An export with holes would mislead whoever matches from it.
    """
    nodes = by_name(cloud.baremetal.nodes())
    report(Began(TASK, len(nodes)))
    outcomes = each(
        nodes, lambda node: _entry(cloud, node, report), concurrency=concurrency
    )
    done = [(label(outcome.subject), outcome.error) for outcome in outcomes]
    hint = "run the same command again; nothing was written"
    require_all(TASK, done, report, "could not be exported", hint)
    return render_export(outcome.result for outcome in outcomes if outcome.result)


def _entry(cloud: Cloud, node: Node, report: Reporter) -> str:
    """Write a node at once: its text takes less memory than the inventory.

    The text of a node that is gone is empty.
    """
    name = label(node)
    try:
        found = cloud.inspection.inventory(node.id)
    except NotFoundError:
        report(Skipped(TASK, name, "was deleted meanwhile"))
        return ""
    if found is None:
        report(Skipped(TASK, name, "was not inspected"))
        return render_entry(node, None, {})
    report(Finished(TASK, name))
    return render_entry(node, *found)
