"""Columns that are structured for programs and lines of text for people.

Imported when a table is made, not when the shell starts: cliff is not light.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cliff.columns import FormattableColumn


class Lines(FormattableColumn[Any]):
    """A value that is shown as lines in a table, and as it is in JSON or YAML."""

    def __init__(self, value: Any, lines: Sequence[str]) -> None:
        super().__init__(value)
        self._lines = lines

    def human_readable(self) -> str:
        """Give what stands in a table."""
        return "\n".join(self._lines)
