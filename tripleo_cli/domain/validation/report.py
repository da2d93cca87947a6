"""Run the checks, and say what came of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.domain.validation.facts import DeploymentFacts, Need
from tripleo_cli.domain.validation.finding import Finding, Severity, error
from tripleo_cli.domain.validation.registry import CHECKS, Check
from tripleo_cli.errors import (
    InvalidInputError,
    Problem,
    TripleoError,
    ValidationError,
)

SERVICES = "services"
"""Under this name it is told that a service did not answer."""
STATUS = "openstack undercloud status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How an operator wants checks to be taken."""

    skip: frozenset[str] = frozenset()
    errors_are_fatal: bool = True
    warnings_are_fatal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one check found; nothing is good.

    ``note`` says how much it has seen. It is unknown what it would find where a
    service did not answer.
    """

    check: Check
    findings: tuple[Finding, ...] = ()
    note: str = ""
    is_skipped: bool = False
    is_unknown: bool = False

    @property
    def verdict(self) -> str:
        """What to call it beside its findings."""
        if self.is_skipped:
            return "skipped"
        if self.is_unknown:
            return "unknown"
        return "note" if self.findings else "ok"


@dataclass(frozen=True, slots=True)
class Report:
    """What all checks found, in their order, and what services failed to answer."""

    results: tuple[Result, ...] = ()
    failures: tuple[Finding, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Say how much was seen, by each check that may not have seen all."""
        noted = (result for result in self.results if result.note)
        return tuple(f"{result.check.name}: {result.note}" for result in noted)

    def findings(self, severity: Severity) -> Iterator[tuple[str, Finding]]:
        """Give the findings of one severity, each with its check's name."""
        for failure in self.failures:
            if failure.severity is severity:
                yield SERVICES, failure
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
        unknown = sum(result.is_unknown for result in self.results)
        counts = (
            f"{errors} error{'' if errors == 1 else 's'}",
            f"{warnings} warning{'' if warnings == 1 else 's'}",
            f"{skipped} skipped",
            f"{unknown} unknown",
        )
        counted = [text for text in counts if not text.startswith("0 ")]
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


def run_checks(
    facts: DeploymentFacts,
    skip: Collection[str] = (),
    unanswered: Mapping[Need, TripleoError] | None = None,
) -> Report:
    """Judge a deployment by all checks that are not skipped.

    Args:
        facts: What is known.
        skip: The names of checks to leave out.
        unanswered: What could not be asked, and why; checks that need it say nothing.
    """
    silent = unanswered or {}
    results = tuple(_result(check, facts, skip, silent.keys()) for check in CHECKS)
    failures = (_failure(need, why, results) for need, why in silent.items())
    return Report(results, tuple(failure for failure in failures if failure.subjects))


def _result(
    check: Check, facts: DeploymentFacts, skip: Collection[str], silent: Set[Need]
) -> Result:
    if check.name in skip:
        return Result(check=check, is_skipped=True)
    if check.needs & silent:
        return Result(check=check, is_unknown=True)
    findings = tuple(check.judge(facts))
    return Result(check=check, findings=findings, note=check.scope(facts))


def _failure(need: Need, why: TripleoError, results: Iterable[Result]) -> Finding:
    unknown = (r.check for r in results if r.is_unknown)
    names = [check.name for check in unknown if need in check.needs]
    return error(names, f"cannot be checked: {why}", why.hint or STATUS)
