"""Checks of what was asked for: the plan, counts, names, the stack that is there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from tripleo_cli.domain.deployment import GivenCount
from tripleo_cli.domain.matching import reject
from tripleo_cli.domain.node import Node, ProvisionState
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.domain.validation.facts import DeploymentFacts, labels
from tripleo_cli.domain.validation.finding import Finding, arguments, error, warning
from tripleo_cli.errors import InvalidInputError, NotEnoughNodesError

LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
"""One part of a host's name, RFC 1123."""
FQDN_MAX = 64
"""The longest host name of Linux, and the longest common name of a certificate."""
DEFAULT_DOMAIN = "localdomain"
_COUNT = "Count"


def stack_is_at_rest(facts: DeploymentFacts) -> Iterator[Finding]:
    """Heat is not at work on the stack, and its servers are sound."""
    if facts.running is None:
        return
    stack = facts.running.stack
    name, status = stack.name, stack.status
    if status.in_progress:
        since = stack.updated or stack.created
        remedy = f"openstack overcloud status --watch --stack {name}"
        yield error(name, f"is {status} since {since}", remedy)
    elif status.failed and status.action == "DELETE":
        remedy = f"openstack overcloud delete --yes {name}"
        yield error(name, f"is {status}: it can only be deleted again", remedy)
    elif status.failed:
        remedy = f"openstack overcloud failures --stack {name}"
        yield warning(name, f"is {status}: deploying goes on from there", remedy)
    if broken := facts.running.broken:
        remedy = f"openstack overcloud node remove --stack {name} {broken[0]}"
        yield error(broken, "was up and is broken", remedy)
    if lost := facts.running.lost:
        remedy = f"openstack overcloud status --stack {name}"
        yield warning(lost, "is gone from Nova: deploying makes it again", remedy)


def request_makes_sense(facts: DeploymentFacts) -> Iterator[Finding]:
    """Roles, counts, names and chosen nodes fit each other and what runs."""
    if isinstance(facts.refusal, InvalidInputError):
        hint = facts.refusal.hint or "change the option or file that says so"
        for problem in facts.refusal.problems:
            yield error(problem.where, problem.what, problem.remedy or hint)


def counts_agree(facts: DeploymentFacts) -> Iterator[Finding]:
    """Flags, files and environments say the same of each role's count."""
    by_role: dict[str, list[GivenCount]] = {}
    for given in facts.request.given:
        by_role.setdefault(given.role, []).append(given)
    for name, listed in by_role.items():
        if len({given.number for given in listed}) > 1:
            said = ", ".join(f"{one.number} by {one.source}" for one in listed)
            what = f"is counted differently: {said}; the last one is used"
            yield warning(name, what, "say it in one place")
    yield from _unknown_counts(facts)
    for role in facts.used_roles():
        number = facts.wanted()[role.name]
        if "controller" in role.tags and number % 2 == 0:
            what = f"{number} nodes can't outvote each other when one is cut off"
            yield warning(role.name, what, "deploy an odd number")


def _unknown_counts(facts: DeploymentFacts) -> Iterator[Finding]:
    for key, value in facts.request.parameters.items():
        name = key.removesuffix(_COUNT)
        is_count = key.endswith(_COUNT) and isinstance(value, int) and value > 0
        if is_count and name not in facts.roles:
            near = did_you_mean(key, [f"{role}{_COUNT}" for role in facts.roles])
            what = f'counts nothing: there is no role "{name}"'
            yield warning(key, what, near or "openstack overcloud role list")


def there_are_enough_nodes(facts: DeploymentFacts) -> Iterator[Finding]:
    """All roles can have their nodes at the same time."""
    if not isinstance(facts.refusal, NotEnoughNodesError):
        return
    lines = str(facts.refusal).splitlines()
    # The indented lines say it of every node; --explain does that better.
    what = "; ".join(line for line in lines if not line.startswith(" "))
    yield error((), what.removesuffix(":"), facts.refusal.hint or "")
    if close := [node for node in facts.nodes if _would_fit(node, facts)]:
        names = labels(close)
        remedy = f"openstack overcloud node provide {arguments(names)}"
        yield warning(names, "would do if it were available", remedy)


def _would_fit(node: Node, facts: DeploymentFacts) -> bool:
    if node.provision is not ProvisionState.MANAGEABLE:
        return False
    state = replace(node.state, provision=ProvisionState.AVAILABLE)
    ready = replace(node, state=state)
    mode = facts.request.strictness
    return any(reject(ready, role, mode) is None for role in facts.used_roles())


def names_are_good(facts: DeploymentFacts) -> Iterator[Finding]:
    """Host names are valid, short enough, and nobody else's."""
    domain = str(facts.request.parameters.get("CloudDomain", DEFAULT_DOMAIN))
    if not all(LABEL.fullmatch(part) for part in domain.split(".")):
        yield error("CloudDomain", f'"{domain}" is no domain', "letters, digits and -")
    planned = [member.hostname for member in facts.plan.nodes] if facts.plan else []
    if wrong := [name for name in planned if not LABEL.fullmatch(name)]:
        remedy = "use letters, digits and - in HostnameFormatDefault or --stack"
        yield error(wrong, "is no valid host name", remedy)
    if long := [name for name in planned if len(f"{name}.{domain}") > FQDN_MAX]:
        what = f"has more than {FQDN_MAX} signs with .{domain}"
        yield warning(long, what, "make HostnameFormatDefault or --stack shorter")
    yield from _taken(facts)


def _taken(facts: DeploymentFacts) -> Iterator[Finding]:
    new = {member.hostname for member in facts.new}
    ours = {member.hostname for member in facts.new if _is_running(member, facts)}
    others = Counter(server.name for server in facts.servers)
    if taken := sorted((new & others.keys()) - ours):
        what = "is the name of another server of this undercloud"
        remedy = "let HostnameFormatDefault hold %stackname%"
        yield warning(taken, what, remedy)


def _is_running(member: object, facts: DeploymentFacts) -> bool:
    """Whether the server is in the stack already: then it is the one of that name."""
    return facts.running is not None and member in facts.running.plan.nodes
