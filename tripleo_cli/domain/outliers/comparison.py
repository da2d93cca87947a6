"""Results of like machines, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tripleo_cli.domain.node import Node
from tripleo_cli.domain.outliers.findings import Verdict
from tripleo_cli.domain.outliers.metrics import Kind
from tripleo_cli.domain.outliers.readings import Reading


@dataclass(frozen=True, slots=True)
class Dot:
    """One node's result among those of its peers."""

    node: Node
    reading: Reading
    deviation: float = 0.0
    is_judged: bool = False
    """Whether the node has no closer peers, with whom it is compared instead."""
    verdict: Verdict = Verdict.FITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """A metric's results of one or two machines: too few to compare."""

    group: str
    metric: str
    kind: Kind
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A metric's results of like machines; ``limit`` is relative to ``median``.

    It ``is_unstable`` where results scatter by more than is tolerated: only those far
    beyond that are odd.
    """

    group: str
    metric: str
    kind: Kind
    median: float
    scatter: float
    limit: float
    lower_is_better: bool
    is_unstable: bool
    dots: tuple[Dot, ...]

    @property
    def odd(self) -> Iterator[Dot]:
        """The dots that are too far from the median."""
        return (dot for dot in self.dots if dot.verdict is not Verdict.FITS)
