"""How many nodes each role is to have, as an operator writes it on a command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.inputs.document import Problems

SCALE_FLAGS: Mapping[str, str] = {
    "--control-scale": "Controller",
    "--compute-scale": "Compute",
    "--ceph-storage-scale": "CephStorage",
    "--block-storage-scale": "BlockStorage",
    "--swift-storage-scale": "ObjectStorage",
}
"""TripleO's flags, and the roles that they count."""


def parse_counts(
    role_counts: Iterable[str], scales: Mapping[str, str], known: Iterable[str] | None
) -> dict[str, int]:
    """Read ``--role-count NAME=N`` options and TripleO's ``--...-scale`` flags.

    Args:
        role_counts: The values of ``--role-count``.
        scales: The values of the flags in :data:`SCALE_FLAGS` that were given.
        known: The names of all roles; ``None`` where nobody knows them.

    Raises:
        InvalidInputError: It lists every value that is not a count of at least 0,
            every role that does not exist and every one counted in two ways.
    """
    problems = Problems("role counts")
    names = None if known is None else sorted(known)
    counts: dict[str, int] = {}
    for option, name, text in [*_named(role_counts, problems), *_flagged(scales)]:
        if names is not None and name not in names:
            problems.add(option, f'there is no role "{name}"', _remedy(name, names))
            continue
        number = problems.whole_number(option, text)
        if number is None:
            continue
        if counts.setdefault(name, number) != number:
            problems.add(option, f"{name} was given {counts[name]} already")
    problems.check(hint="openstack overcloud role list")
    return counts


def _named(values: Iterable[str], problems: Problems) -> Iterable[tuple[str, str, str]]:
    for value in values:
        option = f"--role-count {value}"
        if found := re.fullmatch(r"\s*([^=\s]+)\s*=\s*(\S+)\s*", value):
            yield option, found[1], found[2]
        else:
            problems.add(option, "must be NAME=NUMBER", "--role-count Compute=3")


def _flagged(scales: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    for flag, text in scales.items():
        yield f"{flag} {text}", SCALE_FLAGS[flag], text


def _remedy(name: str, known: Iterable[str]) -> str:
    names = list(known)
    return did_you_mean(name, names) or f"there are {', '.join(names)}"
