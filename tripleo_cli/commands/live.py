"""The live display of ``console``: bars that move, and lines that stay.

Only imported when there is a terminal to watch on.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from itertools import islice
from logging import StreamHandler, getLogger
from typing import Any, TextIO, assert_never, cast

from rich.console import Console
from rich.file_proxy import FileProxy
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from tripleo_cli.commands.board import (
    Board,
    Outcome,
    Task,
    Timer,
    duration,
    readable,
    sentence,
)
from tripleo_cli.commands.stream import Unbreakable
from tripleo_cli.domain.events import (
    Began,
    Event,
    Failed,
    Finished,
    Noted,
    Progressed,
    Skipped,
)

FEWEST_LINES = 3
"""A terminal with less room than this for a task's subjects shows their number."""
BAR_WIDTH = 24
REFRESHES_PER_SECOND = 4
STYLES: dict[type[Outcome], str] = {Finished: "green", Skipped: "dim", Failed: "red"}
SIGNS: dict[type[Outcome], str] = {Finished: "✓", Skipped: "·", Failed: "✗"}
PLAIN_SIGNS: dict[type[Outcome], str] = {Finished: "ok", Skipped: "--", Failed: "!!"}


class Screen:
    """A reporter that draws running tasks and leaves a line where one ends."""

    def __init__(self, stream: Unbreakable, timer: Timer) -> None:
        self._board = Board(timer)
        # Never held while rich draws: rich takes its own lock, then asks for rows.
        self._lock = threading.Lock()
        file = cast("TextIO", stream)  # rich writes, flushes, asks for the encoding
        self._console = Console(file=file, force_terminal=True, highlight=False)
        is_unicode = stream.encoding.lower().startswith("utf")
        self._signs = SIGNS if is_unicode else PLAIN_SIGNS
        self._spinner = Spinner("dots" if is_unicode else "line")
        self._live = Live(
            console=self._console,
            get_renderable=self._rows,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=True,
            # A command's answer goes to stdout and has to stay there.
            redirect_stdout=False,
        )
        self._logs: list[tuple[StreamHandler[Any], Any]] = []

    def __enter__(self) -> Screen:
        """Begin to draw."""
        self._live.start()
        self._divert_logs()
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave a line for each task that did not say how it ended."""
        with self._lock:
            left = [self._last_line(task) for task in self._board.tasks.values()]
            self._board.tasks.clear()
        for line in left:
            self._keep(line)
        self._live.stop()
        for handler, stream in self._logs:
            handler.setStream(stream)

    def __call__(self, event: Event) -> None:
        """Take note of one event, and draw what stays of it."""
        with self._lock:
            line = self._note(event)
        if line is not None:
            self._keep(line)

    def _note(self, event: Event) -> Text | None:
        match event:
            case Noted():
                return Text(readable(event.text))
            case Began():
                self._board.begin(event)
            case Progressed():
                task = self._board.task(event.task)
                task.progress(event.subject, event.text, self._board.timer())
            case Finished() | Skipped() | Failed():
                return self._settle(event)
            case _:
                assert_never(event)
        return None

    def _settle(self, event: Outcome) -> Text | None:
        task = self._board.task(event.task)
        task.settle(event, self._board.timer())
        if not event.subject:
            del self._board.tasks[event.task]
            if isinstance(event, Skipped) and not event.text:
                return None
            return self._end(type(event), task)
        if isinstance(event, Failed):
            return self._signed(Failed, sentence(event))
        return None

    def _last_line(self, task: Task) -> Text:
        if task.ended is None:
            return self._end(Failed, task, "not finished")
        return self._end(Failed if task.failed else Finished, task)

    def _end(self, kind: type[Outcome], task: Task, text: str = "") -> Text:
        """Write the line that stays of a task."""
        details = [text or task.text, task.counts()]
        details.append(duration(task.elapsed(self._board.timer())))
        known = ", ".join(readable(part) for part in details if part)
        return self._signed(kind, f"{task.name}: {known}")

    def _signed(self, kind: type[Outcome], text: str) -> Text:
        return Text.assemble((self._signs[kind], STYLES[kind]), " ", text)

    def _keep(self, line: Text) -> None:
        # A long message is cut by nobody: the terminal wraps it.
        self._console.print(line, soft_wrap=True)

    def _rows(self) -> Table:
        """Draw the running tasks, and who is at work in them."""
        table = Table.grid(padding=(0, 1))
        for column in ("sign", "name", "bar", "counts", "time"):
            table.add_column(column, no_wrap=True)
        table.add_column("now", no_wrap=True, overflow="ellipsis", ratio=1)
        with self._lock:
            now = self._board.timer()
            tasks = list(self._board.tasks.values())
            room = self._console.height - len(tasks) - 1
            for task in tasks:
                table.add_row(*self._row(task, now))
                for cells in self._subjects(task, now, room):
                    table.add_row(*cells)
                    room -= 1
        return table

    def _row(self, task: Task, now: float) -> tuple[Any, ...]:
        outcome = self._signs[Failed if task.failed else Finished]
        sign = self._spinner if task.ended is None else Text(outcome)
        bar = self._bar(task) if task.total else ""
        busy = f"{len(task.at_work)} at work" if task.at_work else ""
        return (
            sign,
            Text(task.name),
            bar,
            Text(task.counts()),
            Text(duration(task.elapsed(now)), "dim"),
            Text(one_line(task.text) or busy, "dim"),
        )

    def _bar(self, task: Task) -> ProgressBar:
        return ProgressBar(
            total=task.total,
            completed=task.settled,
            width=BAR_WIDTH,
            complete_style="red" if task.failed else "cyan",
            finished_style="red" if task.failed else "green",
        )

    def _subjects(self, task: Task, now: float, room: int) -> Iterator[tuple[Any, ...]]:
        """Give a row for each subject; those longest at work where not all fit."""
        if room < min(len(task.at_work), FEWEST_LINES):
            return
        for name, (text, since) in islice(task.at_work.items(), max(0, room)):
            yield (
                "",
                Text(f"  {name}"),
                "",
                "",
                Text(duration(now - since), "dim"),
                Text(one_line(text)),
            )

    def _divert_logs(self) -> None:
        """Let log messages appear above the bars, not in the middle of them."""
        proxy = FileProxy(self._console, sys.stderr)
        for handler in getLogger().handlers:
            if (
                isinstance(handler, StreamHandler)
                and getattr(handler, "stream", None) is sys.__stderr__
            ):
                self._logs.append((handler, handler.stream))
                handler.setStream(proxy)


def one_line(text: str) -> str:
    """Fit a message in a row."""
    return " ".join(readable(text).split())
