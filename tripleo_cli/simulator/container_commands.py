"""The commands that containers are made of; nothing here runs them."""

from __future__ import annotations

import hashlib
from typing import Final

from tripleo_cli.simulator.container import Fabric, Record

Argv = tuple[str, ...]

FORBIDDEN: Final = ("CAP_SYS_TIME", "CAP_SYS_MODULE")
"""A machine must neither set the host's clock nor load modules into its kernel."""
_ADD: Final = ("ip", "link", "add", "name")

# $1 the control group, $2 the file that says which process this is; the rest is the
# command of the container. A mount namespace of its own, since systemd in the container
# wants the unified hierarchy, and nspawn's locks are not to meet those of others.
LAUNCHER: Final = r"""
set -eu
group=/sys/fs/cgroup/$1
pid_file=$2
shift 2
if mountpoint -q /sys/fs/cgroup; then
  umount -R /sys/fs/cgroup 2>/dev/null || umount -lR /sys/fs/cgroup
fi
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /run/systemd/nspawn
mount -t tmpfs -o mode=0700 tmpfs /run/systemd/nspawn
mkdir -p "$group/launcher" "$group/machine"
echo 0 > "$group/launcher/cgroup.procs"
started=$(cut -d ' ' -f 22 /proc/$$/stat)
echo "$$ $started $(cat /proc/sys/kernel/random/boot_id)" > "$pid_file.new"
mv "$pid_file.new" "$pid_file"
while :; do
  code=0
  (echo 0 > "$group/machine/cgroup.procs"; exec "$@") || code=$?
  # The code of a machine that reboots by itself.
  [ "$code" = 133 ] || exit "$code"
done
"""


def bridge_address(fabric: Fabric) -> str:
    """Give the bridge a hardware address; without one it changes with every port."""
    digest = hashlib.sha256(fabric.subnet_id.encode()).hexdigest()
    return ":".join(("02", "54", *(digest[i : i + 2] for i in range(0, 8, 2))))


def add_bridge(fabric: Fabric) -> list[Argv]:
    """Make the bridge of a network, with the gateway's address on this machine."""
    name = fabric.bridge
    mac = bridge_address(fabric)
    mtu = str(fabric.mtu)
    made: list[Argv] = [
        (*_ADD, name, "address", mac, "mtu", mtu, "type", "bridge"),
    ]
    if fabric.gateway:
        address = f"{fabric.gateway}/{fabric.prefix}"
        made.append(("ip", "address", "add", address, "dev", name))
    return [*made, ("ip", "link", "set", "dev", name, "up")]


def plug_in(record: Record) -> list[Argv]:
    """Make a machine's network namespace, and the cable from it to the bridge."""
    fabric, inside = record.fabric, ("ip", "-n", record.netns)
    mtu = ("mtu", str(fabric.mtu))
    peer = ("peer", "name", "eth0", "address", record.mac, *mtu, "netns", record.netns)
    made: list[Argv] = [
        ("ip", "netns", "add", record.netns),
        (*_ADD, record.port, *mtu, "type", "veth", *peer),
        ("ip", "link", "set", "dev", record.port, "master", fabric.bridge),
        (*inside, "link", "set", "dev", "lo", "up"),
        (*inside, "address", "add", f"{record.address}/{fabric.prefix}")
        + (("broadcast", "+") if ":" not in record.address else ())
        + ("dev", "eth0"),
        (*inside, "link", "set", "dev", "eth0", "up"),
    ]
    if fabric.gateway:
        way = ("route", "add", "default", "via", fabric.gateway)
        made.append((*inside, *way) if ":" not in fabric.gateway
                    else (*inside, "-6", *way))  # fmt: skip
    return made


def set_cable(record: Record, *, plugged: bool) -> Argv:
    """Put a machine's cable in, or pull it out."""
    state = "up" if plugged else "down"
    return ("ip", "link", "set", "dev", record.port, state)


def mount_disk(record: Record, folder: str) -> Argv:
    """Lay a machine's own files over those of its image."""
    layers = f"lowerdir={record.rootfs},upperdir={folder}/own,workdir={folder}/work"
    return ("mount", "-t", "overlay", "tripleo-fleet", "-o", layers, f"{folder}/root")


def launch(record: Record, folder: str) -> Argv:
    """Boot a machine; the process outlives whoever starts it."""
    away = ("setsid", "--fork", "unshare", "--mount", "--propagation", "private", "--")
    arguments = ("tripleo-machine", record.cgroup, f"{folder}/pid")
    return (*away, "sh", "-c", LAUNCHER, *arguments, *nspawn(record, folder))


def nspawn(record: Record, folder: str) -> Argv:
    """Give the container's command line.

    With every capability but two: agents in it make network namespaces, bridges,
    tunnels and firewalls, hypervisors want devices and real-time priorities.
    """
    return (
        *("env", "SYSTEMD_NSPAWN_API_VFS_WRITABLE=network"),
        "systemd-nspawn",
        "--boot",
        "--quiet",
        f"--directory={folder}/root",
        f"--machine={record.hostname}",
        f"--uuid={record.instance_id}",
        # Neither machined nor a unit of the host's systemd has a part in it.
        *("--register=no", "--keep-unit", "--settings=no", "--link-journal=no"),
        f"--network-namespace-path=/run/netns/{record.netns}",
        "--capability=all",
        f"--drop-capability={','.join(FORBIDDEN)}",
        *("--resolv-conf=off", "--timezone=off", "--console=pipe"),
    )
