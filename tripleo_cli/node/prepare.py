"""See whether a node fits its bundle, and put the bundle where steps find it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tripleo_cli.node import bundle as bundles
from tripleo_cli.node import files, puppet, store
from tripleo_cli.node.bundle import Bundle
from tripleo_cli.node.errors import NodeError
from tripleo_cli.node.system import Site

CLOCK_TOLERANCE_S = 120.0
"""How far a clock may be off; sending takes part of it on a busy machine."""
ROOM_BYTES = 100 << 20
"""What must be free: less cannot even hold the services' logs of a day."""
ROOMS = ("var/lib", "var/log", "etc", "tmp")
WAIT_S = 1900.0
"""How long a run that was left behind is waited for: one step's time."""

Problem = Mapping[str, str]


def prepare(site: Site, source: Path, sent_at: float | None) -> Mapping[str, Any]:
    """Take a bundle in, if the node fits it.

    Args:
        site: The node.
        source: The bundle that was sent.
        sent_at: The sender's time, in seconds of the epoch; ``None``: not compared.

    Returns:
        ``problems`` (each ``where``, ``what``, ``remedy``), and ``changed``: names of
        what was brought up to date. Nothing is where there are problems.

    Raises:
        NodeError: The bundle cannot be read, or files cannot be written.
    """
    began = site.now()
    bundle = bundles.load(source)
    problems = [
        *_clock(began, sent_at),
        *_room(site),
        *_identity(site, bundle),
        *_packages(site, bundle),
    ]
    changed: list[str] = []
    if not problems:
        with store.locked(site, WAIT_S):
            changed = _take(site, source, bundle)
    seconds = round(site.now() - began, 1)
    return {"problems": problems, "changed": changed, "seconds": seconds}


def is_there(source: Path, digest: str) -> bool:
    """Say whether a bundle of that SHA-256 was sent before.

    Raises:
        NodeError: The one that is there cannot be read.
    """
    return hashlib.sha256(files.read(source).encode()).hexdigest() == digest


def _take(site: Site, source: Path, bundle: Bundle) -> list[str]:
    layout = site.layout
    changed = puppet.configure(layout, bundle)
    files.folder(layout.vardir, 0o755)
    if site.hostname().partition(".")[0] != bundle.hostname:
        changed.append(_rename(site, bundle.hostname))
    if bundle.hosts:
        taken = frozenset(bundle.hosts.split())
        if files.write_block(layout.root / "etc/hosts", bundle.hosts, taken=taken):
            changed.append("/etc/hosts")
    if bundle.known_hosts:
        known = layout.root / "etc/ssh/ssh_known_hosts"
        if files.write_block(known, bundle.known_hosts):
            changed.append("/etc/ssh/ssh_known_hosts")
    _sweep(site, source.parent)
    command = f'#!/bin/sh\nexec /usr/bin/python3 {site.program} "$@"\n'
    if files.write(site.layout.command, command, files.PROGRAM):
        changed.append(site.layout.command.name)
    # Last: whoever finds the new bundle finds all that belongs to it, too.
    if files.write(layout.bundle, files.read(source)):
        changed.append("bundle.json")
    return changed


def _sweep(site: Site, folder: Path) -> None:
    """Remove earlier versions of this program, beside which ours was put."""
    for path in folder.glob("*.pyz"):
        if path.name != site.program.name:
            path.unlink(missing_ok=True)


def _rename(site: Site, hostname: str) -> str:
    files.write(site.layout.root / "etc/hostname", f"{hostname}\n", files.PUBLIC)
    ran = site.run(["hostname", hostname], timeout_s=10)
    if ran.code != 0:
        raise NodeError(f"cannot name this node {hostname}: {ran.error.strip()}")
    return f"the host name, now {hostname}"


def _clock(now: float, sent_at: float | None) -> Iterator[Problem]:
    if sent_at is None or abs(now - sent_at) <= CLOCK_TOLERANCE_S:
        return
    side = "ahead of" if now > sent_at else "behind"
    yield {
        "where": "clock",
        "what": f"it is {abs(now - sent_at):.0f} s {side} the deploying machine's",
        "remedy": "set the one that is wrong (chronyc makestep; chronyc tracking), and "
        "see that both reach a time server: tokens would be refused",
    }


def _room(site: Site) -> Iterator[Problem]:
    for name in ROOMS:
        path = site.layout.root / name
        free = site.free_bytes(path)
        if free < ROOM_BYTES:
            yield {
                "where": "disk",
                "what": f"only {free >> 20} MiB are free on {path}, "
                f"{ROOM_BYTES >> 20} are needed",
                "remedy": f"make room on the node: df -h {path}; "
                "journalctl --vacuum-size=50M",
            }


def _identity(site: Site, bundle: Bundle) -> Iterator[Problem]:
    """A node that was another one is most likely not the one that was meant."""
    if not site.layout.bundle.exists():
        return
    before = bundles.load(site.layout.bundle).hostname
    if before != bundle.hostname:
        yield {
            "where": "host name",
            "what": f"this node was configured as {before}, and is now to be "
            f"{bundle.hostname}",
            "remedy": "deploy its machine anew, or, if it is the right one: "
            f"sudo rm {site.layout.bundle}",
        }


def _packages(site: Site, bundle: Bundle) -> Iterator[Problem]:
    missing = sorted(set(bundle.packages) - _installed(site, bundle.packages))
    for name in missing:
        service = bundle.services.get(name, "")
        needs = f"service {service} needs it" if service else "its services need it"
        file = f"templates/services/{service or '<service>'}.yaml"
        yield {
            "where": f"package {name}",
            "what": f"it is not on this node; {needs}",
            "remedy": f"images have what service files name (packages, in {file}): "
            "build the image anew (openstack overcloud image build), upload it, and "
            f"deploy the node with it; or, on the node: sudo apt-get install {name}",
        }


def _installed(site: Site, packages: tuple[str, ...]) -> set[str]:
    if not packages:
        return set()
    argv = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\\n", *packages]
    # It ends with 1 where it does not know one of them, and tells of the others.
    ran = site.run(argv, timeout_s=60)
    lines = (line.split() for line in ran.out.splitlines())
    return {words[0] for words in lines if words[1:] == ["installed"]}
