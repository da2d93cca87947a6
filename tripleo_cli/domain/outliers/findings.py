"""What was found odd of a node."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from tripleo_cli.domain.node import Node
from tripleo_cli.domain.outliers.metrics import Kind

_WHOLE = 100
_LONG = 1e15


class Verdict(Enum):
    """How odd a node is in something."""

    SLOW = "slow"
    """It is worse than the machines like it: not fit for use."""
    FAST = "fast"
    """It is better than the machines like it: odd, but not bad."""
    DIFFERS = "differs"
    """It is not built, cabled or set up like most machines of its kind."""
    FITS = "fits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Why a node is odd.

    ``subject`` is a metric, or what differs ("firmware of BIOS"). Of a metric, the
    values are numbers, in the unit that its name ends in, and ``deviation`` is
    relative to the median, with its sign.
    """

    node: Node
    group: str
    subject: str
    value: float | str
    usual: float | str
    verdict: Verdict
    reason: str
    deviation: float | None = None
    kind: Kind | None = None

    @property
    def is_difference(self) -> bool:
        """Whether it is about something that nobody measured."""
        return self.verdict is Verdict.DIFFERS


def in_words(value: float | str) -> str:
    """Write a result with the digits that matter; texts are as they are."""
    if isinstance(value, str):
        return value
    return f"{value:.0f}" if _WHOLE <= abs(value) < _LONG else f"{value:.4g}"
