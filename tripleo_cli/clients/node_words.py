"""What the program on nodes is told, whichever way it is reached."""

from __future__ import annotations

from collections.abc import Sequence

PUPPET_S = 1800
"""How long puppet may take in one step."""


def apply_words(step: int, *, check: bool, force: bool) -> list[str]:
    """Let it apply a step, or only look what that would change."""
    words = ["apply", "--step", str(step), "--timeout", str(PUPPET_S)]
    return [*words, *["--check"] * check, *["--force"] * force]


def check_words(steps: Sequence[int], within_s: float | None) -> list[str]:
    """Let it make the checks of steps, in seconds at most where that is said."""
    words = ["check", *(word for step in steps for word in ("--step", str(step)))]
    return words + ([] if within_s is None else ["--within", f"{within_s:g}"])
