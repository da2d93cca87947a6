"""Real time."""

from __future__ import annotations

import time


class LiveClock:
    """The monotonic clock of this machine."""

    def now(self) -> float:
        """Seconds of a monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)
