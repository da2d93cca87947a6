"""What a host needs for machines that are containers."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tripleo_cli.errors import HostError, PreflightError
from tripleo_cli.simulator import container_process as process
from tripleo_cli.simulator import host

PROGRAMS: Final[Mapping[str, str]] = {
    "systemd-nspawn": "systemd-container",
    "ip": "iproute2",
    "zstd": "zstd",
    "tar": "tar",
    "ssh": "openssh-client",
}
"""Programs by the packages (of Debian and its like) that bring them."""
CGROUP_PLACE: Final = Path("/run/tripleo-fleet/cgroup2")
PROBE: Final = "tlbprobe"
MOUNTS_OVERLAY: Final = (
    'mkdir "$1/a" "$1/b" "$1/c" "$1/d" && '
    'mount -t overlay probe -o "lowerdir=$1/a,upperdir=$1/b,workdir=$1/c" "$1/d"'
)


def missing_packages() -> list[str]:
    """Give the packages whose programs are not there."""
    return [package for name, package in PROGRAMS.items() if not shutil.which(name)]


def install() -> Sequence[str]:
    """Install the packages that are missing; says which.

    Raises:
        HostError: not as root, without apt-get, or it failed.
    """
    packages = missing_packages()
    if not packages:
        return []
    words = ("apt-get", "install", "--yes", "--no-install-recommends", *packages)
    if os.geteuid() or not shutil.which("apt-get"):
        raise HostError(
            f"these packages are missing: {', '.join(packages)}",
            hint=f"as root: {' '.join(words)}",
        )
    apt = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q")
    wait = ("-o", "DPkg::Lock::Timeout=600")
    host.run((*apt, "update"))
    host.run((*apt, *wait, *words[1:]))
    return packages


def check() -> None:
    """Make sure that the host can run containers.

    Raises:
        PreflightError: with all that is missing.
    """
    if os.geteuid():
        raise PreflightError(
            "container machines need root, for namespaces and mounts",
            hint="run tripleo-fleet as root",
        )
    packages = missing_packages()
    problems = [f"package {package} is not installed" for package in packages]
    problems += [text for text in (_overlay(), _cgroups(), _bridge()) if text]
    if problems:
        hint = "tripleo-fleet prepare" if packages else None
        listed = "".join(f"\n  {problem}" for problem in problems)
        raise PreflightError(f"this host cannot run container machines:{listed}",
                             hint=hint)  # fmt: skip


def _overlay() -> str:
    """Try to mount an overlay where machines will have theirs."""
    parent = Path("/var/lib")
    with tempfile.TemporaryDirectory(dir=parent, prefix="tripleo-probe-") as folder:
        try:
            # In a namespace of its own: the mount ends with the command.
            words = ("unshare", "--mount", "sh", "-c", MOUNTS_OVERLAY, "sh", folder)
            host.run(words)
        except HostError as error:
            return f"overlayfs cannot be mounted below {parent}: {error}"
    return ""


def _cgroups() -> str:
    try:
        process.cgroup_root()
    except HostError:
        return _mount_cgroups()
    return ""


def _mount_cgroups() -> str:
    CGROUP_PLACE.mkdir(parents=True, exist_ok=True)
    try:
        host.run(("mount", "-t", "cgroup2", "cgroup2", str(CGROUP_PLACE)))
    except HostError as error:
        return f"control groups of version 2 cannot be mounted: {error}"
    return ""


def _bridge() -> str:
    """Try what every machine needs: a bridge and a cable, seen by nobody."""
    if not shutil.which("ip"):
        return ""
    problems = []
    for kind, peer in (("bridge", ()), ("veth", ("peer", "name", f"{PROBE}1"))):
        words = ("ip", "link", "add", "name", f"{PROBE}0", "type", kind, *peer)
        try:
            host.run(("unshare", "--net", *words))
        except HostError as error:
            problems.append(f"the kernel makes no {kind} device: {error}")
    return "; ".join(problems)
