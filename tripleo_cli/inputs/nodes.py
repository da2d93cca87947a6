"""Read the file that lists an operator's machines (``instackenv.json``).

A mapping with a list ``nodes``, or a bare list, in JSON or YAML; or CSV with the
columns pm_type, pm_addr, pm_user, pm_password, mac, or with a line that names them.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tripleo_cli.domain.bmc import one_machine
from tripleo_cli.domain.definition import NodeDefinition, is_secret
from tripleo_cli.domain.driver import bmc_of
from tripleo_cli.inputs.document import Problems, at, parse_document, read_text
from tripleo_cli.inputs.node_entry import read_entry
from tripleo_cli.inputs.node_keys import KNOWN_KEYS

CSV_COLUMNS = ("pm_type", "pm_addr", "pm_user", "pm_password", "mac")
Entry = tuple[str, Any]
"""Where an entry is in the file, and what is there."""


def load_nodes(path: Path) -> tuple[NodeDefinition, ...]:
    """Read the definitions of machines.

    Raises:
        InvalidInputError: The file cannot be read or has problems; it lists all.
    """
    return parse_nodes(read_text(path), source=str(path))


def parse_nodes(text: str, *, source: str) -> tuple[NodeDefinition, ...]:
    """Read definitions from a file's text; ``source`` is the file's name.

    Raises:
        InvalidInputError: The text has problems; it lists all.
    """
    problems = Problems(source)
    entries = list(_entries(problems, text, source))
    read = [read_entry(problems, where, entry) for where, entry in entries]
    definitions = tuple(definition for definition in read if definition)
    _check_distinct(problems, definitions)
    problems.check()
    return definitions


def _entries(problems: Problems, text: str, source: str) -> Iterator[Entry]:
    if _is_csv(text, source):
        yield from _csv_entries(problems, text)
        return
    document = parse_document(text, source=source)
    if isinstance(document, Mapping):
        problems.unknown_keys("", document, ("nodes", "_comment"))
        if "nodes" not in document:
            problems.add("nodes", "is missing", "put the list of nodes under it")
        document = document.get("nodes", [])
    for index, entry in enumerate(problems.sequence("nodes", document)):
        yield at("nodes", index), entry


def _is_csv(text: str, source: str) -> bool:
    suffix = Path(source).suffix.lower()
    if suffix in {".csv", ".json", ".yaml", ".yml"}:
        return suffix == ".csv"
    first = next((line for line in text.splitlines() if line.strip()), "")
    return first.count(",") >= len(CSV_COLUMNS) - 1 and first.lstrip()[0] not in "[{-"


def _csv_entries(problems: Problems, text: str) -> Iterator[Entry]:
    columns: tuple[str, ...] = CSV_COLUMNS
    is_first = True
    for where, row in _rows(problems, text):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if is_first and "pm_type" in cells:
            columns = tuple(cells)
            _check_columns(problems, where, columns)
        elif len(cells) > len(columns):
            problems.add(where, f"has {len(cells)} cells for {len(columns)} columns")
        else:
            yield where, _csv_entry(dict(zip(columns, row, strict=False)))
        is_first = False


def _rows(problems: Problems, text: str) -> Iterator[tuple[str, list[str]]]:
    """Read one row after the other, each with its first line."""
    reader = csv.reader(io.StringIO(text), skipinitialspace=True)
    while True:
        where = f"line {reader.line_num + 1}"
        try:
            yield where, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            longest = csv.field_size_limit()
            what = str(error)
            if "field limit" in what:
                what = f"has a cell of more than {longest} characters"
            problems.add(where, what, "is a quote left open?")


def _check_columns(problems: Problems, where: str, columns: Sequence[str]) -> None:
    problems.unknown_keys(where, columns, KNOWN_KEYS)
    for name, count in Counter(columns).items():
        if count > 1:
            problems.add(at(where, name), "is given more than once")


def _csv_entry(cells: dict[str, str]) -> dict[str, Any]:
    # A password in quotes may well begin or end with a space.
    kept = {
        key: cell if is_secret(key) else cell.strip() for key, cell in cells.items()
    }
    entry: dict[str, Any] = {key: cell for key, cell in kept.items() if cell}
    if "mac" in entry:
        entry["mac"] = entry["mac"].replace(";", " ").split()
    return entry


_Keys = Callable[[NodeDefinition], Iterable[str]]
# What must differ between any two entries. Names too: Ironic's database compares
# them without regard to case.
_DISTINCT: Mapping[str, _Keys] = {
    "name": lambda node: [node.name.lower()],
    "uuid": lambda node: [node.id or ""],
    "MAC address": lambda node: node.macs,
}


def _check_distinct(
    problems: Problems, definitions: tuple[NodeDefinition, ...]
) -> None:
    for what, keys in _DISTINCT.items():
        first: dict[str, NodeDefinition] = {}
        for node in definitions:
            for key in filter(None, keys(node)):
                other = first.setdefault(key, node)
                if other is not node:
                    problems.add(node.where, _repeated(what, key, node, other))
    pairs = ((bmc_of(node.driver, node.driver_info), node) for node in definitions)
    for bmc, (other, *others) in one_machine((bmc, node) for bmc, node in pairs if bmc):
        for node in others:
            problems.add(node.where, _repeated("BMC", str(bmc), node, other))


def _repeated(what: str, key: str, node: NodeDefinition, other: NodeDefinition) -> str:
    names = f"{node.label} and {other.label}"
    subject = names if node.label != other.label else f"both are called {node.label}"
    return f"has the same {what} {key} as {other.where} ({subject})"
