"""The image of a disk boots on a machine and fills it. On request: it takes minutes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.machine import QEMU, UEFI, booted

pytestmark = pytest.mark.e2e

GIB = 2**30


@pytest.fixture
def image() -> Path:
    """Find the image: TRIPLEO_TEST_DISK names it."""
    given = os.environ.get("TRIPLEO_TEST_DISK", "")
    if not given:
        pytest.fail("TRIPLEO_TEST_DISK names no .qcow2: ./run_tests.sh --only boot")
    if shutil.which(QEMU) is None:
        pytest.fail(f"{QEMU} is missing: apt-get install qemu-system-x86 ovmf")
    return Path(given)


@pytest.mark.parametrize("firmware", ["bios", "uefi"])
def test_it_boots_takes_its_name_and_fills_the_disk(
    image: Path,
    tmp_path: Path,
    firmware: str,
    record_property: Callable[[str, object], None],
) -> None:
    if firmware == "uefi" and not UEFI.exists():
        pytest.fail(f"{UEFI} is missing: apt-get install ovmf")
    name = f"boot-{firmware}"
    with booted(image, tmp_path, uefi=firmware == "uefi", name=name) as machine:
        record_property("seconds_to_ssh", round(machine.wait_for_ssh()))
        assert machine.say("hostname").strip() == name
        machine.say("cloud-init status --wait")
        size = int(machine.say("df --output=size -B1 / | tail -n 1"))
        assert size > 18 * GIB
        booted_by = machine.say("test -d /sys/firmware/efi && echo uefi || echo bios")
        assert booted_by.strip() == firmware
        assert machine.say("findmnt -no FSTYPE /boot/efi").strip() == "vfat"
        failed = machine.say("systemctl --failed --no-legend --plain")
        assert failed.strip() == ""
        assert "login:" in machine.console
