"""Containers on this host: systemd-nspawn, overlayfs, a bridge."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tripleo_cli.errors import HostError
from tripleo_cli.simulator import container_commands as commands
from tripleo_cli.simulator import container_process as process
from tripleo_cli.simulator import host, prerequisites, wires
from tripleo_cli.simulator.container import Condition, Image, Record, Tenant
from tripleo_cli.simulator.container_seed import (
    USER,
    SeedFile,
    account_files,
    seed_files,
)
from tripleo_cli.simulator.records import FileRecords
from tripleo_cli.simulator.rootfs import RootfsCache

STARTS_WITHIN_S: Final = 30.0
CONSOLE: Final = "console.log"
# An image that was made without these brings no cloud-init.
CLOUD_INIT: Final = ("/usr/bin/cloud-init", "/usr/local/bin/cloud-init")


@dataclass(frozen=True, slots=True)
class Nspawn:
    """The live runtime of containers."""

    records: FileRecords
    cache: RootfsCache

    def check(self) -> None:
        """Make sure that the host can run containers."""
        prerequisites.check()

    def unpack(self, image: Image) -> str:
        """Give the folder of an image's root filesystem."""
        return self.cache.unpack(image)

    def make(self, record: Record, tenant: Tenant) -> None:
        """Prepare a machine's disk, in place of what a killed fleet left there."""
        self.wipe(record)
        folder = self._folder(record)
        with host.telling(f"prepare a disk in {folder}"):
            for name in ("own", "work", "root"):
                (folder / name).mkdir(parents=True)
            folder.chmod(0o700)
            # The root folder of the overlay has the rights of this one.
            (folder / "own").chmod(0o755)
            self._mount(record)
            root = folder / "root"
            _write(root, seed_files(record, tenant))
            if not any(host.inside(root, path).exists() for path in CLOUD_INIT):
                _make_accounts(root, account_files(tenant))

    def boot(self, record: Record, *, plugged: bool) -> None:
        """Plug a machine in and start it."""
        folder = self._folder(record)
        if self.condition(record) is Condition.RUNNING:
            return
        self._mount(record)
        (folder / "pid").unlink(missing_ok=True)
        with self._network_lock():
            wires.plug_in(record, self._bridges())
        self.plug(record, plugged=plugged)
        log = folder / CONSOLE
        host.run(commands.launch(record, str(folder)), log=log)
        process.wait_for_leader(
            self._group(record), folder / "pid", log, STARTS_WITHIN_S
        )

    def plug(self, record: Record, *, plugged: bool) -> None:
        """Put the network cable in, or pull it out."""
        if wires.exists(record.port):
            host.run(commands.set_cable(record, plugged=plugged))

    def condition(self, record: Record) -> Condition:
        """Say how a machine's container is found."""
        return process.condition(self._folder(record) / "pid")

    def stop(self, record: Record, *, within_s: float) -> None:
        """Have a machine shut down; kill what still runs after that time."""
        folder, group = self._folder(record), self._group(record)
        process.shut_down(group, folder / "pid", within_s=within_s)
        (folder / "pid").unlink(missing_ok=True)
        with self._network_lock():
            wires.unplug(record)
        process.drop_group(group)

    def wipe(self, record: Record) -> None:
        """Kill a machine if it runs, and remove all of it but its record."""
        folder = self._folder(record)
        self.stop(record, within_s=0)
        if (folder / "root").is_mount():
            # A process of the host may look around in it: it must not keep us.
            host.run(("umount", "--lazy", str(folder / "root")))
        with host.telling(f"empty {folder}"):
            self.records.empty(record.node_id)
        with self._network_lock():
            if record.fabric.bridge not in self._bridges(but=record):
                wires.drop_bridge(record.fabric.bridge)

    def _folder(self, record: Record) -> Path:
        return self.records.folder(record.node_id)

    def _group(self, record: Record) -> Path:
        return process.cgroup_root() / record.cgroup

    def _network_lock(self) -> AbstractContextManager[None]:
        return host.locked(self.records.state / "network.lock")

    def _mount(self, record: Record) -> None:
        folder = self._folder(record)
        if not Path(record.rootfs).is_dir():
            hint = "delete the server and deploy it again"
            raise HostError(f"{record.rootfs} is gone, which it boots from", hint=hint)
        if not (folder / "root").is_mount():
            host.run(commands.mount_disk(record, str(folder)))

    def _bridges(self, but: Record | None = None) -> set[str]:
        """Give the bridges that machines of this host need, but for one of them."""
        known = self.records.all().values()
        left_out = but.node_id if but else ""
        return {x.fabric.bridge for x in known if x.node_id != left_out}


def _write(root: Path, files: list[SeedFile]) -> None:
    for file in files:
        host.write_inside(root, file.path, file.content, mode=file.mode)


def _make_accounts(root: Path, files: list[SeedFile]) -> None:
    """Do what cloud-init would do first, for an image that has none."""
    passwd = host.inside(root, "/etc/passwd").read_text()
    if f"\n{USER}:" not in passwd:
        shell = ("--shell", "/bin/bash")
        host.run(("chroot", str(root), "useradd", "--create-home", *shell, USER))
    _write(root, files)
    for file in files:
        if file.owner != "root":
            _give(root, file)
    if host.inside(root, "/usr/bin/ssh-keygen").exists():
        host.run(("chroot", str(root), "ssh-keygen", "-A"))


def _give(root: Path, file: SeedFile) -> None:
    """Give a file, and the folder that it is in, to a user of the machine."""
    passwd = host.inside(root, "/etc/passwd").read_text().splitlines()
    fields = next(
        line.split(":") for line in passwd if line.startswith(f"{file.owner}:")
    )
    user, group = int(fields[2]), int(fields[3])
    place = host.inside(root, file.path)
    os.chown(place, user, group)
    os.chown(place.parent, user, group)
    place.parent.chmod(0o700)
