"""Run the checks, and say what came of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.domain.validation.facts import DeploymentFacts, Need
from tripleo_cli.domain.validation.finding import Finding, Severity
from tripleo_cli.domain.validation.registry import CHECKS, Check
from tripleo_cli.errors import InvalidInputError, Problem, ValidationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How an operator wants checks to be taken."""

    skip: frozenset[str] = frozenset()
    errors_are_fatal: bool = True
    warnings_are_fatal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one check found; nothing is good."""

    check: Check
    findings: tuple[Finding, ...] = ()
    is_skipped: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What all checks found, in their order."""

    results: tuple[Result, ...] = ()

    def findings(self, severity: Severity) -> Iterator[tuple[str, Finding]]:
        """Give the findings of one severity, each with its check's name."""
        for result in self.results:
            for finding in result.findings:
                if finding.severity is severity:
                    yield result.check.name, finding

    @property
    def summary(self) -> str:
        """Count in words: "16 checks: 1 error, 2 warnings, 2 skipped"."""
        errors = len(list(self.findings(Severity.ERROR)))
        warnings = len(list(self.findings(Severity.WARNING)))
        skipped = sum(result.is_skipped for result in self.results)
        counted = [
            f"{number} {word}{'' if number == 1 or word == 'skipped' else 's'}"
            for number, word in (
                (errors, "error"),
                (warnings, "warning"),
                (skipped, "skipped"),
            )
            if number
        ]
        run = len(self.results) - skipped
        return f"{run} checks: {', '.join(counted) or 'all is well'}"

    def fatal(self, policy: Policy) -> list[tuple[str, Finding]]:
        """Give the findings that stand against deploying, each with its check."""
        kinds = {
            Severity.ERROR: policy.errors_are_fatal,
            Severity.WARNING: policy.warnings_are_fatal,
        }
        return [
            told
            for severity, is_fatal in kinds.items()
            if is_fatal
            for told in self.findings(severity)
        ]

    def refusal(self, policy: Policy) -> ValidationError | None:
        """Say all that is against deploying; ``None`` where nothing is."""
        told = self.fatal(policy)
        if not told:
            return None
        lines = [
            f"  {finding.severity.value}: {name}: {finding}" for name, finding in told
        ]
        head = f"not ready to deploy, nothing was changed; {self.summary}:"
        return ValidationError("\n".join([head, *lines]))

    def verdict(self, policy: Policy) -> ValidationError | None:
        """The same in short, for those who have seen the findings."""
        if not self.fatal(policy):
            return None
        return ValidationError(f"not ready to deploy; {self.summary}")


def needs_of(skip: Collection[str]) -> frozenset[Need]:
    """Say what has to be asked for the checks that are not skipped."""
    return frozenset().union(*(c.needs for c in CHECKS if c.name not in skip))


def check_names(skip: Collection[str]) -> None:
    """Refuse names that no check has.

    Raises:
        InvalidInputError: Lists all of them.
    """
    known = [check.name for check in CHECKS]
    problems = [
        Problem(name, "there is no such check", did_you_mean(name, known))
        for name in sorted(skip)
        if name not in known
    ]
    if problems:
        raise InvalidInputError("--skip", problems, hint=f"one of {', '.join(known)}")


def run_checks(facts: DeploymentFacts, skip: Collection[str] = ()) -> Report:
    """Judge a deployment by all checks that are not skipped."""
    return Report(
        tuple(
            Result(check=check, is_skipped=True)
            if check.name in skip
            else Result(check=check, findings=tuple(check.judge(facts)))
            for check in CHECKS
        )
    )
