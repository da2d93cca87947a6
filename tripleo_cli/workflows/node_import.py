"""From a nodes file to nodes that are ready: register, then bring them onward."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tripleo_cli.domain.definition import NodeDefinition
from tripleo_cli.domain.events import Noted, Reporter
from tripleo_cli.domain.node import Node, NodeId, ProvisionState, label
from tripleo_cli.domain.seal import Sealer
from tripleo_cli.domain.transition import Goal, unusable
from tripleo_cli.workflows.nodes import Registration, foresee, register
from tripleo_cli.workflows.ports import Workdir
from tripleo_cli.workflows.travel import NodeOutcome, Travel

KEY_FILE = "seal.key"
"""Holds the key of :class:`~tripleo_cli.domain.seal.Sealer`, as hex digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What an operator wants imported; ``boot_mode`` is for nodes without one."""

    definitions: Sequence[NodeDefinition]
    introspect: bool = False
    provide: bool = False
    boot_mode: str | None = None
    max_retries: int = 1

    @property
    def registered(self) -> Sequence[NodeDefinition]:
        """The definitions with what the request adds to them."""
        return [_with_boot_mode(node, self.boot_mode) for node in self.definitions]


def sealer_from(workdir: Workdir) -> Sealer:
    """Give what seals credentials; its key is made when it is first needed."""
    key = workdir.read(KEY_FILE)
    if not key:
        key = secrets.token_hex(32)
        workdir.write(KEY_FILE, key)
    return Sealer(bytes.fromhex(key.strip()), secrets.token_hex(6))


def preview_import(
    travel: Travel, request: ImportRequest, sealer: Sealer
) -> Sequence[NodeOutcome]:
    """Tell what :func:`import_nodes` would register, and change nothing."""
    return foresee(travel.baremetal, request.registered, sealer, travel.report)


def import_nodes(
    travel: Travel, request: ImportRequest, sealer: Sealer
) -> Sequence[NodeOutcome]:
    """Register machines and bring them as far as the request says.

    Nodes that were there before are left where they are if they are in use, under
    maintenance, or already further than the request wants them.

    Returns:
        One outcome per definition, in their order.
    """
    registrations = register(
        travel.baremetal,
        request.registered,
        sealer,
        travel.report,
        concurrency=travel.limits.concurrency,
    )
    journeys = list(_journeys(registrations, request, travel.report))
    outcomes = travel.go(_task(request), journeys)
    moved = {outcome.id: outcome for outcome in outcomes}
    return [_final(registration, moved) for registration in registrations]


def _task(request: ImportRequest) -> str:
    parts = ["introspect"] if request.introspect else []
    parts += ["provide"] if request.provide else []
    return " and ".join(parts) or "manage"


def _with_boot_mode(node: NodeDefinition, boot_mode: str | None) -> NodeDefinition:
    if not boot_mode:
        return node
    return replace(node, capabilities={"boot_mode": boot_mode, **node.capabilities})


def _journeys(
    registrations: Sequence[Registration], request: ImportRequest, report: Reporter
) -> Iterator[tuple[Node, Goal]]:
    """Say where each registered node is to get, leaving out those to leave alone."""
    for registration in registrations:
        node = registration.node
        if node is None:
            continue
        if not registration.is_new and (stuck := unusable(node)):
            report(Noted(f"{label(node)} is left as it is: it {stuck.why}"))
            continue
        inspect = request.introspect and _wants_inspection(registration, node)
        goal = Goal(
            inspect=inspect, provide=request.provide, max_retries=request.max_retries
        )
        yield node, goal


def _wants_inspection(registration: Registration, node: Node) -> bool:
    """Whether an import inspects a node: not twice, and not once it is available."""
    if registration.is_new or node.provision is ProvisionState.INSPECT_FAILED:
        return True
    return not node.inspected_at and node.provision is not ProvisionState.AVAILABLE


def _final(
    registration: Registration, moved: Mapping[NodeId | None, NodeOutcome]
) -> NodeOutcome:
    """Join what registration and the way onward did to one node."""
    first = registration.outcome
    later = moved.get(registration.node.id) if registration.node else None
    if later is None:
        return first
    return replace(
        later, name=first.name, result="failed" if later.error else first.result
    )
