"""Checks of what the undercloud's services can give: flavors, room, addresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tripleo_cli.domain.compute import Flavor, Image
from tripleo_cli.domain.flavor import FlavorState, states_of
from tripleo_cli.domain.validation.facts import NETWORK, DeploymentFacts, labels
from tripleo_cli.domain.validation.finding import Finding, error, warning
from tripleo_cli.domain.validation.images import matching
from tripleo_cli.errors import InvalidInputError

GIB = 1024**3
TOLERANCE_SECONDS = 5.0
"""How much a time server and the undercloud may differ: certificates and tokens are
checked to the second, but nobody makes them in advance."""
UNLIMITED = {"instances": "--instances", "cores": "--cores", "ram": "--ram"}


def flavors_fit(facts: DeploymentFacts) -> Iterator[Finding]:
    """Flavors select the nodes of their roles, and have room for the images."""
    try:
        states = {s.name: s for s in states_of(facts.used_roles(), facts.flavors)}
    except InvalidInputError as refusal:
        for problem in refusal.problems:
            yield error(problem.where, problem.what, "give each role its own flavor")
        return
    for state in states.values():
        if state.verdict == "differs":
            listed = "; ".join(state.differences())
            what = f"differs from what its roles need: {listed}; deploying corrects it"
            yield warning(state.name, what, "openstack overcloud flavor create")
    yield from _small_flavors(facts, states)


def _small_flavors(
    facts: DeploymentFacts, states: dict[str, FlavorState]
) -> Iterator[Finding]:
    """Find flavors that Nova refuses to combine with an image."""
    for role in facts.used_roles():
        state = states.get(role.flavor or role.profile)
        for image in matching(role.image, facts.images)[:1] if state else ():
            if state and (flaw := _too_small(state.corrected, image)):
                remedy = f"raise needs.disk_gb or memory of role {role.name}"
                yield error(state.name, flaw, remedy)


def _too_small(flavor: Flavor, image: Image) -> str:
    least = max(image.min_disk_gb, -(-image.size_bytes // GIB))
    if 0 < flavor.disk_gb < least:
        return f"has {flavor.disk_gb} GiB of disk, image {image.name} needs {least}"
    if flavor.memory_mb < image.min_memory_mb:
        needed = image.min_memory_mb
        return f"has {flavor.memory_mb} MiB, image {image.name} needs {needed}"
    return ""


def nodes_are_offered(facts: DeploymentFacts) -> Iterator[Finding]:
    """Placement knows the chosen nodes as free."""
    members = {member.node_id for member in facts.new}
    unseen = [
        node
        for node in facts.nodes
        if node.id in members
        and node.id not in facts.offered
        and node.state.power_on is not None
    ]
    if unseen:
        what = "Nova does not offer it yet; deploying waits for that, up to 5 min"
        remedy = "openstack undercloud logs nova-compute, if that does not pass"
        yield warning(labels(unseen), what, remedy)


def quotas_suffice(facts: DeploymentFacts) -> Iterator[Finding]:
    """The project may have as many servers and ports as are added."""
    needed = _needed(facts)
    for quota in facts.quotas:
        wanted = needed.get(quota.resource, 0)
        if wanted and quota.free is not None and wanted > quota.free:
            what = f"{wanted} more are needed, {quota.free} of {quota.limit} are left"
            option = UNLIMITED.get(quota.resource, f"--{quota.resource}s")
            remedy = f"openstack quota set {option} -1 PROJECT"
            yield error(quota.resource, what, remedy)


def _needed(facts: DeploymentFacts) -> dict[str, int]:
    try:
        states = {s.name: s for s in states_of(facts.used_roles(), facts.flavors)}
    except InvalidInputError:  # told by the check of flavors
        states = {}
    numbers = Counter(member.flavor for member in facts.new)
    sizes = [
        (states[n].corrected, count) for n, count in numbers.items() if n in states
    ]
    return {
        "instances": len(facts.new),
        "port": len(facts.new),
        "cores": sum(flavor.vcpus * count for flavor, count in sizes),
        "ram": sum(flavor.memory_mb * count for flavor, count in sizes),
    }


def addresses_suffice(facts: DeploymentFacts) -> Iterator[Finding]:
    """The provisioning network is there and has an address for each new server."""
    networks = {subnet.network_id for subnet in facts.subnets}
    if not networks:
        remedy = "openstack undercloud install makes it again"
        yield error(NETWORK, "there is no such network, or it has no subnet", remedy)
        return
    if len(networks) > 1:
        listed = ", ".join(sorted(networks))
        what = f"{len(networks)} networks have this name: {listed}"
        yield error(NETWORK, what, "openstack network set --name OTHER ID")
        return
    for version in sorted({subnet.ip_version for subnet in facts.subnets}):
        alike = [one for one in facts.subnets if one.ip_version == version]
        free, wanted = sum(one.free for one in alike), len(facts.new)
        if wanted > free:
            total = sum(one.total for one in alike)
            what = f"{wanted} more addresses are needed, {free} of {total} are left"
            remedy = "openstack subnet set --allocation-pool start=IP,end=IP SUBNET"
            yield error([one.name or one.id for one in alike], what, remedy)


def times_agree(facts: DeploymentFacts) -> Iterator[Finding]:
    """Time servers have names, answer, and show the undercloud's time."""
    controllers = sum(
        facts.wanted()[role.name]
        for role in facts.used_roles()
        if "controller" in role.tags
    )
    if not facts.times and controllers > 1:
        what = f"no NtpServer is given, and {controllers} controllers need one time"
        yield warning((), what, "parameter_defaults: {NtpServer: [NAME]} in a file -e")
    silent = {name: one.failure for name, one in facts.times.items() if one.failure}
    judge = error if len(silent) == len(facts.times) else warning
    for name, failure in sorted(silent.items()):
        yield judge(name, failure, "check NtpServer, the name servers and UDP port 123")
    for name, answer in sorted(facts.times.items()):
        offset = answer.offset_seconds
        if not answer.failure and abs(offset) > TOLERANCE_SECONDS:
            side = "ahead of" if offset > 0 else "behind"
            what = f"is {abs(offset):.0f} s {side} the undercloud"
            yield warning(name, what, "set the undercloud's clock: chronyc makestep")
