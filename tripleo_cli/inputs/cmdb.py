"""Read a CMDB: a list of entries, or one that is expanded from ranges.

::

    [{'mac': '52:54:00:11:22:33', 'hostname': 'host1'}, ...]
    generate({'ip': '192.168.1.10-12', 'hostname': 'host10-12'})
    generate_dict({'=host10-12': {'=ip': '192.168.1.10-12'}})

The names of ``generate_dict`` become the entries' ``hostname``. Several such
expressions may be added with ``+``. They are read, not run.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from tripleo_cli.domain.specs.cmdb import Entry
from tripleo_cli.domain.specs.ranges import TooManyError, generate, generate_by_name
from tripleo_cli.inputs.literals import Source

HOSTNAME = "hostname"


def read_entries(source: Source | None) -> list[Entry]:
    """Read all entries of a file; problems are noted in the source."""
    node = source.parse() if source else None
    if source is None or node is None:
        return []
    return [entry for part in _summands(node) for entry in _entries(source, part)]


def _summands(node: ast.expr) -> list[ast.expr]:
    parts = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts.append(node.right)
        node = node.left
    return [node, *reversed(parts)]


def _entries(source: Source, node: ast.expr) -> list[Entry]:
    if isinstance(node, ast.Call):
        return _generated(source, node)
    if isinstance(node, ast.List | ast.Tuple):
        entries = [_mapping(source, one) for one in node.elts]
        return [entry for entry in entries if entry is not None]
    source.add(node, "must be a list of entries, or generate({...})")
    return []


def _generated(source: Source, node: ast.Call) -> list[Entry]:
    name = ast.unparse(node.func)
    if name not in _GENERATORS or not node.args:
        source.add(node, f"{name}() is unknown here", "write generate({...})")
        return []
    # A second argument, '=', says which keys are expanded: the keys say so themselves.
    model = _mapping(source, node.args[0])
    if model is None:
        return []
    try:
        return _GENERATORS[name](source, node.args[0], model)
    except TooManyError as error:
        source.add(node, str(error), "narrow the ranges")
        return []


def _one_model(
    _source: Source, _node: ast.expr, model: Mapping[str, Any]
) -> list[Entry]:
    return list(generate(model))


def _models_by_name(
    source: Source, node: ast.expr, models: Mapping[str, Any]
) -> list[Entry]:
    wrong = [name for name, model in models.items() if not isinstance(model, Mapping)]
    for name in wrong:
        source.add(node, f"{name!r} must have a dictionary")
    if wrong:
        return []
    made = generate_by_name(models)
    return [{HOSTNAME: name, **entry} for name, entry in made.items()]


_GENERATORS = {"generate": _one_model, "generate_dict": _models_by_name}


def _mapping(source: Source, node: ast.expr) -> dict[str, Any] | None:
    if not isinstance(node, ast.Dict):
        source.add(node, "must be a dictionary")
        return None
    value = source.value(node)
    if value is None:
        return None
    if not _has_text_keys(value):
        source.add(node, "has a key that is not a text", "put it in quotes")
        return None
    return dict(value)


def _has_text_keys(value: object) -> bool:
    if isinstance(value, dict):
        return all(
            isinstance(key, str) and _has_text_keys(inner)
            for key, inner in value.items()
        )
    if isinstance(value, list | tuple):
        return all(_has_text_keys(inner) for inner in value)
    return True
