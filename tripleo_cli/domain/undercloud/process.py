"""A supervised process as its supervisor sees it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process.

    ``state`` is supervisor's word: STOPPED, STARTING, RUNNING, BACKOFF, STOPPING,
    EXITED, FATAL or UNKNOWN. ``pid`` is 0 where it does not run; ``started_at`` is
    in seconds since 1970. ``reason`` says why it is not running, where known.
    """

    name: str
    state: str
    pid: int = 0
    started_at: float = 0
    reason: str = ""

    @property
    def is_up(self) -> bool:
        """Whether it runs, or was started a moment ago."""
        return self.state in {"RUNNING", "STARTING"}

    @property
    def has_failed(self) -> bool:
        """Whether supervisor has given up on it."""
        return self.state in {"FATAL", "EXITED"}
