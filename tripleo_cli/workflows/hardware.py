"""Look at the hardware of a fleet, and leave out what is not fit for use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from tripleo_cli.domain.events import (
    Began,
    Finished,
    Noted,
    Reporter,
    Skipped,
)
from tripleo_cli.domain.node import EXCLUDED_KEY, EXCLUDED_TRAIT, Node, exclusion, label
from tripleo_cli.domain.outliers.findings import Verdict
from tripleo_cli.domain.outliers.majority import majorities
from tripleo_cli.domain.outliers.survey import Survey, worst
from tripleo_cli.errors import InvalidInputError, Problem
from tripleo_cli.workflows.concurrency import each, require_all
from tripleo_cli.workflows.introspection import nodes_with_facts
from tripleo_cli.workflows.nodes import select
from tripleo_cli.workflows.ports import Baremetal, Cloud

EXCLUDE = "exclude"
INCLUDE = "include"
BY_HAND = "excluded by an operator"
_EXCLUDE = "openstack overcloud hardware outliers --exclude"

Reasons = Sequence[tuple[Node, str]]


def inspected_nodes(cloud: Cloud) -> tuple[Node, ...]:
    """Read all registered nodes with what inspection found of them."""
    return nodes_with_facts(cloud, cloud.baremetal.nodes())


def reasons_to_exclude(
    survey: Survey, nodes: Iterable[Node], names: Sequence[str]
) -> Reasons:
    """Say which nodes to leave out, and why.

    Args:
        survey: What was found.
        nodes: All nodes.
        names: Names or ids of those meant; without any, all slow ones.

    Raises:
        InvalidInputError: Some names are not known; it lists all.
    """
    everything = tuple(nodes)
    slow = survey.of(Verdict.SLOW)
    meant = (
        select(everything, names) if names else [n for n in everything if n.id in slow]
    )
    found = survey.of(Verdict.SLOW, Verdict.DIFFERS)
    return [
        (
            node,
            "; ".join(one.reason for one in worst(found.get(node.id, ()))) or BY_HAND,
        )
        for node in meant
    ]


def require_minority(survey: Survey, nodes: Collection[Node]) -> None:
    """Refuse to leave out half of the machines of a group, or more.

    Machines are odd beside others that are not, and these are too few. Nodes that are
    left out already are no reason to refuse.

    Raises:
        InvalidInputError: It names those nodes, by group.
    """
    found = [
        one
        for one in majorities(survey.comparisons, [node.id for node in nodes])
        if any(exclusion(node) is None for node in one.lost)
    ]
    problems = [
        Problem(
            ", ".join(map(label, one.lost)),
            f"are {len(one.lost)} of {one.count} like machines ({one.group}): of so "
            "many nobody can say that they are odd",
        )
        for one in found
    ]
    if problems:
        held = {node.id for one in found for node in one.lost}
        others = [label(node) for node in nodes if node.id not in held]
        names = " ".join(others) or "NAME leaves out whom you name"
        raise InvalidInputError("slow nodes", problems, hint=f"{_EXCLUDE} {names}")


def exclude_nodes(baremetal: Baremetal, reasons: Reasons, report: Reporter) -> None:
    """Mark nodes as not fit for use; those that are marked keep their reason.

    Raises:
        PartialFailureError: Some nodes could not be marked; names each.
    """

    def exclude(pair: tuple[Node, str]) -> str | None:
        node, reason = pair
        if exclusion(node) is not None:
            return None
        # The reason first: a trait without one would tell nobody why.
        baremetal.update(node.id, {f"/extra/{EXCLUDED_KEY}": reason})
        baremetal.set_traits(node.id, node.traits | {EXCLUDED_TRAIT})
        if node.instance_id:
            text = "carries a server, which stays; it is not chosen again"
            report(Noted(f"{label(node)} {text}"))
        return reason

    _for_each(EXCLUDE, reasons, exclude, report)


def include_nodes(
    baremetal: Baremetal, nodes: Iterable[Node], report: Reporter
) -> None:
    """Take nodes back that were excluded; harmless for others.

    Raises:
        PartialFailureError: Some nodes could not be changed; names each.
    """

    def include(pair: tuple[Node, str]) -> str | None:
        node, reason = pair
        if EXCLUDED_TRAIT in node.traits:
            baremetal.set_traits(node.id, node.traits - {EXCLUDED_TRAIT})
        if EXCLUDED_KEY in node.extra:
            baremetal.update(node.id, {f"/extra/{EXCLUDED_KEY}": None})
        return f"was: {reason}" if reason else None

    pairs = [(node, exclusion(node) or "") for node in nodes]
    _for_each(INCLUDE, pairs, include, report)


def _for_each(
    task: str,
    pairs: Reasons,
    work: Callable[[tuple[Node, str]], str | None],
    report: Reporter,
) -> None:
    """Change nodes and tell of each; ``work`` gives ``None`` where all was done."""
    report(Began(task, len(pairs)))

    def tell(pair: tuple[Node, str]) -> None:
        text = work(pair)
        name = label(pair[0])
        skipped = Skipped(task, name, f"was {task}d before")
        report(skipped if text is None else Finished(task, name, text))

    done = [(label(one.subject[0]), one.error) for one in each(pairs, tell)]
    require_all(task, done, report, f"could not be {task}d")


def summary(survey: Survey) -> str:
    """Say in a line or two what was found, and what could not be judged."""
    counts = {
        verdict: len(survey.of(verdict))
        for verdict in (Verdict.SLOW, Verdict.FAST, Verdict.DIFFERS)
    }
    total = sum(map(len, survey.groups.values()))
    words = ", ".join(f"{count} {verdict.value}" for verdict, count in counts.items())
    gaps: dict[str, Sequence[Any]] = {
        "not inspected": survey.unknown,
        "without benchmarks": survey.unmeasured,
        "with fewer than 3 like machines": survey.alone,
    }
    not_judged = ", ".join(f"{len(all_)} {why}" for why, all_ in gaps.items() if all_)
    unstable = len(survey.unstable)
    earlier = sum(
        bool(node.facts and node.facts.measured_at)
        for members in survey.groups.values()
        for node in members
    )
    return "; ".join(
        [
            f"of {total} inspected nodes: {words}",
            *([f"unstable metrics: {unstable}"] if unstable else []),
            *([f"not all could be judged: {not_judged}"] if not_judged else []),
            *([f"{earlier} by results of an earlier inspection"] if earlier else []),
        ]
    )
