"""Tables of results that too few machines have for a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from tripleo_cli.domain.node import label
from tripleo_cli.domain.outliers.comparison import Dot, Single
from tripleo_cli.domain.outliers.findings import in_words
from tripleo_cli.rendering.strips import unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One metric: a text for each node of the table, empty without a result."""

    part: str
    metric: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All metrics of a kind of machines that are alike."""

    group: str
    kind: str
    nodes: tuple[str, ...]
    rows: tuple[Row, ...]


def tables(singles: Sequence[Single]) -> tuple[Table, ...]:
    """Lay results out, a column for each node."""
    ordered = sorted(singles, key=lambda one: (one.group, one.kind.value))
    return tuple(
        _table(list(alike))
        for _, alike in groupby(ordered, key=lambda one: (one.group, one.kind))
    )


def _table(alike: Sequence[Single]) -> Table:
    nodes = tuple(sorted({label(dot.node) for one in alike for dot in one.dots}))
    return Table(
        group=alike[0].group,
        kind=alike[0].kind.value,
        nodes=nodes,
        rows=tuple(_row(one, nodes) for one in alike),
    )


def _row(one: Single, nodes: Sequence[str]) -> Row:
    part, _, metric = one.metric.partition(".")[2].rpartition(".")
    texts = {label(dot.node): _text(dot) for dot in one.dots}
    return Row(
        part=part, metric=metric, values=tuple(texts.get(node, "") for node in nodes)
    )


def _text(dot: Dot) -> str:
    value, reading = in_words(dot.reading.value), dot.reading
    measured = f"{value} {unit(reading.metric)}".strip()
    return f"{measured} on {reading.part}" if reading.parts > 1 else measured
