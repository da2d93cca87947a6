"""What happens during a workflow, for whoever is watching.

A *task* is a named piece of work ("introspect"); a *subject* is what it is done
to (a node's name), empty where the task stands for itself. Watchers decide how
it looks; workflows never print.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Began:
    """A task over ``total`` subjects began; 0 where the number is not known."""

    task: str
    total: int = 0


@dataclass(frozen=True, slots=True)
class Progressed:
    """A subject reached an intermediate state."""

    task: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A subject, or the whole task where ``subject`` is empty, ended well."""

    task: str
    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A subject needed nothing done."""

    task: str
    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """A subject ended badly; the others go on."""

    task: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Something the operator should read, tied to no task."""

    text: str


Event = Began | Progressed | Finished | Skipped | Failed | Noted


class Reporter(Protocol):
    """Receives events, from several threads; must not raise."""

    def __call__(self, event: Event, /) -> None:
        """Take note of one event."""


def silent(_event: Event) -> None:
    """Report to nobody."""
