"""Ask nodes about services whose checks from this machine have failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tripleo_cli.domain.overcloud.outcome import Account, CheckOutcome
from tripleo_cli.domain.overcloud.steps import Member
from tripleo_cli.workflows.overcloud import Configuring

Outcomes = Mapping[str, Sequence[CheckOutcome]]
_NOTHING = Account()


def explained(
    wish: Configuring, members: Sequence[Member], outcomes: Outcomes
) -> Iterator[tuple[str, CheckOutcome]]:
    """Add to checks that failed what a node tells of the service.

    Args:
        wish: What is configured.
        members: The nodes that count; of others nothing is asked.
        outcomes: What became of checks, by host or service name.

    Yields:
        Each outcome with that name.
    """
    told = _ask(wish, members, outcomes)
    for where, ones in outcomes.items():
        for one in ones:
            yield where, one if one.passed else _with_account(wish, where, one, told)


def _ask(
    wish: Configuring, members: Sequence[Member], outcomes: Outcomes
) -> Mapping[str, Mapping[str, Account]]:
    wanted: dict[str, set[str]] = {}
    for where, ones in outcomes.items():
        for one in ones:
            if not one.passed:
                for name in _nodes(wish, where, one):
                    wanted.setdefault(name, set()).add(one.service)
    targets = {one.hostname: one.target for one in members}
    asked = {targets[name]: sorted(s) for name, s in wanted.items() if name in targets}
    return wish.tools.nodes.explain(asked) if asked else {}


def _nodes(wish: Configuring, where: str, one: CheckOutcome) -> Sequence[str]:
    """Name the node that was asked, or else those that run the service."""
    running = [node.hostname for node in wish.overcloud.layout.members(one.service)]
    return [where] if where in running else running


def _with_account(
    wish: Configuring,
    where: str,
    one: CheckOutcome,
    told: Mapping[str, Mapping[str, Account]],
) -> CheckOutcome:
    for name in _nodes(wish, where, one):
        account = told.get(name, {}).get(one.service, _NOTHING)
        if account != _NOTHING:
            by = "" if name == where else name
            return replace(one, account=account, told_by=by)
    return one
