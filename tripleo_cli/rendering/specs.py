"""Write state and CMDB as ahc-match does: Python literals, one item on a line."""

from __future__ import annotations

from collections.abc import Iterable

from tripleo_cli.domain.specs.assign import Quota
from tripleo_cli.domain.specs.cmdb import Entry


def render_state(quotas: Iterable[Quota]) -> str:
    """Write profiles with the number of machines that each may get yet."""
    pairs = [(one.profile, "*" if one.left is None else one.left) for one in quotas]
    return _listed(pairs)


def render_cmdb(entries: Iterable[Entry]) -> str:
    """Write the entries of a CMDB."""
    return _listed(dict(entry) for entry in entries)


def _listed(items: Iterable[object]) -> str:
    lines = ",\n ".join(repr(item) for item in items)
    return f"[{lines}]\n"
