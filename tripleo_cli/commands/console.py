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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO, assert_never

from tripleo_cli.commands.board import Board, Task, Timer, duration, readable, sentence
from tripleo_cli.commands.stream import Unbreakable
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
