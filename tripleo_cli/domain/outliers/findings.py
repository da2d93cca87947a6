"""What was found odd of a node."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from tripleo_cli.domain.node import Node
from tripleo_cli.domain.outliers.metrics import Kind


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

    ``subject`` is a metric, or what differs ("firmware bios_version"); ``deviation``
    is relative to the median and has its sign, ``None`` where nothing was measured.
    """

    node: Node
    group: str
    subject: str
    value: str
    usual: str
    verdict: Verdict
    reason: str
    deviation: float | None = None
    kind: Kind | None = None
