"""How the tasks of a run stand, and how their events are worded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import assert_never

from tripleo_cli.domain.events import Began, Failed, Finished, Progressed, Skipped

Timer = Callable[[], float]
Outcome = Finished | Skipped | Failed


@dataclass(slots=True)
class Task:
    """How one task stands; times are seconds of the timer.

    ``at_work`` maps a subject to what it does now and since when it is at work.
    """

    name: str
    total: int
    began: float
    ended: float | None = None
    finished: int = 0
    skipped: int = 0
    failed: int = 0
    text: str = ""
    at_work: dict[str, tuple[str, float]] = field(default_factory=dict)

    @property
    def settled(self) -> int:
        """How many subjects ended, well or not."""
        return self.finished + self.skipped + self.failed

    def counts(self) -> str:
        """Say how far it is: "3/5, 1 failed"; empty for a task without subjects."""
        if not self.total and not self.settled:
            return ""
        of = f"/{self.total}" if self.total else ""
        parts = [f"{self.settled}{of}"]
        parts += [f"{self.skipped} unchanged"] if self.skipped else []
        parts += [f"{self.failed} failed"] if self.failed else []
        return ", ".join(parts)

    def elapsed(self, now: float) -> float:
        """Seconds from its beginning to its end, or to now."""
        return (self.ended or now) - self.began

    def progress(self, subject: str, text: str, now: float) -> bool:
        """Note what a subject does; say whether that is news."""
        before, since = self.at_work.get(subject, (None, now))
        if subject:
            self.at_work[subject] = (text, since)
        else:
            before, self.text = self.text, text
        return before != text

    def settle(self, event: Outcome, now: float) -> None:
        """Count the end of a subject, or of the task where none is named."""
        self.at_work.pop(event.subject, None)
        if not event.subject:
            self.ended = now
            self.text = event.text
            return
        match event:
            case Finished():
                self.finished += 1
            case Skipped():
                self.skipped += 1
            case Failed():
                self.failed += 1
            case _:
                assert_never(event)
        if self.settled == self.total:
            self.ended = now


class Board:
    """All tasks of a run, by name, in the order in which they began."""

    def __init__(self, timer: Timer) -> None:
        self.timer = timer
        self.tasks: dict[str, Task] = {}

    def begin(self, event: Began) -> Task:
        """Start a task, again if it is known."""
        return self._new(event.task, event.total)

    def task(self, name: str) -> Task:
        """Give a task; one that nobody announced begins now."""
        return self.tasks.get(name) or self._new(name, 0)

    def _new(self, name: str, total: int) -> Task:
        task = self.tasks[name] = Task(name, total, self.timer())
        return task


OUTCOMES: dict[type[Outcome], str] = {
    Finished: "done",
    Skipped: "nothing to do",
    Failed: "failed",
}


def sentence(event: Progressed | Outcome) -> str:
    """Say an event in one line: "introspect: node-3: failed: no answer"."""
    parts = [event.task, event.subject]
    if not isinstance(event, Progressed):
        parts.append(OUTCOMES[type(event)])
    return readable(": ".join(part for part in [*parts, event.text] if part))


def readable(text: str) -> str:
    """Keep control characters of foreign messages away from the terminal."""
    shown = "".join(
        sign if sign.isprintable() or sign == "\n" else " " for sign in text
    )
    return shown.strip().replace("\n", "\n  ")


def duration(seconds: float) -> str:
    """Write a time span: "0.4 s", "12 s", "3 min 05 s"."""
    if seconds < 1:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
