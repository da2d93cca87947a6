"""What a check has against a deployment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

SHOWN = 5
"""How many subjects a text names; JSON has them all."""


class Severity(Enum):
    """An error will make the deployment fail; a warning may surprise later."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong: with what, how, and what to do about it.

    ``subjects`` are names as the operator knows them; all have the same thing wrong.
    """

    severity: Severity
    subjects: tuple[str, ...]
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        who = f"{in_short(self.subjects)}: " if self.subjects else ""
        return f"{who}{self.what}" + (f" ({self.remedy})" if self.remedy else "")


def error(subjects: str | Iterable[str], what: str, remedy: str = "") -> Finding:
    """Make a finding that stands against deploying."""
    return Finding(
        severity=Severity.ERROR, subjects=_names(subjects), what=what, remedy=remedy
    )


def warning(subjects: str | Iterable[str], what: str, remedy: str = "") -> Finding:
    """Make a finding that only deserves a word."""
    return Finding(
        severity=Severity.WARNING, subjects=_names(subjects), what=what, remedy=remedy
    )


def in_short(names: tuple[str, ...]) -> str:
    """Name the first few, and say how many more there are."""
    listed = ", ".join(names[:SHOWN])
    more = len(names) - SHOWN
    return f"{listed} and {more} more" if more > 0 else listed


def arguments(names: Iterable[str]) -> str:
    """Write names to be typed in a command; the first few stand for many."""
    listed = tuple(names)
    return " ".join((*listed[:SHOWN], *(("...",) if len(listed) > SHOWN else ())))


def _names(subjects: str | Iterable[str]) -> tuple[str, ...]:
    return (subjects,) if isinstance(subjects, str) else tuple(subjects)
