"""Note what the installer is about to add to the machine, for ``uninstall``.

A note is written before the thing is made: an installation that is killed in between
leaves a note too many, and never a thing that nobody knows of.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from tripleo_cli.domain.host import File
from tripleo_cli.domain.undercloud.belongings import Belongings
from tripleo_cli.domain.undercloud.layout import Layout
from tripleo_cli.errors import HostError
from tripleo_cli.workflows.undercloud.ports import Host


def load_belongings(host: Host, layout: Layout) -> Belongings:
    """Read the notes; without any, nothing outside the state folder is ours.

    Raises:
        HostError: They are damaged.
    """
    path = _path(layout)
    text = host.read(path)
    if text is None:
        return Belongings()
    try:
        return Belongings.from_dict(json.loads(text))
    except (ValueError, KeyError, TypeError) as error:
        raise HostError(
            f"{path} is damaged: {error}",
            hint=f"rm {path}; the user and the packages then stay",
        ) from error


def note_user(host: Host, layout: Layout) -> None:
    """Note that the services' user is about to be made."""
    _save(host, layout, replace(load_belongings(host, layout), has_user=True))


def note_packages(host: Host, layout: Layout, names: Iterable[str]) -> None:
    """Note the packages that are about to be installed."""
    _save(host, layout, load_belongings(host, layout).with_packages(names))


def _save(host: Host, layout: Layout, belongings: Belongings) -> None:
    text = json.dumps(belongings.to_dict(), indent=1) + "\n"
    host.put(File(path=_path(layout), text=text, mode=0o600))


def _path(layout: Layout) -> str:
    return f"{layout.journal}/belongings.json"
