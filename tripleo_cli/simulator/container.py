"""A container that stands in for a machine: what it is, and what becomes of it.

Values and decisions only; ``nspawn`` acts on the host, ``containers`` on Ironic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Protocol

from tripleo_cli.simulator.faults import FaultKind
from tripleo_cli.simulator.ports import SimulatedNode

ACTIVE: Final = "active"
BRIDGE_PREFIX: Final = "tlb"
PORT_PREFIX: Final = "tlv"
NETNS_PREFIX: Final = "tl-"
KEEPS_DISK: Final = frozenset(
    {
        ACTIVE,
        *("servicing", "service wait", "service hold", "service failed"),
        *("rescuing", "rescue wait", "rescue", "rescue failed"),
        *("unrescuing", "unrescue failed", "adopting", "adopt failed"),
    }
)
"""States of Ironic in which what is on a machine's disk is still a server's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fabric:
    """The network that machines are plugged into: a subnet of the undercloud."""

    subnet_id: str
    cidr: str
    gateway: str
    """The deploying machine's own address there; empty where the subnet has none."""
    mtu: int = 1500
    nameservers: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        """The number after the slash."""
        return self.cidr.partition("/")[2]

    @property
    def bridge(self) -> str:
        """Two underclouds never share one; two fleets of an undercloud do."""
        return f"{BRIDGE_PREFIX}{_short(self.subnet_id)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """The server that Nova put on a machine, as far as its boot must know."""

    instance_id: str
    hostname: str
    image_id: str
    address: str
    fabric: Fabric
    keys: Mapping[str, str] = field(default_factory=dict)
    """Public SSH keys by the names of their key pairs."""
    user_data: bytes = b""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A root filesystem in Glance."""

    id: str
    name: str
    disk_format: str
    algorithm: str
    """How ``digest`` was computed, by its name in hashlib."""
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is on a machine's disk and whether it is switched on; kept in a file."""

    node_id: str
    name: str
    """The node's name in Ironic."""
    instance_id: str
    hostname: str
    rootfs: str
    """The unpacked image, shared with other machines and never written to."""
    mac: str
    """The address of its first network card, as Ironic's first port has it."""
    address: str
    fabric: Fabric
    is_made: bool = True
    """Whether its disk is complete; one that is not is wiped and made again."""
    is_on: bool = False
    is_greeted: bool = False
    """Whether it has been switched on since it was deployed."""
    owner: str = ""
    """The pid file of the fleet that plays it."""
    trouble: str = ""
    """Why it could not be switched, the last time; empty once it could."""

    @property
    def netns(self) -> str:
        """The network namespace that it lives in while it runs."""
        return f"{NETNS_PREFIX}{_short(self.node_id)}"

    @property
    def port(self) -> str:
        """Its network device on the bridge's side; Linux takes 15 characters."""
        return f"{PORT_PREFIX}{_short(self.node_id)}"

    @property
    def cgroup(self) -> str:
        """Its control group, below the root of the hierarchy."""
        return f"tripleo-fleet/{self.node_id}"


def _short(uuid: str) -> str:
    return uuid.replace("-", "")[:12]


def record_from(raw: Mapping[str, Any]) -> Record:
    """Read what ``dataclasses.asdict`` wrote.

    Raises:
        TypeError: a field is missing or unknown.
    """
    fabric = dict(raw["fabric"])
    fabric["nameservers"] = tuple(fabric["nameservers"])
    return Record(**{**raw, "fabric": Fabric(**fabric)})


class Condition(Enum):
    """How a machine's container is found."""

    RUNNING = "running"
    HALTED = "halted"
    """It ended by itself, or was never booted."""
    LOST = "lost"
    """It ran when the host itself went down."""


class Action(Enum):
    """What has to be done for a machine next."""

    NOTHING = "nothing"
    DEPLOY = "deploy"
    """Unpack its image and prepare its disk."""
    GREET = "greet"
    """Ask Ironic to switch it on."""
    RESTORE = "restore"
    """Boot it again, as machines do when the current comes back."""
    SAY_OFF = "say off"
    """Tell Ironic that it halted."""
    WIPE = "wipe"
    """Stop it and erase its disk."""


def decide(node: SimulatedNode, record: Record | None, condition: Condition) -> Action:
    """Say what a machine needs, by what Ironic and the host say of it."""
    if record is None:
        is_deployed = node.state == ACTIVE and node.instance_id
        return Action.DEPLOY if is_deployed else Action.NOTHING
    is_its_server = record.is_made and node.instance_id == record.instance_id
    if node.state not in KEEPS_DISK or not is_its_server:
        return Action.WIPE
    return Action.GREET if not record.is_greeted else _decide_power(record, condition)


def _decide_power(record: Record, condition: Condition) -> Action:
    if not record.is_on or condition is Condition.RUNNING:
        return Action.NOTHING
    return Action.RESTORE if condition is Condition.LOST else Action.SAY_OFF


def is_plugged_in(node: SimulatedNode) -> bool:
    """Say whether a machine's network cable is where it should be."""
    return node.fault is None or node.fault.kind is not FaultKind.UNPLUGGED


class Runtime(Protocol):
    """The host that containers run on; each call may take long and blocks.

    Each raises ``HostError``.
    """

    def check(self) -> None:
        """Make sure that the host can run containers; says all that is missing."""

    def unpack(self, image: Image) -> str:
        """Give the folder of an image's root filesystem; downloads what is missing."""

    def make(self, record: Record, tenant: Tenant) -> None:
        """Prepare a machine's disk, in place of what may have been there."""

    def boot(self, record: Record, *, plugged: bool) -> None:
        """Plug a machine in and start it."""

    def plug(self, record: Record, *, plugged: bool) -> None:
        """Put the network cable of a running machine in, or pull it out."""

    def condition(self, record: Record) -> Condition:
        """Say how a machine's container is found."""

    def stop(self, record: Record, *, within_s: float) -> None:
        """Have a machine shut down; kill what still runs after that time."""

    def wipe(self, record: Record) -> None:
        """Kill a machine if it runs, and remove all that there is of it.

        Its record stays until it is forgotten: without one, what a kill in between
        leaves would stay for ever.
        """


class Cloud(Protocol):
    """What the lab asks Nova, Neutron and Glance; each call blocks.

    Each raises ``UnavailableError`` or ``RefusedError``.
    """

    def tenant(self, instance_id: str) -> Tenant:
        """Describe a server."""

    def image(self, image_id: str) -> Image:
        """Describe an image."""

    def download(self, image: Image, path: str) -> None:
        """Write an image to a file."""


class Records(Protocol):
    """What is known of machines, wherever it is kept."""

    def all(self) -> Mapping[str, Record]:
        """Give the records of all machines, by node."""

    def save(self, record: Record) -> None:
        """Keep a record; the old one or the new one is there, never a part."""

    def forget(self, node_id: str) -> None:
        """Remove a record."""
