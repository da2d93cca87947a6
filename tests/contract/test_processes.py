"""Ending what runs of an undercloud, with processes of this machine."""

from __future__ import annotations

import getpass
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tripleo_cli.clients import processes
from tripleo_cli.domain.undercloud.config import UndercloudConfig

SUPERVISOR = "trap '' TERM; while :; do sleep 600; done"
"""Starts its service again whenever that has ended, and does not end when asked."""


@pytest.fixture
def config(tmp_path: Path) -> UndercloudConfig:
    return of(tmp_path)


def of(folder: Path) -> UndercloudConfig:
    """Give an undercloud whose services run as we do."""
    user = getpass.getuser()
    return UndercloudConfig(state_dir=str(folder), clouds_file="/x", service_user=user)


def running(folder: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cwd"])
        if process.info["cwd"] == str(folder)
    ]


def start(folder: Path, script: str) -> None:
    """Start a process that is nobody's child any more, and what it starts."""
    folder.mkdir(exist_ok=True)
    subprocess.run(  # noqa: S603 - our own words
        ["/bin/sh", "-c", f"({script}) </dev/null >/dev/null 2>&1 &"],
        cwd=folder,
        check=True,
    )
    deadline = time.monotonic() + 10
    while not any(one.name() == "sleep" for one in running(folder)):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_all_ends_with_what_starts_it_again(
    tmp_path: Path, config: UndercloudConfig
) -> None:
    start(tmp_path / "data", SUPERVISOR)

    processes.end_all(config)

    assert not running(tmp_path / "data")


def test_what_another_undercloud_runs_goes_on(
    tmp_path: Path, config: UndercloudConfig
) -> None:
    other = of(Path(f"{tmp_path}-other"))
    start(Path(other.state_dir), "sleep 600")

    processes.end_all(config)
    went_on = len(running(Path(other.state_dir)))
    processes.end_all(other)

    assert went_on


def test_strays_are_asked_to_end(tmp_path: Path, config: UndercloudConfig) -> None:
    start(tmp_path / "data", "trap 'touch asked' TERM; sleep 600")

    ended = processes.end_strays(config)

    assert any(name.startswith("sleep (") for name in ended)
    assert not running(tmp_path / "data")
    assert (tmp_path / "data/asked").exists()
