"""Look at the machine before anything on it is changed."""

from __future__ import annotations

from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.undercloud.preflight import judge
from tripleo_cli.errors import PreflightError
from tripleo_cli.workflows.undercloud.ports import Machine


def preflight(config: UndercloudConfig, machine: Machine) -> tuple[str, ...]:
    """Check that an undercloud can be installed, or run again, here.

    Returns:
        What an operator should know but may ignore.

    Raises:
        PreflightError: It cannot; lists every reason with its remedy.
    """
    verdict = judge(config, machine.facts(config))
    if verdict.problems:
        count = len(verdict.problems)
        listed = "\n".join(f"  {problem}" for problem in verdict.problems)
        noun = "problem" if count == 1 else "problems"
        raise PreflightError(
            f"this machine is not ready, nothing was changed; {count} {noun}:\n{listed}"
        )
    return tuple(str(warning) for warning in verdict.warnings)
