"""Read what the ``hardware`` collector found on machines, from a JSON file.

The file may be

- the facts of one machine: a list of ``[category, object, key, value]``,
- a mapping of machines' names to their facts, or a list of several machines' facts,
- what ``overcloud node export`` or ``introspection data save`` writes.

Ironic stores the facts as nested mappings (``plugin_data.extra``), the ramdisk sends
them as a list (``plugin_data.data``); both are read, the list where both are there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tripleo_cli.domain.specs.assign import Host
from tripleo_cli.domain.specs.identity import identify
from tripleo_cli.domain.specs.spec import FIELDS, Fact
from tripleo_cli.inputs.document import Problems, at, kind, read_json, read_text

PLUGIN_DATA: Final = "plugin_data"

_Raw = tuple[str, str, Any]
"""A machine: its place in the file, its name (or none), and its facts in some form."""


def load_hosts(path: Path) -> tuple[Host, ...]:
    """Read machines in the order of the file; one without facts has none.

    Machines that the file does not name get a name from their facts.

    Raises:
        InvalidInputError: The file cannot be read or has another form; lists every
            problem.
    """
    problems = Problems(str(path))
    machines = list(_machines(problems, _document(problems, read_text(path))))
    hosts = []
    for number, (where, name, raw) in enumerate(machines, 1):
        facts = tuple(_facts(problems, where, raw))
        hosts.append(Host(name=name or _name(facts, number), facts=facts))
    _check_distinct(problems, hosts)
    problems.check()
    return tuple(hosts)


def _document(problems: Problems, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        problems.add(place, f"is not JSON: {error.msg}")
    except ValueError:  # a number that Python does not read
        read_json(problems, text)
    except RecursionError:
        problems.add("", "lists or mappings are nested too deep")
    problems.check()
    raise AssertionError("a problem was noted")


def _machines(problems: Problems, document: Any) -> Iterator[_Raw]:
    if isinstance(document, Mapping):
        if PLUGIN_DATA in document:
            yield "", _given_name(document), document
            return
        for name, raw in document.items():
            yield name, name, raw
        return
    entries = problems.sequence("", document)
    if entries and all(_is_fact(entry) for entry in entries):
        yield "", "", entries
        return
    if document == []:
        problems.add("", "holds no machines")
    for index, raw in enumerate(entries):
        name = _given_name(raw) if isinstance(raw, Mapping) else ""
        yield at("", index), name, raw


def _is_fact(entry: Any) -> bool:
    """Tell a fact from a list of facts; one that is not quite a fact counts as one."""
    return isinstance(entry, list) and not any(
        isinstance(item, list | dict) for item in entry
    )


def _given_name(node: Mapping[str, Any]) -> str:
    return str(node.get("name") or node.get("uuid") or "")


def _name(facts: tuple[Fact, ...], number: int) -> str:
    return identify(facts).name or f"machine {number}"


def _facts(problems: Problems, where: str, raw: Any) -> Iterator[Fact]:
    if isinstance(raw, Mapping):
        yield from _stored(problems, where, raw)
    elif isinstance(raw, list):
        yield from _quadruples(problems, where, raw)
    else:
        problems.add(where, f"must be a list of facts, not {kind(raw)}")


def _stored(problems: Problems, where: str, raw: Mapping[str, Any]) -> Iterator[Fact]:
    """Read what Ironic keeps of a node; it may have nothing of the collector."""
    data: Any = raw
    if PLUGIN_DATA in raw or "uuid" in raw or "name" in raw:
        where = at(where, PLUGIN_DATA)
        data = raw.get(PLUGIN_DATA) or {}
    plugin_data = problems.mapping(where, data)
    if plugin_data.get("data"):
        place = at(where, "data")
        listed = problems.sequence(place, plugin_data["data"])
        yield from _quadruples(problems, place, list(listed))
    elif plugin_data.get("extra"):
        yield from _nested(problems, at(where, "extra"), plugin_data["extra"])


def _nested(problems: Problems, where: str, raw: Any) -> Iterator[Fact]:
    rows = [
        [category, item, key, value]
        for category, items in problems.mapping(where, raw).items()
        for item, keys in problems.mapping(at(where, category), items).items()
        for key, value in problems.mapping(at(at(where, category), item), keys).items()
    ]
    return _quadruples(problems, where, rows)


def _quadruples(problems: Problems, where: str, rows: list[Any]) -> Iterator[Fact]:
    """Read facts; of those that are none, the first is told and the rest counted."""
    wrong = []
    for index, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != len(FIELDS):
            wrong.append(index)
        elif row[-1] is not None:
            if all(isinstance(item, str | int | float) for item in row):
                category, item, key, value = (str(item) for item in row)
                yield category, item, key, value
            else:
                wrong.append(index)
    if wrong:
        more = f", and {len(wrong) - 1} more are not" if len(wrong) > 1 else ""
        what = "is not [category, object, key, value], all texts or numbers"
        problems.add(at(where, wrong[0]), what + more)


def _check_distinct(problems: Problems, hosts: list[Host]) -> None:
    for name, count in Counter(host.name for host in hosts).items():
        if count > 1:
            problems.add("", f"{count} machines are called {name}")
