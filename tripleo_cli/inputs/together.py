"""Several inputs, and what is wrong in any of them, told at once."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

from tripleo_cli.errors import InvalidInputError, Problem


class _SeveralError(InvalidInputError):
    """Problems of several inputs; their places begin with what they are in."""


class Together:
    """Collects the errors of inputs that do not depend on each other.

    Each is read in a block of its own (``with together:``), and what it gives is used
    after :meth:`check`.
    """

    def __init__(self) -> None:
        self._errors: list[InvalidInputError] = []

    def __enter__(self) -> None:
        """Begin to read one more."""

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> bool:
        """Keep an error of the input; all others go on."""
        if not isinstance(error, InvalidInputError):
            return False
        self._errors.append(error)
        return True

    def check(self, source: str) -> None:
        """Stop here if anything was wrong; ``source`` names all that was read.

        Raises:
            InvalidInputError: It lists every problem of every input. Where only one
                has any, it is that one's error as it was.
        """
        if self._errors:
            raise _combined(self._errors, source)


def _combined(errors: Sequence[InvalidInputError], source: str) -> InvalidInputError:
    if len(errors) == 1:
        return errors[0]
    problems = [
        Problem(_place(error, problem), problem.what, problem.remedy)
        for error in errors
        for problem in error.problems
    ]
    hints = dict.fromkeys(error.hint for error in errors if error.hint)
    return _SeveralError(source, problems, hint="; ".join(hints) or None)


def _place(error: InvalidInputError, problem: Problem) -> str:
    if isinstance(error, _SeveralError):
        return problem.where
    return f"{error.source}: {problem.where}" if problem.where else error.source
