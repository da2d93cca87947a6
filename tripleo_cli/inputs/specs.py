"""Read a directory of ahc-match: ``state``, ``PROFILE.specs`` and ``PROFILE.cmdb``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from tripleo_cli.domain.specs.assign import Catalog, Quota
from tripleo_cli.domain.specs.call import FlawError
from tripleo_cli.domain.specs.cmdb import Entry
from tripleo_cli.domain.specs.parse import parse_field
from tripleo_cli.domain.specs.spec import FIELDS, Field, Line, Spec, a_spec
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.cmdb import read_entries
from tripleo_cli.inputs.document import Problems, read_text
from tripleo_cli.inputs.literals import Source, is_none

STATE: Final = "state"
UNLIMITED: Final = "*"

_PROFILE: Final = re.compile(r"\w[\w.-]*")


def load_catalog(folder: Path) -> Catalog:
    """Read the state, and the specs and CMDB of every profile in it.

    A profile whose count is 0 may be without specs: it is not looked at.

    Raises:
        InvalidInputError: Something is missing or wrong; it lists every problem of
            every file, with line and column.
    """
    problems = Problems(str(folder))
    quotas = _quotas(_source(folder, STATE, problems))
    specs: dict[str, Spec] = {}
    cmdbs: dict[str, tuple[Entry, ...]] = {}
    for profile in dict.fromkeys(quota.profile for quota in quotas):
        is_wanted = any(one.left != 0 for one in quotas if one.profile == profile)
        name = f"{profile}.specs"
        if is_wanted or (folder / name).exists():
            lines = _lines(_source(folder, name, problems))
            specs[profile] = a_spec(profile, lines)
        name = f"{profile}.cmdb"
        if (folder / name).exists():
            entries = read_entries(_source(folder, name, problems))
            if entries:
                cmdbs[profile] = tuple(entries)
                _check_recorded(problems, specs.get(profile), entries)
    problems.check()
    return Catalog(quotas=tuple(quotas), specs=specs, cmdbs=cmdbs)


def _source(folder: Path, name: str, problems: Problems) -> Source | None:
    try:
        text = read_text(folder / name)
    except InvalidInputError as error:
        for problem in error.problems:
            where = f"{name}, {problem.where}" if problem.where else name
            problems.add(where, problem.what, problem.remedy)
        return None
    return Source(name, text, problems)


def _items(source: Source | None, what: str) -> Sequence[ast.expr]:
    """Give the items of a file that is a list; problems and none otherwise."""
    node = source.parse() if source else None
    if source is None or node is None:
        return ()
    if isinstance(node, ast.List | ast.Tuple):
        return node.elts
    source.add(node, f"must be a list of {what}")
    return ()


def _quotas(source: Source | None) -> list[Quota]:
    pairs = _items(source, "(profile, count) pairs")
    quotas = [_quota(source, node) for node in pairs] if source else []
    return [quota for quota in quotas if quota]


def _quota(source: Source, node: ast.expr) -> Quota | None:
    if not isinstance(node, ast.List | ast.Tuple) or len(node.elts) != _PAIR:
        source.add(
            node, "must be a pair of profile and count", 'such as ("control", 1)'
        )
        return None
    profile, count = (source.value(one) for one in node.elts)
    left = _count(source, node.elts[1], count)
    if not isinstance(profile, str) or not _PROFILE.fullmatch(profile):
        rule = "letters, digits, -, _ and . only: it names the file PROFILE.specs"
        source.add(node.elts[0], f"{profile!r} cannot be a profile", rule)
        return None
    return Quota(profile=profile, left=left)


_PAIR: Final = 2


def _count(source: Source, node: ast.expr, value: object) -> int | None:
    text = str(value).strip()
    if text == UNLIMITED:
        return None
    if isinstance(value, int | str) and re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    remedy = f"a whole number from 0 up, or '{UNLIMITED}' for any number"
    source.add(node, f"{value!r} is not a count", remedy)
    return 0


def _lines(source: Source | None) -> Iterable[Line]:
    rows = _items(source, "lines (category, object, key, value)")
    found = [_line(source, node) for node in rows] if source else []
    return [line for line in found if line]


def _line(source: Source, node: ast.expr) -> Line | None:
    if not isinstance(node, ast.List | ast.Tuple):
        source.add(node, "must be a line (category, object, key, value)")
        return None
    if len(node.elts) != len(FIELDS):
        what = f"has {len(node.elts)} fields instead of 4"
        source.add(node, what, "write (category, object, key, value)")
        return None
    fields = [_field(source, one) for one in node.elts]
    category, item, key, value = fields
    if category and item and key and value:
        return Line(number=source.line(node), fields=(category, item, key, value))
    return None


def _field(source: Source, node: ast.expr) -> Field | None:
    value = source.value(node)
    if value is None and not is_none(node):  # a problem that is noted already
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        source.add(node, "must be a text or a number")
        return None
    try:
        return parse_field(str(value))
    except FlawError as flaw:
        source.add(node, flaw.what, flaw.remedy, offset=flaw.offset)
        return None


def _check_recorded(
    problems: Problems, spec: Spec | None, entries: Sequence[Entry]
) -> None:
    """Note what the CMDB can never tell of, since no entry has it."""
    if spec is None:
        return
    for name in sorted(spec.recorded):
        if not any(name in entry for entry in entries):
            remedy = f"write ${name} where the CMDB does not know it"
            what = f"$${name} is in no entry of {spec.profile}.cmdb"
            problems.add(f"{spec.profile}.specs", what, remedy)
