"""What keeps a machine from building images is said before anything is built."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tripleo_cli.domain.image.description import FORMATS
from tripleo_cli.domain.image.machine import (
    GIB,
    BuildMachine,
    builds_in_memory,
    machine_problems,
    needed_packages,
)

FIT = BuildMachine(
    is_root=True,
    has_apt=True,
    builder="3.43.0",
    missing=(),
    memory=64 * GIB,
    space=0,
)


def places(machine: BuildMachine, form: str = "qcow2") -> list[str]:
    return [problem.where for problem in machine_problems(machine, form, "/scratch")]


@pytest.mark.parametrize("form", FORMATS)
def test_a_fit_machine_has_no_problems(form: str) -> None:
    assert places(FIT, form) == []


def test_everything_that_is_wrong_is_told_at_once() -> None:
    unfit = replace(
        FIT,
        is_root=False,
        has_apt=False,
        builder="",
        missing=("zstd",),
        memory=GIB,
    )

    assert places(unfit) == ["user", "diskimage-builder", "programs", "/scratch"]


def test_packages_that_apt_can_install_are_no_problem() -> None:
    assert places(replace(FIT, missing=("zstd",))) == []


def test_memory_is_used_where_others_have_room_too() -> None:
    machine = replace(FIT, memory=12 * GIB)

    assert builds_in_memory(machine, "tar")
    assert not builds_in_memory(machine, "qcow2")


def test_tools_for_disks_are_asked_for_only_with_a_disk() -> None:
    assert "mtools" not in needed_packages("tar")
    assert "mtools" in needed_packages("qcow2")
    assert set(needed_packages("ramdisk")) >= {"mmdebstrap", "cpio"}
