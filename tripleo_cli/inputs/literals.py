"""Read files that hold Python literals, without running them.

The files of ahc-match and eDeploy were made for ``eval``. Here they are only parsed:
texts, numbers, lists, tuples and dictionaries are read, and everything else is a
problem at its line and column.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, Final

from tripleo_cli.inputs.document import Problems

_PLAIN: Final = "write texts, numbers, lists, tuples and dictionaries; nothing is run"


class Source:
    """A file of literals, with the places of everything in it.

    ``name`` begins every place: ``control.specs, line 3, column 8``.
    """

    def __init__(self, name: str, text: str, problems: Problems) -> None:
        self._name = name
        # Python's own reader lets a file begin with spaces too.
        self._text = text.lstrip(" \t\r\n\f")
        skipped = text[: len(text) - len(self._text)]
        self._skipped = skipped.count("\n")
        self._indent = len(skipped) - (skipped.rfind("\n") + 1)
        self._lines = self._text.splitlines()
        self._problems = problems

    def parse(self) -> ast.expr | None:
        """Read the one expression of the file; ``None`` and a problem else."""
        try:
            return ast.parse(self._text, mode="eval").body
        except SyntaxError as error:
            place = self._place(error.lineno or 1, (error.offset or 1) - 1)
            self._problems.add(place, f"is not a literal: {error.msg}", _PLAIN)
        except ValueError as error:
            self._problems.add(self._name, f"cannot be read: {error}")
        except (RecursionError, MemoryError):
            self._problems.add(self._name, "lists are nested too deep")
        return None

    def value(self, node: ast.expr) -> Any:
        """Give what an expression says; ``None`` and problems if it is no literal."""
        strange = _strange(node)
        for one in strange:
            self.add(one, f"{_name_of(one)} is not a plain value", _PLAIN)
        return None if strange else ast.literal_eval(node)

    def add(
        self, node: ast.expr, what: str, remedy: str = "", *, offset: int = 0
    ) -> None:
        """Note a problem at an expression, or inside a text after ``offset`` of it."""
        column = self._column(node)
        inner = self._start_of_text(node, column)
        if offset and inner is None:
            what = f"{what} (after {offset} characters of the text)"
        column = column if inner is None or not offset else inner + offset
        self._problems.add(self._place(node.lineno, column), what, remedy)

    def line(self, node: ast.expr) -> int:
        """Give the line of an expression in the file, from 1."""
        return node.lineno + self._skipped

    def _place(self, line: int, column: int) -> str:
        column += 1 + (self._indent if line == 1 else 0)
        return f"{self._name}, line {line + self._skipped}, column {column}"

    def _column(self, node: ast.expr) -> int:
        """Count characters; Python counts bytes."""
        if node.lineno > len(self._lines):
            return node.col_offset
        line = self._lines[node.lineno - 1].encode()
        return len(line[: node.col_offset].decode())

    def _start_of_text(self, node: ast.expr, column: int) -> int | None:
        """Find where a text begins after its quote, if it stands there as it is."""
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            return None
        line = self._lines[node.lineno - 1][column:]
        prefix = len(line) - len(line.lstrip("rRuU"))
        quote = 3 if line[prefix : prefix + 3] in {'"""', "'''"} else 1
        is_as_written = line.startswith(node.value, prefix + quote)
        return column + prefix + quote if is_as_written else None


def is_none(node: ast.expr) -> bool:
    """Say whether an expression is ``None`` itself."""
    return isinstance(node, ast.Constant) and node.value is None


def _strange(node: ast.expr) -> list[ast.expr]:
    """List what in an expression is no literal of ours, outermost first."""
    parts = _parts(node)
    if parts is None:
        return [node]
    return [one for part in parts for one in _strange(part)]


def _parts(node: ast.expr) -> Sequence[ast.expr] | None:
    """Give what an expression is made of; ``None`` where it is no literal of ours."""
    if isinstance(node, ast.List | ast.Tuple):
        return node.elts
    if isinstance(node, ast.Dict):
        # {**other} has no key; lists cannot be keys.
        keys = [key for key in node.keys if isinstance(key, ast.Constant)]
        return [*keys, *node.values] if len(keys) == len(node.keys) else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        node = node.operand
        is_plain = isinstance(node, ast.Constant) and isinstance(node.value, _NUMBERS)
    else:
        is_plain = isinstance(node, ast.Constant) and isinstance(node.value, _VALUES)
    return () if is_plain else None


_NUMBERS: Final = (int, float)
_VALUES: Final = (str, int, float, type(None))


def _name_of(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


_SHOWN: Final = 40
