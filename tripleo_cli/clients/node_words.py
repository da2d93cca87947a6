"""What the program on nodes is told, whichever way it is reached."""

from __future__ import annotations

from collections.abc import Collection, Sequence

PUPPET_S = 1800
"""How long puppet may take in one step."""


def apply_words(step: int, *, force: bool, preview: str = "") -> list[str]:
    """Let it apply a step, or only look what that of another bundle would change."""
    words = ["apply", "--step", str(step), "--timeout", str(PUPPET_S)]
    look = ["--check", "--bundle", preview] if preview else []
    return [*words, *look, *["--force"] * force]


def explain_words(services: Collection[str]) -> list[str]:
    """Let it tell what services are in trouble with."""
    return ["explain", *(word for one in services for word in ("--service", one))]


def check_words(steps: Sequence[int], within_s: float | None) -> list[str]:
    """Let it make the checks of steps, in seconds at most where that is said."""
    words = ["check", *(word for step in steps for word in ("--step", str(step)))]
    return words + ([] if within_s is None else ["--within", f"{within_s:g}"])
