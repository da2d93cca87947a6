"""What building images finds out about this machine."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from tripleo_cli.clients.dib import LocalImageBuilder


def emulator(folder: Path, name: str, *, state: str = "enabled", flags: str) -> None:
    text = f"{state}\ninterpreter /usr/bin/{name}\nflags: {flags}\noffset 0\n"
    (folder / name).write_text(text)


def test_a_machine_runs_what_its_own_kind_runs(tmp_path: Path) -> None:
    names = LocalImageBuilder(tmp_path / "not-there").architectures()

    assert platform.machine() in names
    if platform.machine() == "x86_64":
        assert names == ("amd64", "x86_64", "i386")


@pytest.mark.parametrize(
    ("state", "flags", "runs"),
    [("enabled", "POCF", True), ("enabled", "", False), ("disabled", "F", False)],
)
def test_a_machine_runs_what_its_kernel_emulates_in_any_root(
    tmp_path: Path, state: str, flags: str, *, runs: bool
) -> None:
    emulator(tmp_path, "qemu-s390x", state=state, flags=flags)
    emulator(tmp_path, "qemu-ppc64le", flags="F")
    names = LocalImageBuilder(tmp_path).architectures()

    assert ("s390x" in names) is runs
    assert "ppc64el" in names
