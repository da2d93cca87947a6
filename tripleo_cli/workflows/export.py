"""Write down all that Ironic knows of the nodes, to work from without a cloud."""

from __future__ import annotations

from tripleo_cli.domain.events import Began, Failed, Finished, Reporter, Skipped
from tripleo_cli.domain.matching.order import by_name
from tripleo_cli.domain.node import Node, label
from tripleo_cli.errors import PartialFailureError
from tripleo_cli.rendering.export import render_entry, render_export
from tripleo_cli.workflows.concurrency import DEFAULT_CONCURRENCY, each
from tripleo_cli.workflows.ports import Cloud

TASK = "Export nodes"


def export_nodes(
    cloud: Cloud, report: Reporter, concurrency: int = DEFAULT_CONCURRENCY
) -> str:
    """Give the text of an export of every node, in the order of their names.

    It takes one call for the inventory of each node.

    Raises:
        PartialFailureError: The inventory of some nodes could not be read; names
            each. An export with holes would mislead whoever matches from it.
    """
    nodes = by_name(cloud.baremetal.nodes())
    report(Began(TASK, len(nodes)))
    outcomes = each(
        nodes, lambda node: _entry(cloud, node, report), concurrency=concurrency
    )
    failures = []
    for outcome in outcomes:
        if outcome.error:
            name = outcome.subject.name or outcome.subject.id
            report(Failed(TASK, name, str(outcome.error)))
            failures.append(f"  {name}: {outcome.error}")
    if failures:
        count = f"{len(failures)} of {len(nodes)}"
        raise PartialFailureError(
            "\n".join([f"{count} nodes could not be exported:", *failures]),
            hint="run the same command again; nothing was written",
        )
    return render_export(outcome.result or "" for outcome in outcomes)


def _entry(cloud: Cloud, node: Node, report: Reporter) -> str:
    """Write a node at once: its text takes less memory than the inventory."""
    name = label(node)
    found = cloud.inspection.inventory(node.id)
    if found is None:
        report(Skipped(TASK, name, "was not inspected"))
        return render_entry(node, None, {})
    report(Finished(TASK, name))
    return render_entry(node, *found)
