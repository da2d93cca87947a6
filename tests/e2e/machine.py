"""A machine that QEMU emulates, without KVM: it boots what is on its disk."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

QEMU = "qemu-system-x86_64"
UEFI = Path("/usr/share/ovmf/OVMF.fd")
BOOT_LIMIT_S = 1200


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A machine that runs; ``folder`` has its disk, its key and its console's text."""

    process: subprocess.Popen[bytes]
    folder: Path
    port: int

    @property
    def console(self) -> str:
        """What it wrote to its first serial port."""
        path = self.folder / "console.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def say(self, command: str) -> str:
        """Run a command on it by SSH; gives what it said."""
        done = self._ssh(command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def wait_for_ssh(self) -> float:
        """Wait until it lets us in; gives how many seconds that took."""
        began = time.monotonic()
        while self._ssh("true").returncode:
            assert self.process.poll() is None, f"it ended: {self.console}"
            waited = time.monotonic() - began
            assert waited < BOOT_LIMIT_S, f"nobody answers: {self.console}"
            time.sleep(5)
        return time.monotonic() - began

    def _ssh(self, command: str) -> subprocess.CompletedProcess[str]:
        options = (
            *("-i", str(self.folder / "key"), "-p", str(self.port)),
            *("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"),
            *("-o", "BatchMode=yes", "-o", "ConnectTimeout=30", "-o", "LogLevel=ERROR"),
        )
        argv = ("ssh", *options, "tripleo-admin@127.0.0.1", command)
        return subprocess.run(argv, capture_output=True, text=True, check=False)


@contextmanager
def booted(image: Path, folder: Path, *, uefi: bool, name: str) -> Iterator[Machine]:
    """Boot a machine from an image, with a larger disk and a config drive."""
    _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "key"))
    disk, drive = folder / "disk.qcow2", folder / "drive.img"
    backing = ("-F", "qcow2", "-b", str(image.resolve()))
    _run("qemu-img", "create", "-q", "-f", "qcow2", *backing, str(disk), "20G")
    key = (folder / "key.pub").read_text().strip()
    _write_config_drive(drive, {"hostname": name, "uuid": name, "key": key})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    argv = [
        *(QEMU, "-machine", "q35,accel=tcg", "-cpu", "max", "-smp", "2", "-m", "2048"),
        *("-display", "none", "-serial", f"file:{folder / 'console.log'}"),
        *("-drive", f"file={disk},format=qcow2,if=virtio"),
        *("-drive", f"file={drive},format=raw,if=virtio,readonly=on"),
        *("-netdev", f"user,id=n,hostfwd=tcp:127.0.0.1:{port}-:22"),
        *("-device", "virtio-net-pci,netdev=n", "-device", "virtio-rng-pci"),
        *(("-bios", str(UEFI)) if uefi else ()),
    ]
    process = subprocess.Popen(argv)
    try:
        yield Machine(process=process, folder=folder, port=port)
    finally:
        process.kill()
        process.wait()


def _write_config_drive(path: Path, said: Mapping[str, str]) -> None:
    """Write what Ironic puts beside an image: a small disk with this label."""
    metadata = {
        "hostname": said["hostname"],
        "uuid": said["uuid"],
        "public_keys": {"operator": said["key"]},
    }
    source = path.with_name("meta_data.json")
    source.write_text(json.dumps(metadata))
    with path.open("wb") as file:
        os.truncate(file.fileno(), 16 * 2**20)
    _run("mkfs.vfat", "-n", "CONFIG-2", str(path))
    _run("mmd", "-i", str(path), "::/openstack", "::/openstack/latest")
    target = "::/openstack/latest/meta_data.json"
    _run("mcopy", "-i", str(path), str(source), target)


def _run(*argv: str) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{argv}: {done.stdout}{done.stderr}"
