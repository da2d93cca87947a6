"""Read the fields of spec lines: literals, functions and variables.

::

    field     = "$" name | "$$" name | ("$" | "$$") name "=" condition | condition
    condition = function "(" arguments ")" | text
    argument  = text | "'" text "'" | '"' text '"' | condition (of not, and, or)

Nothing is ever evaluated as code.
"""

from __future__ import annotations

import re
from typing import Final

from tripleo_cli.domain.specs.call import (
    FUNCTIONS,
    Cursor,
    FlawError,
    condition_at,
    refuse_unknown,
)
from tripleo_cli.domain.specs.condition import Condition, Equal
from tripleo_cli.domain.specs.spec import Field

_VARIABLE: Final = re.compile(r"(\${1,2})(\w[\w.:-]*)(=?)")
_CALL: Final = re.compile(rf"\s*(?:{'|'.join(FUNCTIONS)})\(")


def parse_field(text: str) -> Field:
    """Read one field of a line.

    Raises:
        FlawError: It is a function or variable that is not written as it should be.
    """
    if not text.startswith("$"):
        return Field(text=text, condition=_condition(text, 0))
    found = _VARIABLE.match(text)
    if not found:
        raise FlawError(0, "no name follows the $", "write $name or $$name")
    dollars, name, equals = found.groups()
    end = found.end()
    if not equals and end < len(text):
        remedy = "write $name, or $name=CONDITION"
        raise FlawError(end, f'"{text[end:]}" follows the variable', remedy)
    if equals and not text[end:].strip():
        raise FlawError(end, "no condition follows the =", f"write {dollars}{name}")
    return Field(
        text=text,
        variable=name,
        is_recorded=dollars == "$$",
        condition=_condition(text, end) if equals else None,
    )


def _condition(text: str, start: int) -> Condition:
    if _CALL.match(text, start):
        cursor = Cursor(text, start)
        condition = condition_at(cursor)
        cursor.expect_end()
        return condition
    refuse_unknown(text[start:], start)
    return Equal(text=text[start:])
