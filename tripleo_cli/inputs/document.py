"""Read YAML and JSON files, and say where in them something is wrong.

A loader calls :func:`load_document`, walks what it gets with a :class:`Problems`
collector and ends with :meth:`Problems.check`, so that an operator sees everything
that is wrong at once. Places are dotted paths (``nodes[3].ports[0].address``).

Documents are plain data, as JSON knows it. YAML is read without two of its habits
that spoil operators' files: ``52:54:00:11:22:33`` stays a text (YAML 1.1 makes a
number in base 60 of it) and so do ``2018-08-31``, ``0123`` and ``0x1f``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.errors import InvalidInputError, Problem

try:
    from yaml import CSafeLoader as _BaseLoader
except ImportError:  # PyYAML was built without libyaml: slower, the same answers
    from yaml import SafeLoader as _BaseLoader  # type: ignore[assignment]  # its twin


def at(where: str, key: str | int) -> str:
    """Extend a dotted path by a key or by an index."""
    if isinstance(key, int):
        return f"{where}[{key}]"
    return f"{where}.{key}" if where else key


class Problems:
    """Collects what is wrong in one source, to report all of it together."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._found: list[Problem] = []

    def add(self, where: str, what: str, remedy: str = "") -> None:
        """Note one problem; ``where`` is a dotted path, empty for the whole."""
        self._found.append(Problem(where, what, remedy))

    def check(self, *, hint: str | None = None) -> None:
        """Stop here if anything was wrong.

        Raises:
            InvalidInputError: It lists every problem noted, in order.
        """
        if self._found:
            raise InvalidInputError(self._source, self._found, hint=hint)

    def __len__(self) -> int:
        return len(self._found)

    def unknown_keys(
        self, where: str, given: Iterable[object], known: Iterable[str]
    ) -> None:
        """Note every key that is not known, with the one probably meant."""
        names = sorted(known)
        for key in given:
            if key not in names:
                self.add(
                    at(where, str(key)), "unknown key", did_you_mean(str(key), names)
                )

    def mapping(self, where: str, value: object) -> Mapping[str, Any]:
        """Give a mapping; notes a problem and gives an empty one otherwise."""
        if isinstance(value, Mapping):
            return {str(key): inner for key, inner in value.items()}
        self.add(where, f"must be a mapping, not {kind(value)}")
        return {}

    def sequence(self, where: str, value: object) -> Sequence[Any]:
        """Give a list; notes a problem and gives an empty one otherwise."""
        if isinstance(value, list | tuple):
            return value
        self.add(where, f"must be a list, not {kind(value)}")
        return ()

    def text(self, where: str, value: object) -> str | None:
        """Give a text, also from a whole number; ``None`` and a problem else.

        Other numbers are refused: what was written as ``1.10`` is 1.1 by now.
        """
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if value is None or isinstance(value, str):
            self.add(where, "must not be empty")
        else:
            quote = "put it in quotes" if isinstance(value, bool | float) else ""
            self.add(where, f"must be a text, not {kind(value)}", quote)
        return None

    def secret(self, where: str, value: object) -> str | None:
        """Give a text with every space that it has; a problem does not repeat it."""
        if isinstance(value, str) and value:
            return value
        if isinstance(value, float):
            self.add(where, "must be a text, not a number", "put it in quotes")
            return None
        return self.text(where, value)

    def whole_number(
        self, where: str, value: object, *, minimum: int = 0
    ) -> int | None:
        """Give a whole number, also from a text; ``None`` and a problem else."""
        if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,18}", value.strip()):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            shown = f'"{value}"' if isinstance(value, str) else kind(value)
            self.add(where, f"must be a whole number, not {shown}")
            return None
        if value < minimum:
            self.add(where, f"must be at least {minimum}, not {value}")
            return None
        return value


def kind(value: object) -> str:
    """Name the type of a value in an operator's words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return f"the number {value}"
    names: Mapping[type, str] = {str: "a text", list: "a list", dict: "a mapping"}
    return names.get(type(value), type(value).__name__)


def read_text(path: Path) -> str:
    """Read a text file in UTF-8.

    Raises:
        InvalidInputError: It is missing, unreadable or not text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problem = Problem("", "there is no such file", _similar_file(path))
    except UnicodeDecodeError as error:
        problem = Problem(f"byte {error.start}", "not a text in UTF-8")
    except OSError as error:
        problem = Problem("", f"cannot be read: {error.strerror}")
    raise InvalidInputError(str(path), [problem])


def load_document(path: Path) -> Any:
    """Read a YAML or JSON file.

    JSON by its name (``.json``) or because it reads as such, YAML otherwise.

    Raises:
        InvalidInputError: It cannot be read, is broken (with line and column) or
            holds a key twice in one mapping.
    """
    return parse_document(read_text(path), source=str(path))


def parse_document(text: str, *, source: str) -> Any:
    """Read YAML or JSON; ``source`` is the file's name for format and messages.

    Raises:
        InvalidInputError: It is broken or holds a key twice in one mapping.
    """
    suffix = Path(source).suffix.lower()
    try:
        if suffix == ".json" or (suffix not in {".yaml", ".yml"} and _is_json(text)):
            return _parse_json(text, source)
        return _parse_yaml(text, source)
    except RecursionError:
        problem = Problem("", "lists or mappings are nested too deep")
        raise InvalidInputError(source, [problem]) from None


def _similar_file(path: Path) -> str:
    try:
        return did_you_mean(path.name, [other.name for other in path.parent.iterdir()])
    except OSError:  # the folder is missing or closed too: nothing to suggest
        return ""


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_int=str)
    except ValueError:
        return False
    return True


class _Pairs(dict[str, Any]):
    """A JSON object that remembers the keys that it was given twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        keys = [key for key, _ in pairs]
        self.repeated = sorted({key for key in keys if keys.count(key) > 1})


class _Digits(str):
    """A number of JSON that is too long for Python to read."""

    __slots__ = ()


def _parse_json(text: str, source: str) -> Any:
    problems = Problems(source)
    document = read_json(problems, text)
    problems.check()
    return document


def read_json(problems: Problems, text: str) -> Any:
    """Read JSON, noting everything that is wrong with it."""
    try:
        document = json.loads(text, object_pairs_hook=_pairs, parse_int=_whole)
    except json.JSONDecodeError as error:
        problems.add(f"line {error.lineno}, column {error.colno}", error.msg)
        return None
    _note_wrong(problems, "", document)
    return document


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(pairs) if _distinct(pairs) else _Pairs(pairs)


def _whole(digits: str) -> int | _Digits:
    try:
        return int(digits)
    except ValueError:
        return _Digits(digits)


def _distinct(pairs: list[tuple[str, Any]]) -> bool:
    return len({key for key, _ in pairs}) == len(pairs)


def _note_wrong(problems: Problems, where: str, value: object) -> None:
    if isinstance(value, _Digits):
        problems.add(where, _too_long(value), _QUOTE)
    if isinstance(value, _Pairs):
        for key in value.repeated:
            problems.add(at(where, key), "is given more than once")
    if isinstance(value, dict):
        for key, inner in value.items():
            _note_wrong(problems, at(where, key), inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _note_wrong(problems, at(where, index), inner)


def _too_long(digits: str) -> str:
    return f"a number of {len(digits.lstrip('-'))} digits is too long"


_QUOTE = "put it in quotes if it is a text"


def _parse_yaml(text: str, source: str) -> Any:
    problems = Problems(source)
    loader = _Loader(text)
    try:
        document = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problems.add(_place(mark), *_explained(error.problem or "not valid YAML"))
    except yaml.reader.ReaderError as error:
        problems.add(f"character {error.position}", error.reason)
    finally:
        loader.dispose()
    for mark, *told in sorted(loader.wrong, key=lambda wrong: wrong[0].index):
        problems.add(_place(mark), *told)
    problems.check()
    return document


# What may be a password that begins with one of the signs of YAML.
_NAMED = re.compile(r"\b(tag|alias|anchor|handle) ['\"].*", re.DOTALL)


def _explained(problem: str) -> tuple[str, str]:
    plain, count = _NAMED.subn(r"\1", problem)
    return plain, "put a text that begins with !, & or * in quotes" if count else ""


def _place(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""


class _Loader(_BaseLoader):
    """YAML as plain data, remembering what is wrong with it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.wrong: list[tuple[Any, str, str]] = []
        """Where, what and the remedy."""

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 - PyYAML's
    ) -> dict[Hashable, Any]:
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
                if (key.tag, key.value) in seen:
                    what = f'the key "{key.value}" is given more than once'
                    self.wrong.append((key.start_mark, what, ""))
                seen.add((key.tag, key.value))
        return super().construct_mapping(node, deep)

    def construct_object(
        self,
        node: yaml.Node,
        deep: bool = False,  # noqa: FBT001, FBT002 - PyYAML's
    ) -> Any:
        try:
            value = super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError):
            # PyYAML takes every tag at its word.
            return self._construct_nothing(node)
        is_printable = not isinstance(value, int) or value.bit_length() < _MOST_BITS
        return value if is_printable else self._construct_nothing(node)

    def _construct_nothing(self, node: yaml.Node) -> None:
        self.recursive_objects.pop(node, None)
        self.constructed_objects[node] = None
        kind_of = str(node.tag).rpartition(":")[2]
        is_number = kind_of == "int" and len(node.value) > _MOST_BITS // 8
        what = _too_long(node.value) if is_number else f"is no value of type {kind_of}"
        self.wrong.append((node.start_mark, what, _QUOTE))


_MOST_BITS = 14_000
"""Python prints no longer number."""
_MERGE = "tag:yaml.org,2002:merge"
# Only what is written the way it is printed: a password 0123 must not become 83.
_INTEGER = re.compile(r"^-?(?:0|[1-9][0-9]*)$")
_FLOAT = re.compile(
    r"^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?"
    r"|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
)


def _plain_resolvers() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """Give PyYAML's rules for plain scalars, less base 60, 8, 2 and dates."""
    replaced = {"tag:yaml.org,2002:int": _INTEGER, "tag:yaml.org,2002:float": _FLOAT}
    return {
        first: [
            (tag, replaced.get(tag, pattern))
            for tag, pattern in rules
            if tag != "tag:yaml.org,2002:timestamp"
        ]
        for first, rules in _BaseLoader.yaml_implicit_resolvers.items()
    }


_Loader.yaml_implicit_resolvers = _plain_resolvers()
