"""Write profiles on nodes, and take them off again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tripleo_cli.domain.events import Began, Finished, Reporter, Skipped
from tripleo_cli.domain.matching.order import by_name
from tripleo_cli.domain.node import Node, format_capabilities, label
from tripleo_cli.domain.profile import TAGGED_BY, current_profiles
from tripleo_cli.errors import InvalidInputError, Problem
from tripleo_cli.workflows.concurrency import each, require_all
from tripleo_cli.workflows.nodes import select
from tripleo_cli.workflows.ports import Baremetal

TAG = "Tag nodes"
UNTAG = "Remove tags"

Change = tuple[Node, Node]
"""A node as it is, and as it is to be."""


def write_tags(
    baremetal: Baremetal, changes: Iterable[Change], report: Reporter, task: str = TAG
) -> None:
    """Write traits, capabilities and notes of nodes as they are to be.

    Nodes that are so already are not written to. ``task`` is :data:`TAG` or
    :data:`UNTAG`.

    Raises:
        PartialFailureError: Some nodes could not be written; names each.
    """
    todo = list(changes)
    report(Began(task, len(todo)))

    def write(change: Change) -> None:
        _write(baremetal, *change)
        before, after = change
        text = ", ".join(current_profiles(after if task == TAG else before))
        event = Skipped if before == after else Finished
        report(event(task, label(before), text))

    done = [(label(one.subject[0]), one.error) for one in each(todo, write)]
    left = "could not be tagged" if task == TAG else "keep their tags"
    require_all(task, done, report, left)


def to_untag(
    nodes: Sequence[Node], names: Sequence[str] | None, *, is_forced: bool
) -> tuple[Node, ...]:
    """Choose nodes to take tags off.

    Args:
        nodes: All nodes.
        names: Names or ids of the nodes meant; ``None`` means all.
        is_forced: Whether nodes that carry a server are meant, too. Without it they
            are refused where they are named, and left out of all.

    Raises:
        InvalidInputError: Nodes are not known, or carry a server; lists all.
    """
    if names is None:
        return tuple(n for n in by_name(nodes) if is_forced or not n.is_in_use)
    chosen = select(nodes, names)
    problems = [
        Problem(label(node), f"carries a server ({node.provision.value})")
        for node in chosen
        if node.is_in_use and not is_forced
    ]
    if problems:
        hint = "without its tag Nova would not find a node again; --force if that is so"
        raise InvalidInputError("overcloud profiles unset", problems, hint=hint)
    return chosen


def _write(baremetal: Baremetal, before: Node, after: Node) -> None:
    """Write in an order in which a crash leaves no tags that nobody would take off.

    The note whose tags they are is there before the tags, and goes after them.
    """

    def write_traits() -> None:
        if after.traits != before.traits:
            baremetal.set_traits(before.id, after.traits)

    def write_fields() -> None:
        baremetal.update(before.id, _changed_fields(before, after))

    is_noted = TAGGED_BY in after.extra
    for write in (
        (write_fields, write_traits) if is_noted else (write_traits, write_fields)
    ):
        write()


def _changed_fields(before: Node, after: Node) -> dict[str, Any]:
    """Give what is to be set, by JSON pointer; ``None`` removes."""
    changes: dict[str, Any] = {}
    if after.capabilities != before.capabilities:
        text = format_capabilities(after.capabilities)
        changes["/properties/capabilities"] = text or None
    for key in sorted({*before.extra, *after.extra}):
        if before.extra.get(key) != after.extra.get(key):
            changes[f"/extra/{key}"] = after.extra.get(key)
    return changes
