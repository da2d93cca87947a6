"""Where a node stands: the value that tells failure domains apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import fields, is_dataclass
from typing import Any

from tripleo_cli.domain.facts import HardwareFacts
from tripleo_cli.domain.facts.lookup import fact_values
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.errors import InvalidInputError, Problem

OF_THE_NODE = (
    "properties",
    "capabilities",
    "extra",
    "traits",
    "conductor_group",
    "resource_class",
)
"""What a path may begin with besides the names of facts."""
_FACTS = tuple(field.name for field in fields(HardwareFacts))


def locate(node: Node, path: str) -> str:
    """Read the value at a path, such as a rack; empty where it is not known.

    Paths are ``properties.KEY``, ``capabilities.KEY``, ``extra.KEY``,
    ``traits.PREFIX`` (what follows the prefix in a trait's name),
    ``conductor_group``, ``resource_class``, or a fact as requirements name it:
    ``product``, ``nics.*.switch.chassis`` (the ``*.`` may be left out),
    ``nics.eno1.switch.chassis``. Of a list, every member's value counts: a machine
    that is cabled to two switches stands where others with these two switches stand.
    """
    first, _, rest = path.partition(".")
    if first == "traits":
        found = (trait for trait in node.traits if trait.startswith(rest))
        return _text(trait.removeprefix(rest) for trait in found)
    if node.facts and first not in OF_THE_NODE:
        known = fact_values(node.facts, path)
        if known:
            return _text(_walk(known, ""))
    root = getattr(node if first in OF_THE_NODE else node.facts, first, None)
    return _text(_walk(root, rest))


def check_paths(paths: Mapping[str, str]) -> None:
    """Check the paths of a spread, by role.

    Raises:
        InvalidInputError: Some lead nowhere on any node; names each.
    """
    known = (*OF_THE_NODE, *_FACTS)
    problems = [
        Problem(role, f'there is no fact "{path}"', did_you_mean(first, known))
        for role, path in sorted(paths.items())
        if (first := path.partition(".")[0]) not in known
    ]
    if problems:
        raise InvalidInputError("what roles are spread over", problems)


def _walk(value: Any, path: str) -> Iterator[Any]:
    if value is None:
        return
    if isinstance(value, list | tuple | Set):
        for member in value:
            yield from _walk(member, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping) and path in value:
        # Keys may have dots in them.
        yield from _walk(value[path], "")
    else:
        first, _, rest = path.partition(".")
        yield from _walk(_member(value, first), rest)


def _member(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(name)
    return getattr(value, name, None) if is_dataclass(value) else None


def _text(values: Iterable[Any]) -> str:
    return " + ".join(sorted({str(value) for value in values} - {""}))
