"""See whether a node fits its bundle, and put the bundle where steps find it."""

from __future__ import annotations

import hashlib
import math
import shutil
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
PREVIEW = "preview.json"
"""A bundle that is only looked at, where bundles come in."""
SENDING_S = 600.0
"""How old what was half sent has to be; sending gets half of that."""

Problem = Mapping[str, str]


def prepare(
    site: Site,
    source: Path,
    sent_at: float | None,
    *,
    expect: str | None = None,
    check: bool = False,
) -> Mapping[str, Any]:
    """Take a bundle in, if the node fits it.

    Args:
        site: The node.
        source: The bundle that was sent.
        sent_at: The sender's time, in seconds of the epoch; ``None``: not compared.
        expect: SHA-256 of the bundle that is meant; ``None``: whichever is there.
        check: Only see whether it fits; the node stays as it is.

    Returns:
        ``problems`` (each ``where``, ``what``, ``remedy``), and ``changed``: names of
        what was brought up to date. Nothing is where there are problems. ``wanted``
        alone where another bundle is there than the one that is meant.

    Raises:
        NodeError: The bundle cannot be read, or files cannot be written.
    """
    began = site.now()
    with store.locked(site, WAIT_S):
        # Read here, and once: another one may come in at any moment.
        text = files.read(source)
        if expect and hashlib.sha256(text.encode()).hexdigest() != expect:
            return {"wanted": "bundle"}
        bundle = bundles.parse(text, source)
        problems = [
            *_clock(began, sent_at),
            *_room(site),
            *_identity(site, bundle),
            *_packages(site, bundle),
        ]
        changed: list[str] = []
        if not (problems or check):
            changed = _take(site, bundle, text)
            _sweep(site, source.parent)
    seconds = round(site.now() - began, 1)
    return {"problems": problems, "changed": changed, "seconds": seconds}


def _take(site: Site, bundle: Bundle, text: str) -> list[str]:
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
    command = f'#!/bin/sh\nexec /usr/bin/python3 {site.program} "$@"\n'
    if files.write(layout.command, command, files.PROGRAM):
        changed.append(layout.command.name)
    # Last: whoever finds the new bundle finds all that belongs to it, too.
    if files.write(layout.bundle, text):
        changed.append("bundle.json")
    return changed


def _sweep(site: Site, folder: Path) -> None:
    """Remove earlier versions of this program, and what was left behind."""
    for path in folder.glob("*.pyz"):
        if path.name != site.program.name:
            path.unlink(missing_ok=True)
    for path in folder.glob("new.*"):
        if _changed_at(path) < site.now() - SENDING_S:
            shutil.rmtree(path, ignore_errors=True)
    (folder / PREVIEW).unlink(missing_ok=True)
    puppet.forget_preview(site.layout)


def _changed_at(path: Path) -> float:
    """Say when a folder was changed; one that has just gone is not old."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf


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
        unnamed = f"the file of service {service}" if service else "a service's file"
        file = bundle.service_files.get(service, unnamed)
        yield {
            "where": f"package {name}",
            "what": f"it is not on this node; {needs}",
            "remedy": f"{file} names it, and images have what the services of their "
            "roles name: openstack overcloud image build (with the same --roles-path "
            "and --services-path), upload it and redeploy the node; whatever its roles "
            "are, an image has what is added to packages of the image's description "
            "(--config-file), or to package-installs.yaml of the element tripleo-node; "
            f"or, on the node: sudo apt-get install {name}",
        }


def _installed(site: Site, packages: tuple[str, ...]) -> set[str]:
    if not packages:
        return set()
    argv = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\\n", *packages]
    # It ends with 1 where it does not know one of them, and tells of the others.
    ran = site.run(argv, timeout_s=60)
    lines = (line.split() for line in ran.out.splitlines())
    return {words[0] for words in lines if words[1:] == ["installed"]}
