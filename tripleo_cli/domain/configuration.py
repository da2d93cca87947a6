"""What a registered machine is to be set to before anything is installed on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tripleo_cli.domain.facts import Disk
from tripleo_cli.domain.node import Node, format_capabilities
from tripleo_cli.domain.registration import CAPABILITIES, Change
from tripleo_cli.domain.root_device import RootDisk, hint_for, local_gb

HINTS = "root_device"


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What an operator wants of many nodes; what is empty stays as it is.

    ``kernel`` and ``ramdisk`` are ids of images or URLs. ``hints`` are given to all
    nodes alike, ``root_disk`` finds a disk in each. Nodes that have hints keep them
    unless ``overwrite``.
    """

    boot_mode: str = ""
    kernel: str = ""
    ramdisk: str = ""
    hints: Mapping[str, str] = field(default_factory=dict)
    root_disk: RootDisk | None = None
    overwrite: bool = False

    def wants_disk(self, node: Node) -> bool:
        """Whether a disk is to be chosen among those that inspection found."""
        return self.root_disk is not None and self._may_hint(node)

    def changes(self, node: Node) -> Iterator[Change]:
        """List what must change, the choice of a disk aside."""
        if self.boot_mode:
            yield from _capability(node, "boot_mode", self.boot_mode)
        images = {"kernel": self.kernel, "ramdisk": self.ramdisk}
        for image, value in images.items():
            for use in ("deploy", "rescue"):
                key = f"{use}_{image}"
                old = node.driver_info.get(key)
                yield from _field(f"/driver_info/{key}", old, value)
        if self.hints and self._may_hint(node):
            old = node.properties.get(HINTS)
            yield from _field(f"/properties/{HINTS}", old, dict(self.hints))

    def _may_hint(self, node: Node) -> bool:
        return self.overwrite or not node.properties.get(HINTS)


def disk_changes(node: Node, disk: Disk, disks: tuple[Disk, ...]) -> Iterator[Change]:
    """List what must change for a node to be installed on this disk of its disks."""
    hint = dict(hint_for(disk, disks))
    yield from _field(f"/properties/{HINTS}", node.properties.get(HINTS), hint)
    size = local_gb(disk)
    yield from _field("/properties/local_gb", node.properties.get("local_gb"), size)


def _capability(node: Node, key: str, value: str) -> Iterator[Change]:
    if node.capabilities.get(key) != value:
        yield Change(
            path=CAPABILITIES,
            old=format_capabilities(node.capabilities),
            new=format_capabilities({**node.capabilities, key: value}),
        )


def _field(path: str, old: object, new: Any) -> Iterator[Change]:
    if new not in ("", {}) and str(old) != str(new):
        yield Change(path=path, old=old, new=new)
