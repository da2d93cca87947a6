"""A disk and a ramdisk are written of files, by the elements that write them."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tripleo_cli.clients.dib import LocalImageBuilder
from tripleo_cli.domain.host import Call
from tripleo_cli.domain.image.job import ISOLATED
from tripleo_cli.domain.image.machine import needed_packages
from tripleo_cli.resources import shipped

pytestmark = pytest.mark.functional

ROOT_UUID = "5f0f4a52-91ff-4a7f-9b4b-0c8f2f6f7a11"
FSTAB = f"""\
UUID={ROOT_UUID} / ext4 errors=remount-ro 0 1
UUID=1A2B-3C4D /boot/efi vfat umask=0077,nofail 0 0
"""
MIB = 2**20


@dataclass(frozen=True)
class Files:
    """Files of an image, a folder for work, and where the image goes."""

    root: Path
    work: Path
    output: Path

    def write(self, element: str, **env: str) -> str:
        """Run what an element does with the files; gives what it said."""
        hooks = Path(str(shipped("templates") / "images" / "elements" / element))
        (hook,) = (hooks / "cleanup.d").iterdir()
        given = {
            "TARGET_ROOT": str(self.root),
            "TMP_BUILD_DIR": str(self.work),
            "TRIPLEO_OUTPUT": str(self.output),
        }
        call = Call(argv=(*ISOLATED, str(hook)), env={**given, **env})
        lines: list[str] = []
        code = LocalImageBuilder().build(call, str(self.work / "log"), lines.append)
        assert code == 0, "".join(lines)
        return "".join(lines)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Make up a root filesystem, and see that what writing takes is there."""
    builder = LocalImageBuilder()
    packages = (*needed_packages("qcow2"), *needed_packages("ramdisk"))
    missing = builder.machine(packages, str(tmp_path)).missing
    if missing:
        builder.install(missing)
    root = tmp_path / "root"
    made = {
        "etc/fstab": FSTAB.encode(),
        "etc/resolv.conf": b"nameserver 192.0.2.1\n",
        "usr/bin/su": b"a program",
        "boot/vmlinuz-6.1.0-1-amd64": b"an older kernel",
        "boot/vmlinuz-6.1.0-10-amd64": b"a kernel",
        "boot/efi/EFI/BOOT/BOOTX64.EFI": b"a boot loader",
        "boot/grub/i386-pc/boot.img": b"\x11" * 512,
        "boot/grub/i386-pc/core.img": b"\x22" * 1024,
        "usr/sbin/init": b"the first process",
    }
    for name, body in made.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    (root / "sbin").symlink_to("usr/sbin")
    os.chown(root / "usr/bin/su", 0, 42)
    (root / "usr/bin/su").chmod(0o4755)
    work = tmp_path / "work"
    work.mkdir()
    return Files(root=root, work=work, output=tmp_path / "node")


def said(*argv: str | Path) -> str:
    words = tuple(str(word) for word in argv)
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


def raw_disk(files: Files) -> Path:
    """Unpack the image, to look into it."""
    disk = files.work / "disk.raw"
    image = files.output.with_suffix(".qcow2")
    said("qemu-img", "convert", "-f", "qcow2", "-O", "raw", image, disk)
    return disk


def partition(disk: Path, entry: dict[str, Any]) -> Path:
    """Copy a partition out of a disk."""
    path = disk.with_name(entry["name"])
    with disk.open("rb") as source, path.open("wb") as target:
        source.seek(entry["start"] * 512)
        target.write(source.read(entry["size"] * 512))
    return path


def test_a_disk_has_a_table_a_root_and_boot_loaders(files: Files) -> None:
    files.write("tripleo-whole-disk", DIB_IMAGE_SIZE=str(64 * 1024))
    disk = raw_disk(files)
    table = json.loads(said("sfdisk", "--json", disk))["partitiontable"]
    entries = {each["name"]: each for each in table["partitions"]}

    said("sfdisk", "--verify", disk)
    assert table["label"] == "gpt"
    assert list(entries) == ["grub", "efi", "root"]
    assert entries["root"]["size"] * 512 == 64 * MIB

    root = partition(disk, entries["root"])
    said("e2fsck", "-f", "-n", root)
    assert ROOT_UUID in said("blkid", root)
    assert said("debugfs", "-R", "cat /etc/fstab", root) == FSTAB
    program = said("debugfs", "-R", "stat /usr/bin/su", root)
    assert "Mode:  04755" in program
    assert "Group:    42" in program
    # What belongs to the build, and what is on the other partition, is not there.
    assert "resolv.conf" not in said("debugfs", "-R", "ls /etc", root)
    assert "EFI" not in said("debugfs", "-R", "ls /boot/efi", root)

    system = partition(disk, entries["efi"])
    loader = said("mtype", "-i", system, "::/EFI/BOOT/BOOTX64.EFI")
    assert loader == "a boot loader"
    assert "1A2B-3C4D" in said("blkid", system)


def test_a_bios_finds_grub_by_the_first_sector(files: Files) -> None:
    files.write("tripleo-whole-disk", DIB_IMAGE_SIZE=str(64 * 1024))
    disk = raw_disk(files).read_bytes()
    first, second = disk[:512], disk[MIB : MIB + 1024]

    assert first[:92] == b"\x11" * 92
    assert int.from_bytes(first[92:100], "little") * 512 == MIB
    assert first[510:] == b"\x55\xaa"  # the table's, and not the boot loader's
    assert second[:500] == b"\x22" * 500
    assert int.from_bytes(second[500:508], "little") * 512 == MIB + 512
    assert second[508:] == b"\x22" * 516


def test_a_disk_without_a_size_has_room_for_its_files(files: Files) -> None:
    with (files.root / "large").open("wb") as large:
        large.write(os.urandom(40 * MIB))
    files.write("tripleo-whole-disk")
    disk = raw_disk(files)
    table = json.loads(said("sfdisk", "--json", disk))["partitiontable"]

    assert table["partitions"][-1]["size"] * 512 >= 100 * MIB


def test_a_ramdisk_is_the_newest_kernel_and_all_files(files: Files) -> None:
    files.write("tripleo-ramdisk")
    packed = files.output.with_suffix(".initramfs")
    listing = "zstd --quiet --decompress --stdout $1 | cpio --list --verbose --quiet"
    listed = said("bash", "-c", listing, "list", packed)

    assert files.output.with_suffix(".kernel").read_bytes() == b"a kernel"
    assert "init -> sbin/init" in listed
    assert "-rwsr-xr-x" in listed
    assert "vmlinuz" not in listed
    assert "resolv.conf" not in listed
