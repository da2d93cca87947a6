"""What the deploying machine does when a step is applied: catalogue and checks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tripleo_cli.domain.events import Began, Failed, Finished
from tripleo_cli.domain.overcloud.checks import Asked, deployer_checks
from tripleo_cli.domain.overcloud.outcome import CheckOutcome
from tripleo_cli.domain.overcloud.step_report import check_failure
from tripleo_cli.domain.overcloud.steps import CATALOGUE_STEP, Member, fingerprint
from tripleo_cli.workflows.catalog import ensure_catalogue
from tripleo_cli.workflows.checks import run_checks
from tripleo_cli.workflows.overcloud import Configuring
from tripleo_cli.workflows.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A check that failed.

    ``where`` is a node, or a service as its users see it; ``nodes`` are those where
    applying the step again may help.
    """

    step: int
    where: str
    check: CheckOutcome
    nodes: tuple[str, ...]


def work_of(wish: Configuring, members: Sequence[Member], step: int) -> str:
    """Say in short what the checks of a step look at: another work, another text."""
    overcloud = wish.overcloud
    parts = {member.hostname: member.hashes.get(step, "") for member in members}
    for member in members:
        work = overcloud.bundles[member.hostname].steps.get(step)
        parts[f"checks of {member.hostname}"] = repr(work.checks if work else ())
    asked = deployer_checks(overcloud.layout, step)
    parts["checks from here"] = repr([(one.check, one.target) for one in asked])
    if step == CATALOGUE_STEP and overcloud.catalogue:
        secrets = "".join(user.password for user in overcloud.catalogue.users)
        parts["catalogue"] = repr(overcloud.catalogue)
        parts["passwords"] = hashlib.sha256(secrets.encode()).hexdigest()
    return fingerprint(parts)


def register(run: Run, wish: Configuring, step: int) -> bool:
    """Tell Keystone of the services, if it is there and this is the time for it.

    Returns:
        Whether it was told.

    Raises:
        ServiceError: Keystone does not answer, or refuses.
        PartialFailureError: It refused some changes.
    """
    overcloud = wish.overcloud
    if step != CATALOGUE_STEP or overcloud.catalogue is None:
        return False
    identity = wish.tools.identity(overcloud.access)
    ensure_catalogue(identity, overcloud.catalogue, clock=run.clock, report=run.report)
    return True


def make_checks(
    run: Run,
    wish: Configuring,
    members: Sequence[Member],
    steps: Sequence[int],
    within_s: float | None = None,
) -> Sequence[Finding]:
    """Make the checks of steps, on the nodes and from here, all in one round.

    Args:
        run: What to work with.
        wish: What is configured.
        members: The nodes that count; of others nothing is asked.
        steps: Whose checks.
        within_s: How long each may take at most, where that is less than its own time.

    Returns:
        Those that failed.
    """
    task = _task(steps)
    run.report(Began(task))
    targets = [one.target for one in members if one.hashes.keys() & set(steps)]
    made = wish.tools.nodes.check(targets, *steps, within_s=within_s)
    found = [(name, one) for name, outcomes in made.items() for one in outcomes]
    asked = list(_asked(wish, members, steps, within_s))
    if asked:
        answers = run_checks(
            wish.tools.probes,
            asked,
            wish.overcloud.access,
            clock=run.clock,
            report=run.report,
        )
        found += [(name, one) for name, outs in answers.items() for one in outs]
    findings = list(_findings(wish, members, steps, found))
    for one in findings:
        text = f"{one.check.name}: {one.check.detail}"
        run.report(Failed(task, one.where, text))
    if not findings:
        run.report(Finished(task, "", f"{len(found)} passed"))
    return findings


def _asked(
    wish: Configuring,
    members: Sequence[Member],
    steps: Iterable[int],
    within_s: float | None,
) -> Iterator[Asked]:
    """Give the checks made from here, without the nodes that do not count."""
    counting = {member.hostname for member in members}
    nodes = {node.hostname for node in wish.overcloud.layout.nodes}
    skip = wish.choice.skipped_checks
    for step in steps:
        for asked in deployer_checks(wish.overcloud.layout, step, skip=skip):
            name = asked.target.hostname
            if name in nodes and name not in counting:
                continue
            limit = asked.check.timeout_s
            limit = limit if within_s is None else min(limit, within_s)
            yield replace(
                asked,
                check=replace(asked.check, timeout_s=limit),
                members=tuple(m for m in asked.members if m in counting),
            )


def _findings(
    wish: Configuring,
    members: Sequence[Member],
    steps: Sequence[int],
    found: Iterable[tuple[str, CheckOutcome]],
) -> Iterator[Finding]:
    hostnames = [member.hostname for member in members]
    for where, check in found:
        if check.passed:
            continue
        layout = wish.overcloud.layout
        running = {node.hostname for node in layout.members(where)} | {where}
        nodes = tuple(name for name in hostnames if name in running)
        # A node that does not answer has not come to the checks of any step.
        step = check.step or min(steps)
        yield Finding(step=step, where=where, check=check, nodes=nodes)


def texts_of(findings: Iterable[Finding]) -> Mapping[str, str]:
    """Write what was found, by where it was found."""
    texts: dict[str, list[str]] = {}
    for one in findings:
        text = check_failure(one.where, one.step, one.check)
        texts.setdefault(one.where, []).append(text)
    return {where: "\n".join(told) for where, told in texts.items()}


def _task(steps: Sequence[int]) -> str:
    noun = "step" if len(steps) == 1 else "steps"
    return f"checks of {noun} {', '.join(map(str, steps))}"
