"""Everything that is odd in a fleet, and what it was compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tripleo_cli.domain.node import Node, NodeId
from tripleo_cli.domain.outliers.compare import compare, findings_of
from tripleo_cli.domain.outliers.comparison import Comparison, Single
from tripleo_cli.domain.outliers.differences import differences
from tripleo_cli.domain.outliers.findings import Finding, Verdict
from tripleo_cli.domain.outliers.group import GroupKey, group_of
from tripleo_cli.domain.outliers.tolerance import Tolerances

_ORDER: Final = tuple(Verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A fleet looked at as a whole.

    ``groups`` hold like machines, the largest group first. ``unknown`` were never
    inspected; ``unmeasured`` have no benchmark results; of ``alone``, results of some
    kind have fewer than three machines to be compared among: those results are
    ``singles``.
    """

    groups: Mapping[GroupKey, tuple[Node, ...]]
    comparisons: tuple[Comparison, ...]
    findings: tuple[Finding, ...]
    unknown: tuple[Node, ...]
    unmeasured: tuple[Node, ...]
    alone: tuple[Node, ...]
    singles: tuple[Single, ...]

    @property
    def unstable(self) -> tuple[Comparison, ...]:
        """Metrics in which like machines scatter by more than is tolerated."""
        return tuple(one for one in self.comparisons if one.is_unstable)

    def of(self, *verdicts: Verdict) -> Mapping[NodeId, tuple[Finding, ...]]:
        """Give the findings with one of these verdicts, by node."""
        found: dict[NodeId, list[Finding]] = {}
        for finding in self.findings:
            if finding.verdict in verdicts:
                found.setdefault(finding.node.id, []).append(finding)
        return {node: tuple(all_) for node, all_ in found.items()}


def survey(nodes: Iterable[Node], tolerances: Tolerances) -> Survey:
    """Look for what is odd; the order of ``nodes`` does not matter."""
    ordered = sorted(nodes, key=lambda node: (node.name, node.id))
    inspected = [node for node in ordered if node.facts is not None]
    comparisons = compare(inspected, tolerances)
    findings = [
        *(finding for made in comparisons.made for finding in findings_of(made)),
        *differences(inspected),
    ]
    return Survey(
        groups=_groups(inspected),
        comparisons=comparisons.made,
        findings=tuple(sorted(findings, key=_rank)),
        unknown=tuple(node for node in ordered if node.facts is None),
        unmeasured=tuple(n for n in inspected if n.facts and not n.facts.benchmarks),
        alone=comparisons.alone,
        singles=comparisons.singles,
    )


def worst(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Keep of each node, verdict and kind of metric only the largest deviation.

    A slow processor is slow in all of twenty results; what differs is kept.
    """
    kept: dict[object, Finding] = {}
    for finding in findings:
        what = finding.kind or (finding.subject, finding.group)
        place = (finding.node.id, finding.verdict, what)
        known = kept.get(place)
        if known is None or abs(finding.deviation or 0) > abs(known.deviation or 0):
            kept[place] = finding
    return tuple(kept.values())


def _groups(nodes: Iterable[Node]) -> Mapping[GroupKey, tuple[Node, ...]]:
    groups: dict[GroupKey, list[Node]] = {}
    for node in nodes:
        if node.facts is not None:
            groups.setdefault(group_of(node.facts), []).append(node)
    by_size = sorted(groups.items(), key=lambda one: (-len(one[1]), str(one[0])))
    return {key: tuple(members) for key, members in by_size}


def _rank(finding: Finding) -> tuple[object, ...]:
    return (
        _ORDER.index(finding.verdict),
        finding.node.name,
        finding.node.id,
        finding.kind.value if finding.kind else "",
        finding.subject,
        finding.group,
    )
