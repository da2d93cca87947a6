"""Regular expressions that operators write: none of them hangs a command.

They are those of the ``regex`` library: it reads all that Python's ``re`` reads, is
quick with most expressions that ``re`` takes for ever with, and stops the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import regex

from tripleo_cli.errors import TripleoError

LIMIT_S: Final = 2.0
"""How long one search may take; facts are short, and it is a matter of microseconds."""
SHOWN: Final = 60
"""How many characters of the text a message quotes."""


class ExpressionFlawError(Exception):
    """It is none; ``position`` is the offset of the flaw, where that is known."""

    def __init__(self, reason: str, position: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A regular expression that was read."""

    pattern: regex.Pattern[str]

    def found_in(self, text: str) -> bool:
        """Say whether it is found anywhere in a text.

        Raises:
            TripleoError: It takes too long; names the expression and the text.
        """
        try:
            return self.pattern.search(text, timeout=LIMIT_S) is not None
        except TimeoutError as error:
            shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
            raise TripleoError(
                f'the regular expression "{self.pattern.pattern}" takes longer than '
                f'{LIMIT_S:g} s to be searched in "{shown}"',
                hint="write it without a repetition inside of a repetition",
            ) from error


def expression(text: str) -> Expression:
    """Read a regular expression.

    Raises:
        ExpressionFlawError: It is none.
    """
    try:
        return Expression(pattern=regex.compile(text))
    except regex.error as error:
        # Its types do not tell of these.
        reason = getattr(error, "msg", str(error))
        raise ExpressionFlawError(reason, getattr(error, "pos", 0) or 0) from None
    except (OverflowError, RecursionError, MemoryError):
        raise ExpressionFlawError("it is too large") from None
