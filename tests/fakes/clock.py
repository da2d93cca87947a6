"""Time that passes only when somebody sleeps."""

from __future__ import annotations

import threading


class FakeClock:
    """Jumps instead of sleeping; ``slept`` is the sum of all sleeps, in seconds."""

    def __init__(self) -> None:
        self.slept = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        return 1000.0 + self.slept

    def sleep(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        with self._lock:
            self.slept += seconds
