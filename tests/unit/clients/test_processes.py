"""Reading logs, and adding up processes."""

from __future__ import annotations

import os
import time
from itertools import islice
from pathlib import Path

import psutil
import pytest

from tripleo_cli.clients import processes
from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.errors import HostError


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "glance.log"
    path.write_text("a\nb\nc\n")
    return path


def test_the_last_lines(log: Path) -> None:
    assert list(processes.tail(log, 2, follow=False)) == ["b", "c"]
    assert list(processes.tail(log, 0, follow=False)) == []
    assert list(processes.tail(log, 9, follow=False)) == ["a", "b", "c"]


def test_following_gives_new_lines_and_survives_rotation(log: Path) -> None:
    lines = processes.tail(log, 1, follow=True)
    assert next(lines) == "c"

    with log.open("a") as stream:
        stream.write("d\n")
    assert next(lines) == "d"

    log.rename(log.with_suffix(".1"))
    log.write_text("e\nf\n")
    assert list(islice(lines, 2)) == ["e", "f"]


def test_a_line_is_given_when_it_is_complete(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = processes.tail(log, 1, follow=True)
    assert next(lines) == "c"
    with log.open("a") as stream:
        stream.write("half")

    def finish(_seconds: float) -> None:
        with log.open("a") as stream:
            stream.write(" a line\n")

    monkeypatch.setattr(time, "sleep", finish)

    assert next(lines) == "half a line"


def test_a_log_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(HostError, match=r"cannot read .*none\.log: No such file"):
        next(processes.tail(tmp_path / "none.log", 1, follow=False))


def test_usage_of_this_very_process() -> None:
    pid = os.getpid()

    found = processes.usage([pid, 2**30])

    assert found.keys() == {pid}
    assert found[pid].memory_mb > 10
    assert found[pid].uptime_s >= 0


def test_processes_of_another_user_are_not_ours() -> None:
    config = UndercloudConfig(clouds_file="/x", service_user="no-such-user")

    assert not processes.belongs_to(psutil.Process(), config)
