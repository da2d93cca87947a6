"""What the deploying machine does when a step is applied: catalogue and checks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from tripleo_cli.domain.events import Began, Failed, Finished
from tripleo_cli.domain.overcloud.checks import Asked, deployer_checks, patience
from tripleo_cli.domain.overcloud.outcome import Account, CheckOutcome
from tripleo_cli.domain.overcloud.step_report import check_failure
from tripleo_cli.domain.overcloud.steps import CATALOGUE_STEP, Member, fingerprint
from tripleo_cli.workflows.accounts import explained
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

    @property
    def is_silence(self) -> bool:
        """Whether the node did not come to its checks at all."""
        return not self.check.step


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
    limit_s = _limit(wish, members, steps, within_s)
    made = wish.tools.nodes.check(targets, *steps, within_s=within_s, limit_s=limit_s)
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
        found += explained(wish, members, answers)
    failing = [(where, one) for where, one in found if not one.passed]
    for where, one in failing:
        run.report(Failed(task, where, f"{one.name}: {one.detail}"))
    if not failing:
        run.report(Finished(task, "", f"{len(found)} passed"))
    booked = (_findings(wish, members, steps, *one) for one in failing)
    return list(chain.from_iterable(booked))


def _limit(
    wish: Configuring,
    members: Sequence[Member],
    steps: Sequence[int],
    within_s: float | None,
) -> float:
    """Say how long the slowest node may take for its checks."""
    works = [wish.overcloud.bundles[member.hostname].steps for member in members]
    made = ([c for step in steps if step in w for c in w[step].checks] for w in works)
    return max((patience(checks, within_s) for checks in made), default=0.0)


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
    where: str,
    check: CheckOutcome,
) -> Iterator[Finding]:
    """Book a check that failed to its step.

    A node that does not answer has made none, so all of its steps are in doubt.
    """
    layout = wish.overcloud.layout
    running = {node.hostname for node in layout.members(where)} | {where}
    nodes = tuple(one.hostname for one in members if one.hostname in running)
    own = {one.hostname: one.hashes for one in members}.get(where, {})
    concerned = [check.step] if check.step else [one for one in steps if one in own]
    for step in concerned:
        yield Finding(step=step, where=where, check=check, nodes=nodes)


def texts_of(findings: Iterable[Finding]) -> Mapping[str, str]:
    """Write what was found, by where it was found; what is known of a unit once."""
    texts: dict[str, list[str]] = {}
    shown: set[tuple[str, str]] = set()
    for one in findings:
        check, unit = one.check, one.check.account.unit
        place = (check.told_by or one.where, unit)
        if unit and place in shown:
            check = replace(check, account=Account(unit=unit))
        shown.add(place)
        texts.setdefault(one.where, []).append(
            check_failure(one.where, one.step, check)
        )
    return {where: "\n".join(told) for where, told in texts.items()}


def _task(steps: Sequence[int]) -> str:
    noun = "step" if len(steps) == 1 else "steps"
    return f"checks of {noun} {', '.join(map(str, steps))}"
