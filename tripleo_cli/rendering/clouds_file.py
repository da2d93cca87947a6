"""Change a clouds.yaml within its text: what operators wrote stays as they wrote it.

One difference after the other is taken to the text, at the places that PyYAML gives.
What comes of it is read again: where it is not what is wanted, all is written anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import yaml

MOST_CHANGES = 50
"""More than that are not worth their time, or do not come to an end."""
_STRING = "tag:yaml.org,2002:str"
_WIDTH = 10_000
"""No line is folded."""
_LINE_END = re.compile(r"\r?\n|\r|$")


class _UnclearError(Exception):
    """A text cannot be changed at this place."""


class _NoAliases(yaml.SafeDumper):
    """Writes all that is there, however often."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's name
        return True


@dataclass(frozen=True, slots=True)
class _Entry:
    """A key with its value in a text, from its first character to its last."""

    start: int
    end: int
    value: yaml.Node

    @property
    def is_alias(self) -> bool:
        """Whether the value is written elsewhere: always before, in YAML."""
        return self.value.start_mark.index < self.start


@dataclass(frozen=True, slots=True)
class _Splice:
    """A piece of a text, and what comes instead."""

    start: int
    end: int
    text: str


def render_clouds(text: str, wanted: Mapping[str, Any]) -> str:
    """Write a clouds.yaml anew, with as much as possible of the text that there is.

    Args:
        text: What the file has; it may be empty.
        wanted: What it is to say.
    """
    try:
        return _changed(text, wanted)
    except (yaml.YAMLError, _UnclearError, RecursionError):
        anew: str = yaml.safe_dump(dict(wanted), sort_keys=False)
        return anew


def _changed(text: str, wanted: Mapping[str, Any]) -> str:
    for _ in range(MOST_CHANGES):
        data = yaml.safe_load(text)
        if _is_same(data, wanted):
            return text
        page = _Page(text)
        if data is None:
            text = page.with_end(page.block(wanted, 0))
        else:
            text = page.spliced(_next_splices(page, page.root, data, wanted))
    raise _UnclearError


def _is_same(one: object, other: object) -> bool:
    """Compare data with its types: 1 is not true."""
    return yaml.dump(one, Dumper=_NoAliases) == yaml.dump(other, Dumper=_NoAliases)


def _next_splices(
    page: _Page, node: yaml.Node, data: Any, wanted: Mapping[str, Any]
) -> list[_Splice]:
    """Take one difference between a mapping and what it is to be to the text.

    Raises:
        _UnclearError: It is in no place that can be changed.
    """
    if not isinstance(node, yaml.MappingNode) or not isinstance(data, dict):
        raise _UnclearError
    for name, entry in dict(page.entries(node)).items():
        if name not in wanted:
            return page.without(node, entry)
        if not _is_same(data[name], wanted[name]):
            new = {name: wanted[name]}
            return _exchanged(page, node, entry, data[name], new)
    for name, then in wanted.items():
        if name not in data or not _is_same(data[name], then):
            return [page.inserted(node, {name: then})]
    raise _UnclearError


def _exchanged(
    page: _Page, node: yaml.MappingNode, entry: _Entry, now: Any, new: Mapping[str, Any]
) -> list[_Splice]:
    """Go on within an entry's value where that is possible; else exchange it."""
    (then,) = new.values()
    are_filled = now and isinstance(now, dict) and isinstance(then, dict)
    if are_filled and not entry.is_alias:
        return _next_splices(page, entry.value, now, then)
    return [page.replaced(node, entry, new)]


class _Page:
    """A text of YAML, and where things are in it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"
        # Others only mark where something begins or ends.
        self._tokens = [
            token
            for token in yaml.scan(text, Loader=yaml.SafeLoader)
            if token.start_mark.index < token.end_mark.index
        ]

    @cached_property
    def root(self) -> yaml.Node:
        """All of it."""
        node = yaml.compose(self._text, Loader=yaml.SafeLoader)
        if node is None:
            raise _UnclearError
        return node

    def entries(self, node: yaml.MappingNode) -> Iterator[tuple[str, _Entry]]:
        """Give the entries of a mapping whose keys are texts."""
        starts = [key.start_mark.index for key, _ in node.value]
        for (key, value), (start, after) in zip(
            node.value, pairwise([*starts, _end(node)]), strict=True
        ):
            if isinstance(key, yaml.ScalarNode) and key.tag == _STRING:
                end = self._content_end(start, after)
                yield key.value, _Entry(start=start, end=end, value=value)

    def spliced(self, splices: list[_Splice]) -> str:
        """Give the text with pieces exchanged."""
        text = self._text
        for one in sorted(splices, key=lambda splice: splice.start, reverse=True):
            text = text[: one.start] + one.text + text[one.end :]
        return text

    def with_end(self, more: str) -> str:
        """Give the text with more lines at its end."""
        is_whole = not self._text or self._text.endswith(("\n", "\r"))
        return f"{self._text}{'' if is_whole else self._newline}{more}{self._newline}"

    def replaced(
        self, node: yaml.MappingNode, entry: _Entry, new: Mapping[str, Any]
    ) -> _Splice:
        """Exchange an entry of a mapping."""
        text = _inline(new) if node.flow_style else self.block(new, _column(node))
        # What is written in lines of its own ends with the last one's break.
        end = self._newline if self._is_line_start(entry.end) else ""
        return _Splice(entry.start, entry.end, f"{text}{end}")

    def inserted(self, node: yaml.MappingNode, new: Mapping[str, Any]) -> _Splice:
        """Add an entry at the end of a mapping."""
        if not node.value:
            return _Splice(_end(node), _end(node), _inline(new))
        last = self._content_end(node.start_mark.index, _end(node))
        if node.flow_style:
            return _Splice(last, last, f", {_inline(new)}")
        column = _column(node)
        text = f"{' ' * column}{self.block(new, column)}"
        if self._is_line_start(last):
            return _Splice(last, last, f"{text}{self._newline}")
        end, _ = self._line_end(last)
        return _Splice(end, end, f"{self._newline}{text}")

    def without(self, node: yaml.MappingNode, entry: _Entry) -> list[_Splice]:
        """Take an entry out of a mapping; of a block, its lines.

        Raises:
            _UnclearError: It does not have its lines for itself.
        """
        if node.flow_style:
            return [self._flow_without(node, entry)]
        start = entry.start - _column(node)
        if self._text[start : entry.start].strip(" ") or not self._is_line_start(start):
            raise _UnclearError
        end = entry.end
        if not self._is_line_start(end):
            _, end = self._line_end(end)
        gone = _Splice(start, end, "")
        return [gone] if len(node.value) > 1 else [self._emptied(node), gone]

    def block(self, new: Mapping[str, Any], column: int) -> str:
        """Write entries as lines; the first one begins where it is put."""
        text = yaml.safe_dump(
            dict(new), sort_keys=False, indent=self._indent, width=_WIDTH
        )
        return f"{self._newline}{' ' * column}".join(text.splitlines())

    @cached_property
    def _indent(self) -> int:
        """By how much the text sets mappings in."""
        for node in _blocks(self.root) if self._tokens else ():
            for _, value in node.value:
                if isinstance(value, yaml.MappingNode) and not value.flow_style:
                    wide = _column(value) - _column(node)
                    return wide if wide > 1 else 2
        return 2

    def _flow_without(self, node: yaml.MappingNode, entry: _Entry) -> _Splice:
        starts = [key.start_mark.index for key, _ in node.value]
        place = starts.index(entry.start)
        if place + 1 < len(starts):
            return _Splice(entry.start, starts[place + 1], "")
        start = self._content_end(starts[0], entry.start) if place else entry.start
        return _Splice(start, entry.end, "")

    def _emptied(self, node: yaml.MappingNode) -> _Splice:
        """Say that there is nothing, after the colon that a mapping follows.

        Raises:
            _UnclearError: It follows none.
        """
        ends = [
            token.end_mark.index
            for token in self._tokens
            if isinstance(token, yaml.ValueToken)
            and token.start_mark.index < node.start_mark.index
        ]
        if not ends:
            raise _UnclearError
        return _Splice(ends[-1], ends[-1], " {}")

    def _content_end(self, start: int, before: int) -> int:
        """Give where the last thing ends that begins between two places.

        Raises:
            _UnclearError: Nothing does.
        """
        ends: list[int] = [
            token.end_mark.index
            for token in self._tokens
            if start <= token.start_mark.index < before
            and not isinstance(token, yaml.FlowEntryToken)
        ]
        if not ends:
            raise _UnclearError
        return ends[-1]

    def _line_end(self, place: int) -> tuple[int, int]:
        """Give where a line ends, without and with its line break."""
        found = _LINE_END.search(self._text, place)
        return (found.start(), found.end()) if found else (place, place)

    def _is_line_start(self, place: int) -> bool:
        return place == 0 or self._text[place - 1] in "\r\n"


def _end(node: yaml.MappingNode) -> int:
    """Give where a mapping ends: at its brace, or at what comes after it."""
    end: int = node.end_mark.index
    return end - 1 if node.flow_style else end


def _column(node: yaml.MappingNode) -> int:
    column: int = node.value[0][0].start_mark.column
    return column


def _inline(new: Mapping[str, Any]) -> str:
    """Write entries as they stand between braces."""
    text: str = yaml.safe_dump(
        dict(new), sort_keys=False, default_flow_style=True, width=_WIDTH
    )
    return text.strip()[1:-1]


def _blocks(node: yaml.Node) -> Iterator[yaml.MappingNode]:
    """Give all mappings that are written as blocks, from outside."""
    if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        yield node
        for _, value in node.value:
            yield from _blocks(value)
