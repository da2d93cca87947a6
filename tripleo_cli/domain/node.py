"""Bare metal nodes as Ironic knows them.

Source: the Bare Metal API, https://docs.openstack.org/api-ref/baremetal/, and its
state machine, https://docs.openstack.org/ironic/latest/user/states.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NewType

from tripleo_cli.domain.facts import HardwareFacts

NodeId = NewType("NodeId", str)
PortId = NewType("PortId", str)

EXCLUDED_TRAIT = "CUSTOM_HARDWARE_EXCLUDED"
"""Marks a node whose hardware is not fit for use."""
EXCLUDED_KEY = "hardware_excluded"
"""Where a node's ``extra`` says why."""
DISCOVERED_KEY = "auto_discovered"
"""Where it says that nobody registered the node (templates/undercloud)."""


class ProvisionState(Enum):
    """Ironic's provision states."""

    ENROLL = "enroll"
    VERIFYING = "verifying"
    MANAGEABLE = "manageable"
    AVAILABLE = "available"
    INSPECTING = "inspecting"
    INSPECT_WAIT = "inspect wait"
    INSPECT_FAILED = "inspect failed"
    CLEANING = "cleaning"
    CLEAN_WAIT = "clean wait"
    CLEAN_HOLD = "clean hold"
    CLEAN_FAILED = "clean failed"
    DEPLOYING = "deploying"
    DEPLOY_WAIT = "wait call-back"
    DEPLOY_HOLD = "deploy hold"
    DEPLOY_FAILED = "deploy failed"
    DEPLOY_DONE = "deploy complete"
    ACTIVE = "active"
    DELETING = "deleting"
    DELETED = "deleted"
    ERROR = "error"
    REBUILD = "rebuild"
    ADOPTING = "adopting"
    ADOPT_FAILED = "adopt failed"
    RESCUE = "rescue"
    RESCUING = "rescuing"
    RESCUE_WAIT = "rescue wait"
    RESCUE_FAILED = "rescue failed"
    UNRESCUING = "unrescuing"
    UNRESCUE_FAILED = "unrescue failed"
    SERVICING = "servicing"
    SERVICE_WAIT = "service wait"
    SERVICE_HOLD = "service hold"
    SERVICE_FAILED = "service failed"

    @property
    def is_failure(self) -> bool:
        """Whether the last transition went wrong."""
        return self.value.endswith("failed") or self is ProvisionState.ERROR

    @property
    def is_stable(self) -> bool:
        """Whether Ironic waits for an operator rather than works."""
        return self.is_failure or self in _AT_REST


_AT_REST = frozenset(
    {
        ProvisionState.ENROLL,
        ProvisionState.MANAGEABLE,
        ProvisionState.AVAILABLE,
        ProvisionState.ACTIVE,
        ProvisionState.RESCUE,
    }
)


class Verb(Enum):
    """The provision state verbs that this project uses."""

    MANAGE = "manage"
    INSPECT = "inspect"
    PROVIDE = "provide"
    ABORT = "abort"
    DELETED = "deleted"
    CLEAN = "clean"
    """Manual cleaning; needs steps, so it is asked for through ``NodeSetup``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeState:
    """The part of a node that changes while one waits for it.

    ``power_on`` is ``None`` where Ironic does not know it.
    """

    provision: ProvisionState
    target: str | None = None
    power_on: bool | None = None
    last_error: str | None = None
    maintenance: bool = False
    maintenance_reason: str | None = None
    reserved_by: str | None = None
    """The conductor that holds the node's lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A network card that Ironic knows; ``address`` is its MAC in lower case."""

    id: PortId
    address: str
    physical_network: str = ""
    local_link: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A registered node.

    ``properties`` are Ironic's (``cpus``, ``memory_mb``, ``local_gb``, ...) without
    ``capabilities``, which are parsed; ``driver_info`` has its secrets masked by
    Ironic itself; ``ports`` holds MAC addresses in lower case.
    """

    id: NodeId
    name: str
    state: NodeState
    driver: str = ""
    resource_class: str = ""
    traits: frozenset[str] = frozenset()
    properties: Mapping[str, Any] = field(default_factory=dict)
    capabilities: Mapping[str, str] = field(default_factory=dict)
    driver_info: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    interfaces: Mapping[str, str] = field(default_factory=dict)
    """Ironic's own field names ("boot_interface") to what serves them."""
    conductor_group: str = ""
    ports: tuple[str, ...] = ()
    cards: Mapping[str, Port] = field(default_factory=dict)
    """What Ironic knows of its ports, by their addresses."""
    inspected_at: str = ""
    """When an inspection ended well last, ISO 8601; empty before the first."""
    instance_id: str | None = None
    """The Nova server that occupies the node."""
    facts: HardwareFacts | None = None
    """What an inspection found, where somebody asked for it."""

    @property
    def provision(self) -> ProvisionState:
        """Its provision state."""
        return self.state.provision

    @property
    def is_in_use(self) -> bool:
        """Whether it carries a server."""
        return self.provision is ProvisionState.ACTIVE or self.instance_id is not None


def label(node: Node) -> str:
    """Name a node as an operator knows it."""
    return node.name or node.id


def is_discovered(node: Node) -> bool:
    """Whether it enrolled itself: it booted the ramdisk and nobody had registered it.

    Ironic says so only in the data of that inspection; a rule that comes with the
    undercloud notes it on the node.
    """
    return bool(node.extra.get(DISCOVERED_KEY))


def exclusion(node: Node) -> str | None:
    """Say why a node was left out for its hardware; ``None`` where it was not.

    The trait decides: a reason that somebody forgot to remove excludes nothing.
    """
    if EXCLUDED_TRAIT not in node.traits:
        return None
    reason = str(node.extra.get(EXCLUDED_KEY) or "").strip()
    return reason or f"has the trait {EXCLUDED_TRAIT}"


def parse_capabilities(text: str) -> dict[str, str]:
    """Split Ironic's ``key:value,key:value`` string; empty pieces are ignored."""
    pairs = (piece.partition(":") for piece in text.split(",") if piece.strip())
    return {key.strip(): value.strip() for key, _, value in pairs}


def format_capabilities(capabilities: Mapping[str, str]) -> str:
    """Write capabilities the way Ironic stores them, in the order of their keys."""
    return ",".join(f"{key}:{capabilities[key]}" for key in sorted(capabilities))
