"""What operators see while a workflow runs."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from rich.console import ConsoleDimensions

from tripleo_cli.commands import console
from tripleo_cli.commands.board import duration, readable
from tripleo_cli.commands.console import watching
from tripleo_cli.commands.live import Screen
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

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Broken(Terminal):
    """A terminal that hung up."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def write(self, _text: str) -> int:
        raise self.error

    def flush(self) -> None:
        raise self.error


class Stopwatch:
    """A timer that tests move."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("LINES", "40")
    monkeypatch.delenv("NO_COLOR", raising=False)


def shown(stream: io.StringIO, *events: Event, seconds: float = 0) -> str:
    timer = Stopwatch()
    with watching(stream, timer=timer) as report:
        for event in events:
            report(event)
            timer.now += seconds
    return stream.getvalue()


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Began("introspect", 3), "introspect: began, 3 to do"),
        (Began("keystone"), "keystone: began"),
        (Progressed("introspect", "n-1", "waiting"), "introspect: n-1: waiting"),
        (Finished("introspect", "n-1"), "introspect: n-1: done (1)"),
        (Skipped("provide", "n-1"), "provide: n-1: nothing to do (1, 1 unchanged)"),
        (Failed("power", "n-1", "no answer"), "power: n-1: failed: no answer "),
        (Finished("keystone", text="3 tables"), "keystone: done: 3 tables (0.0 s)"),
        (Noted("Type: openstack overcloud deploy"), "Type: openstack overcloud deploy"),
    ],
)
def test_without_a_terminal_each_event_is_a_line(event: Event, line: str) -> None:
    stream = io.StringIO()

    assert shown(stream, event).startswith(line)
    assert stream.getvalue().count("\n") == 1


def test_progress_is_only_written_when_it_changes() -> None:
    said = [Progressed("deploy", "n-1", text) for text in ("build", "build", "active")]

    lines = shown(io.StringIO(), *said).splitlines()

    assert lines == ["deploy: n-1: build", "deploy: n-1: active"]


def test_the_end_of_a_subject_says_how_many_are_done() -> None:
    lines = shown(
        io.StringIO(),
        Began("introspect", 3),
        Finished("introspect", "n-1"),
        Failed("introspect", "n-2", "no answer"),
        Skipped("introspect", "n-3"),
        seconds=1,
    ).splitlines()

    assert lines[1:] == [
        "introspect: n-1: done (1/3)",
        "introspect: n-2: failed: no answer (2/3, 1 failed)",
        "introspect: n-3: nothing to do (3/3, 1 unchanged, 1 failed)",
    ]


def test_the_end_of_a_task_says_how_long_it_took() -> None:
    lines = shown(io.StringIO(), Began("sync"), Finished("sync"), seconds=65)

    assert lines.splitlines()[-1] == "sync: done (1 min 05 s)"


def test_control_characters_of_a_service_do_not_reach_the_terminal() -> None:
    text = readable("bad\x1b[2J thing\r\nsecond line")

    assert text == "bad [2J thing \n  second line"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (0.44, "0.4 s"), (12.4, "12 s"), (185.2, "3 min 05 s")],
)
def test_durations_read_well(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize("make", [io.StringIO, Terminal])
def test_events_from_many_threads_all_arrive(
    make: Callable[[], io.StringIO],
) -> None:
    stream = make()
    nodes = [f"node-{number}" for number in range(200)]
    with watching(stream) as report, ThreadPoolExecutor(16) as pool:
        report(Began("introspect", len(nodes)))
        list(pool.map(lambda node: report(Progressed("introspect", node, "x")), nodes))
        list(pool.map(lambda node: report(Finished("introspect", node)), nodes))
        report(Finished("introspect"))

    assert "200/200" in stream.getvalue()


@pytest.mark.parametrize(
    "error",
    [
        BrokenPipeError("gone"),
        OSError(5, "Input/output error"),
        ValueError("I/O operation on closed file"),
    ],
)
@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_closed_pipe_stops_nothing(error: Exception, is_terminal: bool) -> None:  # noqa: FBT001 - pytest gives it by name
    stream = Broken(error)
    stream.isatty = lambda: is_terminal  # type: ignore[method-assign]

    with watching(stream) as report:
        report(Began("deploy", 1))
        report(Failed("deploy", "n-1", "no answer"))
        report(Finished("deploy"))


def test_an_ascii_stream_gets_what_it_can_show() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")

    with watching(stream) as report:
        report(Noted("Zürich → Genève"))

    assert raw.getvalue() == b"Z?rich ? Gen?ve\n"


def test_a_dumb_terminal_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")

    assert "\x1b" not in shown(Terminal(), Began("deploy"), Finished("deploy"))


def on_screen(*events: Event, seconds: float = 0) -> list[str]:
    """The lines that a terminal keeps: all that was not redrawn."""
    drawn = shown(Terminal(), *events, seconds=seconds)
    lines = CONTROL.sub("", drawn).replace("\r", "\n").splitlines()
    return [line.rstrip() for line in lines if line.strip()]


def test_on_a_terminal_the_end_of_a_task_stays() -> None:
    kept = on_screen(Began("sync"), Finished("sync", text="4 tables"), seconds=12)

    assert kept == ["✓ sync: 4 tables, 12 s"]


def test_on_a_terminal_a_task_with_nothing_to_do_leaves_no_line() -> None:
    kept = on_screen(Skipped("sync"), Skipped("deploy", text="nothing changed"))

    assert kept == ["· deploy: nothing changed, 0.0 s"]


def test_on_a_terminal_a_failed_subject_stays_and_a_good_one_does_not() -> None:
    kept = on_screen(
        Began("power", 2),
        Finished("power", "n-1"),
        Failed("power", "n-2", "BMC does not answer"),
        Finished("power"),
        seconds=1,
    )

    assert kept[0] == "✗ power: n-2: failed: BMC does not answer"
    assert kept[-1].startswith("✓ power: 2/2, 1 failed, ")
    assert not [line for line in kept if "n-1" in line]


def test_on_a_terminal_an_unfinished_task_is_told_at_the_end() -> None:
    stream = Terminal()

    with suppress(KeyboardInterrupt), watching(stream) as report:
        report(Began("deploy", 3))
        report(Finished("deploy", "n-1"))
        raise KeyboardInterrupt

    assert "✗ deploy: not finished, 1/3, " in CONTROL.sub("", stream.getvalue())


def test_a_task_that_settles_all_its_subjects_needs_no_other_end() -> None:
    kept = on_screen(Began("provide", 1), Finished("provide", "n-1"), seconds=2)

    assert kept == ["✓ provide: 1/1, 2 s"]


@pytest.mark.parametrize(
    ("count", "height", "listed"),
    [(3, 25, 3), (60, 25, 23), (60, 4, 0), (2, 4, 2)],
    ids=["all fit", "some fit", "no room", "just fit"],
)
def test_subjects_at_work_are_listed_as_far_as_the_terminal_goes(
    count: int, height: int, listed: int
) -> None:
    stream = Terminal()
    screen = Screen(Unbreakable(stream), Stopwatch())
    screen._console.size = ConsoleDimensions(100, height)  # noqa: SLF001 - one frame
    screen(Began("introspect", count))
    for number in range(count):
        screen(Progressed("introspect", f"n-{number}", "booting the ramdisk"))
    screen._console.print(screen._rows())  # noqa: SLF001 - one frame, no thread

    drawn = CONTROL.sub("", stream.getvalue())
    assert f"0/{count}" in drawn
    assert f"{count} at work" in drawn
    assert drawn.count("booting the ramdisk") == listed
    assert drawn.count("\n") <= height


def test_stderr_is_used_and_stdout_left_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with watching() as report:
        report(Noted("hello"))

    assert capsys.readouterr() == ("", "hello\n")


def test_rich_is_not_imported_for_plain_lines() -> None:
    tree = ast.parse(Path(console.__file__).read_text())
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]

    assert "rich" not in "".join(ast.unparse(node) for node in top)
