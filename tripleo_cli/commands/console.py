"""Show events to the operator: live on a terminal, line by line elsewhere.

Everything goes to stderr, so that a command's answer on stdout stays clean. A
reporter may be called from several threads and never raises: a closed pipe or a
lost terminal makes it mute, and the work goes on.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TextIO, assert_never

from tripleo_cli.domain.events import (
    Began,
    Event,
    Failed,
    Finished,
    Noted,
    Progressed,
    Reporter,
    Skipped,
    silent,
)

Timer = Callable[[], float]
Outcome = Finished | Skipped | Failed


@contextmanager
def watching(
    stream: TextIO | None = None, *, timer: Timer = time.monotonic
) -> Iterator[Reporter]:
    """Give a reporter that shows events on ``stream`` until the block ends.

    Args:
        stream: Where to write; stderr if not given.
        timer: Seconds of a monotonic clock.
    """
    stream = sys.stderr if stream is None else stream
    if stream is None:  # A daemon may have no stderr at all.
        yield silent
        return
    output = Unbreakable(stream)
    if not is_live(output):
        yield Lines(output, timer)
        return
    # rich is for whoever watches a terminal; nobody else pays for its import.
    from tripleo_cli.commands.live import Screen

    screen = Screen(output, timer)
    with screen:
        yield screen


def is_live(stream: Unbreakable) -> bool:
    """Whether a display that redraws itself can be shown on ``stream``."""
    return stream.isatty() and os.environ.get("TERM", "") not in ("", "dumb")


class Unbreakable:
    """A text stream that goes mute when the other end is gone."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._gone = False

    @property
    def encoding(self) -> str:
        """The name of the stream's encoding."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        """Whether the stream is a terminal that is still there."""
        try:
            return self._stream.isatty()
        except (OSError, ValueError):
            return False

    def fileno(self) -> int:
        """The stream's file descriptor."""
        return self._stream.fileno()

    def write(self, text: str) -> int:
        """Write what the stream's encoding can show."""
        shown = text.encode(self.encoding, "replace").decode(self.encoding)
        self._try(lambda: self._stream.write(shown))
        return len(text)

    def flush(self) -> None:
        """Send what was written."""
        self._try(self._stream.flush)

    def _try(self, action: Callable[[], object]) -> None:
        if self._gone:
            return
        try:
            action()
        except (OSError, ValueError):
            # ValueError is how Python says that the file is closed.
            self._gone = True
            self._drain()

    def _drain(self) -> None:
        """Let Python's own last flush at exit succeed, else it exits with 120."""
        if self._stream is not sys.__stderr__:
            return
        with suppress(OSError, ValueError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self._stream.fileno())
            os.close(null)


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


class Lines:
    """A reporter that writes one line per event, for logs and pipes."""

    def __init__(self, stream: Unbreakable, timer: Timer) -> None:
        self._stream = stream
        self._board = Board(timer)
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Write what happened, if that is news."""
        with self._lock:
            for line in self._lines(event):
                self._stream.write(f"{line}\n")
            self._stream.flush()

    def _lines(self, event: Event) -> Sequence[str]:
        match event:
            case Noted():
                return [readable(event.text)]
            case Began():
                self._board.begin(event)
                total = f", {event.total} to do" if event.total else ""
                return [f"{event.task}: began{total}"]
            case Progressed():
                task = self._board.task(event.task)
                is_news = task.progress(event.subject, event.text, self._board.timer())
                return [sentence(event)] if is_news else []
            case Finished() | Skipped() | Failed():
                task = self._board.task(event.task)
                task.settle(event, self._board.timer())
                return [sentence(event) + self._place(task, event.subject)]
            case _:
                assert_never(event)

    def _place(self, task: Task, subject: str) -> str:
        """Say where in the task an end is: its number, or its time at the end."""
        parts = [task.counts()]
        parts += [] if subject else [duration(task.elapsed(self._board.timer()))]
        known = ", ".join(part for part in parts if part)
        return f" ({known})" if known else ""


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
