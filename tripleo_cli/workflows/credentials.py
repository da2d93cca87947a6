"""Leave word of how to sign in to an overcloud, where operators look for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tripleo_cli.domain.events import Noted, Reporter
from tripleo_cli.domain.overcloud.access import Access
from tripleo_cli.domain.overcloud.credentials import (
    cloud_entry,
    rc_marker,
    rc_name,
    rc_text,
)
from tripleo_cli.domain.undercloud.clouds import entry_problems, merged, strangers
from tripleo_cli.errors import HostError, InvalidInputError, PartialFailureError
from tripleo_cli.rendering.clouds_file import render_clouds
from tripleo_cli.workflows.ports import Workdir

_Document = Mapping[str, Any]
_Edit = Callable[[_Document | None], tuple[_Document | None, str]]
"""Takes a clouds.yaml, gives it as it is to be, if it changes, or what is against it;
one that is to be left alone is ``None``."""

OWN_CLOUDS = "clouds.yaml"
"""In the stack's folder: what we last said of it, and usable by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The stack's folder, the operator's home, and where their clouds.yaml is.

    ``clouds_path`` is what the operator calls that file.
    """

    stack: Workdir
    home: Workdir
    clouds: Workdir
    clouds_name: str = "clouds.yaml"
    clouds_path: str = "clouds.yaml"


def check_credentials(places: Places, name: str) -> None:
    """Refuse an entry of clouds.yaml that is none, before anything is changed.

    A file that cannot be read, or says nothing of clouds, is left alone later.

    Raises:
        InvalidInputError: The stack's entry is no entry.
    """
    try:
        document = _theirs(places) or {}
    except HostError:
        return
    if problems := tuple(entry_problems(document, [name])):
        raise InvalidInputError(places.clouds_path, problems)


def save_credentials(
    places: Places, name: str, access: Access, report: Reporter
) -> None:
    """Write the rc file and the entry of clouds.yaml, for the owner's eyes only.

    What others wrote under these names stays; then a note says what to use instead.

    Args:
        places: Where to write.
        name: The stack's, and the cloud's.
        access: How to sign in.
        report: Told what was left alone.

    Raises:
        HostError: The stack's folder cannot be written.
    """
    entries = {name: cloud_entry(access)}
    before = _clouds(places.stack.read(OWN_CLOUDS)) or {}
    rc_path = places.stack.write(rc_name(name), rc_text(name, access))
    own_path = places.stack.write(OWN_CLOUDS, _yaml({"clouds": entries}))
    if trouble := _write_rc(places.home, name, access):
        report(Noted(f"~/{rc_name(name)} {trouble} and stays: use {rc_path}"))
    if trouble := _merge(places, entries, before):
        instead = f"use OS_CLIENT_CONFIG_FILE={own_path}"
        report(Noted(f"{places.clouds_name} {trouble} and stays: {instead}"))


def drop_credentials(places: Places, name: str) -> None:
    """Take away what leads to an overcloud that is gone: its entry, and its rc file.

    Only what we wrote, as we wrote it: another cloud of that name stays, and so does a
    file that somebody changed. Copies in the stack's folder stay, with its history.

    Raises:
        PartialFailureError: Some of it cannot be removed; says why.
    """
    left: list[str] = []
    for drop in (_drop_rc, _drop_entry):
        try:
            drop(places, name)
        except HostError as error:
            left.append(f"  {error}")
    if left:
        listed = "\n".join(left)
        text = f"stack {name} is gone, but not all that leads to it:\n{listed}"
        hint = f"openstack overcloud delete --yes {name}"
        raise PartialFailureError(text, hint=hint)


def _drop_rc(places: Places, name: str) -> None:
    rc = places.stack.read(rc_name(name))
    if rc is not None and places.home.read(rc_name(name)) == rc:
        places.home.remove(rc_name(name))


def _drop_entry(places: Places, name: str) -> None:
    before = _clouds(places.stack.read(OWN_CLOUDS)) or {}
    earlier = (before.get("clouds") or {}).get(name)
    if not earlier:
        return

    def without(document: _Document | None) -> tuple[_Document | None, str]:
        clouds = dict((document or {}).get("clouds") or {})
        is_ours = not strangers(document or {}, {name: earlier})
        if not is_ours or clouds.pop(name, None) is None:
            return None, ""
        return {**(document or {}), "clouds": clouds}, ""

    _change(places, without)


def _write_rc(home: Workdir, name: str, access: Access) -> str:
    """Write the file in the operator's home; say what is against it."""
    try:
        there = home.read(rc_name(name))
        if there is not None and not there.startswith(rc_marker(name)):
            return "is not ours"
        text = rc_text(name, access)
        if there != text:
            home.write(rc_name(name), text)
    except HostError as error:
        return _unwritable(error)
    return ""


def _merge(
    places: Places, entries: Mapping[str, Any], before: Mapping[str, Any]
) -> str:
    """Put the entry into the operator's clouds.yaml; say what is against it."""

    def with_entries(document: _Document | None) -> tuple[_Document | None, str]:
        if document is None:
            return None, "is hidden, or is not a clouds.yaml,"
        if strangers(document, entries) and not _are_earlier(document, entries, before):
            return None, f"has another cloud {', '.join(entries)}"
        after = merged(document, entries)
        return (None if after == document else after), ""

    try:
        return _change(places, with_entries)
    except HostError as error:
        return _unwritable(error)


def _change(places: Places, edit: _Edit) -> str:
    """Change the operator's clouds.yaml, if there is something to change.

    Nothing of what another run writes at the same time is lost.

    Returns:
        What is against it.

    Raises:
        HostError: It cannot be read or written.
    """
    after, trouble = edit(_theirs(places))
    if after is None:
        return trouble
    with places.clouds.turn(places.clouds_name):
        after, trouble = edit(_theirs(places))
        if after is not None:
            text = places.clouds.read(places.clouds_name) or ""
            places.clouds.write(places.clouds_name, render_clouds(text, after))
    return trouble


def _unwritable(error: HostError) -> str:
    """Say so; it may be the whole machine's, and is no reason to stop."""
    return f"cannot be changed ({error})"


def _theirs(places: Places) -> dict[str, Any] | None:
    """Read the operator's clouds.yaml; ``None`` for one that is left alone."""
    if places.clouds_name.startswith("."):
        return None
    return _clouds(places.clouds.read(places.clouds_name))


def _are_earlier(
    document: Mapping[str, Any], entries: Mapping[str, Any], before: Mapping[str, Any]
) -> bool:
    """Whether entries are what we said before the overcloud was made anew."""
    clouds = before.get("clouds") or {}
    earlier = {name: clouds[name] for name in entries if name in clouds}
    return earlier.keys() == entries.keys() and not strangers(document, earlier)


def _clouds(text: str | None) -> dict[str, Any] | None:
    """Read a clouds.yaml; ``None`` where it is none, empty where there is none."""
    try:
        document = yaml.safe_load(text or "") or {}
    except yaml.YAMLError:
        return None
    if not isinstance(document, dict):
        return None
    return document if isinstance(document.get("clouds") or {}, dict) else None


def _yaml(document: Mapping[str, Any]) -> str:
    text: str = yaml.safe_dump(dict(document), sort_keys=False)
    return text
