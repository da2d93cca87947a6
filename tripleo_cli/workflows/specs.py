"""Match machines to the specs of a directory, and keep count there if asked to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tripleo_cli.domain.events import Noted, Reporter
from tripleo_cli.domain.specs.assign import Catalog, Host, Match, match_hosts
from tripleo_cli.errors import NotEnoughNodesError
from tripleo_cli.inputs.specs import STATE, load_catalog
from tripleo_cli.rendering.specs import render_cmdb, render_state
from tripleo_cli.workflows.ports import Workdir


def match_specs(catalog: Catalog, hosts: Iterable[Host]) -> Sequence[Match]:
    """Match machines in their order; the directory stays as it is.

    Raises:
        IntractableError: A spec takes too much work.
    """
    matches, _ = match_hosts(catalog, hosts)
    return matches


def match_and_save(
    folder: Path, files: Workdir, hosts: Iterable[Host], report: Reporter
) -> Sequence[Match]:
    """Match machines, and write what is left of the counts and the CMDBs.

    ``files`` is the same directory. Nobody else can do so meanwhile. Every file is
    written whole or not at all, the state last: whoever is stopped before it finds
    the machine's entry in the CMDB again next time.

    Raises:
        InvalidInputError: The directory's files are wrong; none was written.
        IntractableError: A spec takes too much work; nothing was written.
        BusyError: Another run holds the directory.
        HostError: A file could not be written.
    """
    # A directory that is not there must not be made by locking it.
    load_catalog(folder)
    with files.lock("match nodes to specs"):
        before = load_catalog(folder)
        matches, after = match_hosts(before, hosts)
        for name, text in _changes(before, after).items():
            if name.endswith(".cmdb"):
                _keep_original(files, name)
            report(Noted(f"Written: {files.write(name, text)}"))
    return matches


def _changes(before: Catalog, after: Catalog) -> dict[str, str]:
    changes = {
        f"{profile}.cmdb": render_cmdb(entries)
        for profile, entries in after.cmdbs.items()
        if entries != before.cmdbs[profile]
    }
    if after.quotas != before.quotas:
        changes[STATE] = render_state(after.quotas)
    return changes


def _keep_original(files: Workdir, name: str) -> None:
    """Keep the ranges that a CMDB was made from, which the entries do not show."""
    original = f"{name}.orig"
    text = files.read(name) or ""
    if "generate" in text and files.read(original) is None:
        files.write(original, text)


def summary(matches: Sequence[Match]) -> str:
    """Say how many machines got which profile."""
    profiles = Counter(match.profile for match in matches if match.profile)
    found = ", ".join(f"{name} {count}" for name, count in profiles.items())
    text = f"{profiles.total()} of {len(matches)} nodes match"
    return f"{text}: {found}" if found else text


def require_all(matches: Sequence[Match]) -> None:
    """Insist that every machine has a profile.

    Raises:
        NotEnoughNodesError: Some have none; names them.
    """
    names = [match.host for match in matches if match.profile is None]
    if names:
        text = f"{len(names)} of {len(matches)} nodes match no profile"
        raise NotEnoughNodesError(f"{text}: {', '.join(names)}")
