"""One odd result of many may be chance; two that agree hardly are.

A node has dozens of results. However rarely one of them is far off by chance, one of
so many is, somewhere in the fleet. But a slow part is slow in all that it does.
Where like machines do not agree in one result of a kind, the others are doubtful, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from tripleo_cli.domain.outliers.comparison import Comparison, Dot
from tripleo_cli.domain.outliers.findings import Verdict

SURE: Final = 1.3
"""How many times what is allowed a single result must deviate by."""
SURE_IN_DOUBT: Final = 2
"""The same where another result of the kind is unstable."""
AGREEING: Final = 2
"""Or how many results of a kind must deviate to the same side."""


def agreed(made: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """Take back the verdict on single results that are not far off."""
    results = Counter(
        (dot.node.id, one.kind) for one in made for dot in one.dots if dot.is_judged
    )
    odd = Counter(
        (dot.node.id, one.kind, dot.verdict) for one in made for dot in one.odd
    )

    unstable = {
        (dot.node.id, one.kind)
        for one in made
        if one.is_unstable
        for dot in one.dots
        if dot.is_judged
    }

    def stays(one: Comparison, dot: Dot) -> bool:
        place = (dot.node.id, one.kind)
        sure = SURE_IN_DOUBT if place in unstable and not one.is_unstable else SURE
        return (
            results[place] == 1
            or odd[*place, dot.verdict] >= AGREEING
            or abs(dot.deviation) > sure * one.limit
        )

    return tuple(
        _without(one, [dot for dot in one.odd if not stays(one, dot)]) for one in made
    )


def _without(one: Comparison, chance: Iterable[Dot]) -> Comparison:
    doubtful = {dot.node.id for dot in chance}
    if not doubtful:
        return one
    dots = tuple(
        replace(dot, verdict=Verdict.FITS) if dot.node.id in doubtful else dot
        for dot in one.dots
    )
    return replace(one, dots=dots)
