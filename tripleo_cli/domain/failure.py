"""Why a stack failed: the leaf that did, its cause, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tripleo_cli.domain.compute import Flavor, Server
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.plan import PlannedNode
from tripleo_cli.domain.profile import custom_name
from tripleo_cli.domain.stack import StackEvent, StackResource

_NO_HOST = "No valid host"
_CANCELLED = ("aborted", "cancelled", "canceled")
# "ResourceInError: resources.a.resources.b: Went to status ERROR due to "Message: …
_WRAPPING = re.compile(
    r"^(?:\w+: )?(?:resources(?:\.[^\s:]+|\[[^\]]*\])+: )*"
    r"(?:Went to status \w+ due to \"(?:Message: )?)?"
)
_CODE = re.compile(r',?\s*Code: \d+"?$')


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One resource that failed on its own account.

    ``cause`` is the deepest message there is; ``findings`` are what the services say
    about the node now; ``remedy`` is what to do.
    """

    path: str
    type: str
    cause: str
    node: str = ""
    findings: tuple[str, ...] = ()
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.path} ({self.type})"
        lines = [f"{where}: {self.cause}"]
        lines += [f"node {self.node}: {finding}" for finding in self.findings]
        lines += [f"what to do: {self.remedy}"] if self.remedy else []
        return "\n    ".join(lines)


def leaf_failures(resources: Iterable[StackResource]) -> tuple[StackResource, ...]:
    """Give the failed resources that no other failed resource explains.

    Heat cancels what is under way when something fails; those are left out as long
    as there is a real failure.
    """
    failed = [resource for resource in resources if resource.status.failed]
    leaves = [
        resource
        for resource in failed
        if not any(other.path.startswith(f"{resource.path}.") for other in failed)
    ]
    real = [resource for resource in leaves if not _was_cancelled(resource)]
    return tuple(real or leaves)


def bare_cause(reason: str) -> str:
    """Take Heat's wrapping off a reason: what is left is the service's message."""
    text = _WRAPPING.sub("", reason.strip())
    return _CODE.sub("", text).strip() or reason.strip()


def first_cause(events: Sequence[StackEvent], path: str) -> str:
    """Find what a resource failed of first, in what the stack did last.

    Heat tries again, and while the machine is cleaned after the first failure each
    further try ends with "No valid host": the first reason is the one to know. Empty
    where nothing better was told.
    """
    begun = (n for n, event in enumerate(events) if _is_start(event))
    last = max(begun, default=0)
    reasons = (
        bare_cause(event.reason)
        for event in events[last:]
        if event.path == path and event.status.failed
    )
    return next((reason for reason in reasons if _NO_HOST not in reason), "")


def is_vague(cause: str) -> bool:
    """Whether Nova only says that it found no node."""
    return _NO_HOST in cause


def _is_start(event: StackEvent) -> bool:
    return not event.path and event.status.in_progress


def node_findings(
    node: Node | None,
    planned: PlannedNode,
    flavor: Flavor | None,
    server: Server | None,
) -> tuple[str, ...]:
    """Say what about a node explains that its server failed."""
    if node is None:
        return ("is not registered in Ironic any more",)
    state = node.state
    found = []
    if state.maintenance:
        reason = f": {state.maintenance_reason}" if state.maintenance_reason else ""
        found.append(f"is in maintenance{reason}")
    if state.last_error:
        found.append(f"last error in Ironic: {state.last_error}")
    if node.instance_id and (server is None or node.instance_id != server.id):
        found.append(f"holds another server, {node.instance_id}")
    found += _misfits(node, planned, flavor)
    return tuple(found) or (f"is {state.provision.value} now, with no error",)


def _misfits(node: Node, planned: PlannedNode, flavor: Flavor | None) -> list[str]:
    if flavor is None:
        return [f'its flavor "{planned.flavor}" does not exist']
    specs = flavor.extra_specs
    found = []
    resource = f"resources:CUSTOM_{custom_name(node.resource_class)}"
    if resource not in specs:
        found.append(
            f'its resource class "{node.resource_class}" is not the one that flavor '
            f'"{flavor.name}" asks for'
        )
    wanted = {key.removeprefix("trait:") for key in specs if key.startswith("trait:")}
    if missing := sorted(wanted - node.traits):
        found.append(f"lacks the traits {', '.join(missing)}")
    return found


def remedy_for(stack: str, node: Node | None, planned: PlannedNode) -> str:
    """Say what an operator does about a failed server.

    A node that cannot be used is not chosen again by the next run, one that failed
    is: it has to be set aside by hand.
    """
    again = f"run `openstack overcloud deploy --stack {stack}` again"
    if node is None:
        return f"{again}: it chooses another node"
    name = planned.node_name or planned.node_id
    if node.state.maintenance:
        return (
            f"{again}: it chooses another node; or first "
            f"`openstack baremetal node maintenance unset {name}` to use this one"
        )
    return (
        f"mend the node and {again}; to have another node take its place, first "
        f"`openstack baremetal node maintenance set {name}`"
    )


def _was_cancelled(resource: StackResource) -> bool:
    return any(word in resource.reason.lower() for word in _CANCELLED)


def listed(failures: Sequence[Failure]) -> str:
    """Write failures below each other."""
    return "\n".join(f"  {failure}" for failure in failures)
