"""Every failure an operator can meet, grouped by what they should fix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class TripleoError(Exception):
    """A failure with a message for the operator and, where known, a remedy.

    ``hint`` is what to do about it: a command to type, or a sentence.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in an input, where (a dotted path), and the remedy."""

    where: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text} ({self.remedy})" if self.remedy else text


class InvalidInputError(TripleoError):
    """A file or option the operator wrote is wrong; lists every problem."""

    def __init__(
        self, source: str, problems: Iterable[Problem], *, hint: str | None = None
    ) -> None:
        self.source = source
        self.problems = tuple(problems)
        count = len(self.problems)
        listed = "\n".join(f"  {problem}" for problem in self.problems)
        noun = "problem" if count == 1 else "problems"
        super().__init__(f"{source}: {count} {noun}:\n{listed}", hint=hint)


class NotEnoughNodesError(TripleoError):
    """The registered hardware cannot fill the requested roles."""


class ServiceError(TripleoError):
    """An OpenStack service could not be reached, refused or failed a call."""


class UnreachableError(ServiceError):
    """A service gave no answer at all: it may be starting, or stopped."""


class UntrustedError(ServiceError):
    """A certificate is not one to trust."""


class NotFoundError(ServiceError):
    """A named thing does not exist in a service."""


class ConflictError(ServiceError):
    """A service refuses a change in the state that the thing is in now."""


class StackFailedError(TripleoError):
    """A stack operation ended in failure; the message names the leaf cause."""


class BusyError(TripleoError):
    """Another run holds a lock, or a stack operation is in progress."""


class PartialFailureError(TripleoError):
    """Some of many things failed; the message names each with its reason."""


class HostError(TripleoError):
    """A command or file operation on a host failed."""


class PreflightError(TripleoError):
    """This machine is not fit for an undercloud; lists every reason."""


class ValidationError(TripleoError):
    """A deployment is not ready to be made; lists every finding that says so."""


class StepFailedError(TripleoError):
    """A step of configuring nodes failed, or its checks; names node, unit, resource."""


class InterruptedRunError(TripleoError):
    """The operator pressed Ctrl-C; says what goes on without us."""
