"""On which line of a YAML file something is, by its dotted path."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import yaml

from tripleo_cli.errors import InvalidInputError, Problem
from tripleo_cli.inputs.document import at


def with_lines(error: InvalidInputError, text: str) -> InvalidInputError:
    """Sort problems by line and say it, where their place is found in the text.

    The text is read once more for that: only who made a mistake waits for it.
    """
    lines = _lines(text)
    end = len(text)
    found = sorted(error.problems, key=lambda problem: lines.get(problem.where, end))
    problems = [_placed(problem, lines) for problem in found]
    return InvalidInputError(error.source, problems, hint=error.hint)


def _placed(problem: Problem, lines: dict[str, int]) -> Problem:
    line = lines.get(problem.where)
    if line is None:
        return problem
    return replace(problem, where=f"line {line}: {problem.where}")


def _lines(text: str) -> dict[str, int]:
    """Give the line of every key and of every item of a list, counted from 1."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return {}
    lines: dict[str, int] = {}
    _note(root, "", lines, set())
    return lines


def _note(node: Any, where: str, lines: dict[str, int], seen: set[int]) -> None:
    # What an alias repeats has its line already, under the path of its anchor.
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            place = at(where, str(key.value))
            lines.setdefault(place, key.start_mark.line + 1)
            _note(value, place, lines, seen)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            place = at(where, index)
            lines.setdefault(place, item.start_mark.line + 1)
            _note(item, place, lines, seen)
