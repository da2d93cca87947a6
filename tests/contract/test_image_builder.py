"""How long a build may take, with processes of this machine."""

from __future__ import annotations

import time
from pathlib import Path

import psutil

from tripleo_cli.clients.dib import LocalImageBuilder
from tripleo_cli.domain.host import Call

HANGING = "echo began; cd $1; sleep 600 & wait"


def build(script: str, folder: Path, limit: float) -> tuple[int | None, list[str]]:
    lines: list[str] = []
    argv = ("bash", "-c", script, "build", str(folder))
    call = Call(argv=argv, timeout_s=limit)
    log = str(folder / "log")
    return LocalImageBuilder().build(call, log, lines.append), lines


def running(folder: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cwd"])
        if process.info["cwd"] == str(folder)
    ]


def test_a_build_that_takes_too_long_is_ended_with_all_it_started(
    tmp_path: Path,
) -> None:
    began = time.monotonic()
    code, lines = build(HANGING, tmp_path, 0.5)

    assert time.monotonic() - began < 60
    assert (code, lines) == (None, ["began\n"])
    assert (tmp_path / "log").read_text() == "began\n"
    while running(tmp_path):  # they are killed, and have yet to be gone
        assert time.monotonic() - began < 60
        time.sleep(0.02)


def test_a_build_that_ends_in_time_has_its_own_exit_code(tmp_path: Path) -> None:
    assert build("exit 3", tmp_path, 600) == (3, [])
    assert build("true", tmp_path, 600) == (0, [])
