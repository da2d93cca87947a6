"""Compare every node's results with those of the machines like it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tripleo_cli.domain.node import Node, NodeId
from tripleo_cli.domain.outliers.agreement import agreed
from tripleo_cli.domain.outliers.comparison import Comparison, Dot, Single
from tripleo_cli.domain.outliers.findings import Finding, Verdict
from tripleo_cli.domain.outliers.group import group_of
from tripleo_cli.domain.outliers.metrics import Kind
from tripleo_cli.domain.outliers.peers import Peers, peers_for
from tripleo_cli.domain.outliers.readings import readings_of
from tripleo_cli.domain.outliers.statistic import (
    FEWEST,
    deviations,
    is_unstable,
    limit,
    median,
    scatter,
    shared_scatter,
)
from tripleo_cli.domain.outliers.tolerance import Tolerances

Place = tuple[Peers, str]
"""Who is compared, in which metric."""
Ways = list[tuple[Node, Kind, list[Place]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparisons:
    """All comparisons.

    ``alone`` are nodes of which some kind of result could not be compared at all,
    because fewer than three machines are alike in it. ``singles`` are all results
    without a comparison.
    """

    made: tuple[Comparison, ...]
    alone: tuple[Node, ...]
    singles: tuple[Single, ...]


def compare(nodes: Iterable[Node], tolerances: Tolerances) -> Comparisons:
    """Compare all nodes that have benchmark results.

    Machines that are alike in more are preferred (see
    :mod:`~tripleo_cli.domain.outliers.peers`); a node's result is judged once.
    """
    circles, ways = _circles(nodes)
    chosen, alone = _chosen(circles, ways)
    distances = {
        place: deviations([dot.reading.value for dot in circles[place]])
        for place in chosen
    }
    shared = {
        kind: shared_scatter(
            group
            for place, group in distances.items()
            if circles[place][0].reading.kind is kind
        )
        for kind in Kind
    }
    made = tuple(
        _comparison(
            place,
            _placed(circles[place], distances[place]),
            chosen[place],
            _Scale(shared=shared, tolerances=tolerances),
        )
        for place in sorted(chosen, key=lambda place: (place[0].label, place[1]))
    )
    singles = tuple(_singles(circles, ways))
    return Comparisons(made=agreed(made), alone=alone, singles=singles)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """What is needed to say how far is too far."""

    shared: Mapping[Kind, float]
    tolerances: Tolerances


def _circles(nodes: Iterable[Node]) -> tuple[dict[Place, list[Dot]], Ways]:
    """Gather who could be compared, and for each result with whom, closest first."""
    circles: dict[Place, list[Dot]] = defaultdict(list)
    ways: Ways = []
    for node in nodes:
        if node.facts is None:
            continue
        key = group_of(node.facts)
        for metric, reading in readings_of(node.facts).items():
            around = peers_for(
                key, reading.kind, reading.disk, per_cpu=reading.is_per_cpu
            )
            places = [(peers, metric) for peers in around]
            ways.append((node, reading.kind, places))
            for place in places:
                circles[place].append(Dot(node, reading))
    return circles, ways


def _chosen(
    circles: Mapping[Place, Sequence[Dot]], ways: Ways
) -> tuple[dict[Place, set[NodeId]], tuple[Node, ...]]:
    chosen: dict[Place, set[NodeId]] = defaultdict(set)
    compared: dict[tuple[NodeId, Kind], bool] = defaultdict(bool)
    known = {}
    for node, kind, places in ways:
        known[node.id] = node
        place = _place(circles, places)
        compared[node.id, kind] |= place is not None
        if place:
            chosen[place].add(node.id)
    alone = {node for (node, _), is_compared in compared.items() if not is_compared}
    return chosen, tuple(node for id_, node in known.items() if id_ in alone)


def _place(
    circles: Mapping[Place, Sequence[Dot]], places: Iterable[Place]
) -> Place | None:
    return next((one for one in places if len(circles[one]) >= FEWEST), None)


def _singles(circles: Mapping[Place, Sequence[Dot]], ways: Ways) -> Iterator[Single]:
    """Give the results that are compared nowhere, with those of the closest peers."""
    lonely = {places[0] for _, _, places in ways if not _place(circles, places)}
    for peers, metric in sorted(lonely, key=lambda place: (place[0].label, place[1])):
        dots = tuple(circles[peers, metric])
        kind = dots[0].reading.kind
        yield Single(group=peers.label, metric=metric, kind=kind, dots=dots)


def _placed(dots: Iterable[Dot], distances: Iterable[float]) -> tuple[Dot, ...]:
    return tuple(
        replace(dot, deviation=deviation)
        for dot, deviation in zip(dots, distances, strict=True)
    )


def _comparison(
    place: Place, dots: tuple[Dot, ...], judged: Collection[NodeId], scale: _Scale
) -> Comparison:
    peers, metric = place
    first = dots[0].reading
    distances = [dot.deviation for dot in dots]
    tolerance = scale.tolerances.of(metric, first.kind)
    allowed = limit(distances, scale.shared[first.kind], tolerance)
    return Comparison(
        group=peers.label,
        metric=metric,
        kind=first.kind,
        median=median(dot.reading.value for dot in dots),
        scatter=scatter(distances),
        limit=allowed,
        lower_is_better=first.lower_is_better,
        is_unstable=is_unstable(distances, tolerance),
        dots=tuple(
            replace(dot, verdict=_verdict(dot, allowed), is_judged=True)
            if dot.node.id in judged
            else dot
            for dot in dots
        ),
    )


def _verdict(dot: Dot, allowed: float) -> Verdict:
    if abs(dot.deviation) <= allowed:
        return Verdict.FITS
    is_worse = (dot.deviation > 0) == dot.reading.lower_is_better
    if not is_worse and dot.reading.kind.is_efficiency:
        # Its CPUs are slower alone, which their own results tell.
        return Verdict.FITS
    return Verdict.SLOW if is_worse else Verdict.FAST


def findings_of(comparison: Comparison) -> Iterator[Finding]:
    """Tell of the odd results of one comparison."""
    for dot in comparison.odd:
        side = "above" if dot.deviation > 0 else "below"
        many = len(comparison.dots)
        part = f"; the worst is {dot.reading.part}" if dot.reading.parts > 1 else ""
        yield Finding(
            node=dot.node,
            group=comparison.group,
            subject=comparison.metric,
            value=dot.reading.value,
            usual=comparison.median,
            deviation=dot.deviation,
            verdict=dot.verdict,
            kind=comparison.kind,
            reason=(
                f"{comparison.metric} is {abs(dot.deviation):.0%} {side} the median of "
                f"{many} like machines (allowed {comparison.limit:.0%}{part})"
            ),
        )
