"""What workflows need from the world, and nothing more.

Every method may be called from several threads at once. All raise
:class:`~tripleo_cli.errors.ServiceError` (or a subclass) when the service cannot be
reached or refuses; the message names the service, the call and the cause.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from tripleo_cli.domain.cleaning import CleanStep
from tripleo_cli.domain.compute import Flavor, Image, Quota, Server
from tripleo_cli.domain.discovery import Controller, Credentials, Found, Place
from tripleo_cli.domain.inspection_rule import InspectionRule
from tripleo_cli.domain.network import Subnet
from tripleo_cli.domain.node import Node, NodeId, NodeState, PortId, Verb
from tripleo_cli.domain.ntp import TimeAnswer
from tripleo_cli.domain.stack import Stack, StackEvent, StackFiles, StackResource
from tripleo_cli.workflows.node_ports import Orders


class Baremetal(Protocol):
    """The bare metal service (Ironic)."""

    def nodes(self) -> Sequence[Node]:
        """List every node with its ports, in as few calls as paging allows."""

    def states(self) -> Mapping[NodeId, NodeState]:
        """List every node's state only; cheap, for polling."""

    def create(self, fields: Mapping[str, Any]) -> NodeId:
        """Register a node from Ironic's own field names; it starts in enroll."""

    def update(self, node: NodeId, changes: Mapping[str, Any]) -> None:
        """Set fields by JSON pointer ("/properties/cpus"); ``None`` removes one.

        A change of ``/driver`` gives all interfaces that are not in ``changes`` the
        new driver's defaults.
        """

    def create_port(self, node: NodeId, fields: Mapping[str, Any]) -> None:
        """Add a port; ``fields`` holds ``address`` and Ironic's other names."""

    def update_port(self, port: PortId, changes: Mapping[str, Any]) -> None:
        """Set fields of a port by JSON pointer ("/physical_network").

        Raises:
            ConflictError: The state its node is in does not allow that.
        """

    def try_bmc(self, node: NodeId) -> None:
        """Have Ironic talk to a node's BMC, and nothing more; takes seconds.

        Raises:
            ServiceError: The BMC does not let Ironic in, or does not answer in time.
        """

    def delete(self, node: NodeId) -> None:
        """Remove a node and its ports.

        Raises:
            ConflictError: It is in use or in a state that forbids it.
        """

    def set_provision_state(self, node: NodeId, verb: Verb) -> None:
        """Ask for a transition; returns at once.

        Raises:
            ConflictError: The state it is in does not allow the verb.
        """

    def set_power(self, node: NodeId, *, on: bool) -> None:
        """Ask for power on or off; returns at once."""

    def set_traits(self, node: NodeId, traits: Collection[str]) -> None:
        """Replace all traits of a node."""

    def inventory(self, node: NodeId) -> Mapping[str, Any]:
        """Give what inspection stored: ``inventory`` and ``plugin_data``.

        Raises:
            NotFoundError: It has not been inspected.
        """


class Inspection(Protocol):
    """What Ironic's inspection found, and the rules that it applies then."""

    def inventory(
        self, node: NodeId
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
        """Give a node's inventory and the data of Ironic's plugins.

        Returns:
            ``None`` for a node that was never inspected.

        Raises:
            NotFoundError: There is no such node.
        """

    def rules(self) -> Sequence[InspectionRule]:
        """List the rules that were added; those built into Ironic are not shown."""

    def create_rule(self, rule: InspectionRule) -> str:
        """Add a rule; gives its uuid, which is the rule's own where it has one.

        Raises:
            ConflictError: There is a rule of that uuid.
            ServiceError: Ironic does not take it; the message is Ironic's.
        """

    def replace_rule(self, rule: InspectionRule) -> None:
        """Make the rule of that uuid equal to this one.

        Raises:
            NotFoundError: There is no rule of that uuid.
        """

    def delete_rule(self, uuid: str) -> None:
        """Remove a rule.

        Raises:
            NotFoundError: There is no rule of that uuid.
        """


class NodeSetup(Protocol):
    """Setting up machines before they are deployed on, by Ironic."""

    def clean(self, node: NodeId, steps: Sequence[CleanStep]) -> None:
        """Begin manual cleaning of a manageable node; returns at once.

        Whether the node has such steps, and how they end, its state tells later.

        Raises:
            ConflictError: The state it is in does not allow that.
        """

    def set_target_raid(self, node: NodeId, config: Mapping[str, Any]) -> None:
        """Say which volumes (``logical_disks``) the next cleaning is to build."""

    def target_raid(self, node: NodeId) -> Mapping[str, Any]:
        """Give what :meth:`set_target_raid` said last; empty where nothing did."""

    def bios_settings(self, node: NodeId) -> Mapping[str, str]:
        """Give the settings, by name, that Ironic knows of a node's BIOS."""

    def set_maintenance(self, node: NodeId, reason: str) -> None:
        """Put a node under maintenance; repeated, it changes the reason."""

    def unset_maintenance(self, node: NodeId) -> None:
        """Take a node out of maintenance; harmless where it is not in it."""


class Controllers(Protocol):
    """Management controllers (BMCs) of machines that nobody registered yet."""

    def find(self, place: Place) -> Controller | None:
        """Ask who is there, without credentials; ``None`` where nobody answers."""

    def sign_in(self, controller: Controller, credentials: Credentials) -> Found | None:
        """Sign in once and list the machines; ``None`` where we are not let in.

        Raises:
            UntrustedError: Its certificate is not one to trust.
            ServiceError: It answers, but cannot be talked to.
            HostError: This machine lacks what it takes.
        """


class Stacks(Protocol):
    """The orchestration service (Heat)."""

    def find(self, name: str) -> Stack | None:
        """Look a stack up by name, with its outputs."""

    def validate(self, files: StackFiles) -> None:
        """Let Heat check the templates.

        Raises:
            ServiceError: They are not valid; the message is Heat's.
        """

    def create(self, name: str, files: StackFiles, timeout_minutes: int) -> str:
        """Begin to create a stack; gives its id at once."""

    def update(self, name: str, files: StackFiles, timeout_minutes: int) -> None:
        """Begin to update a stack."""

    def cancel_update(self, name: str) -> None:
        """Stop an update where it is."""

    def delete(self, name: str) -> None:
        """Begin to delete a stack; harmless where there is none."""

    def files(self, name: str) -> StackFiles:
        """Give back what the stack was last created or updated with."""

    def events(self, stack_id: str, *, after: str | None) -> Sequence[StackEvent]:
        """List events, nested ones too, oldest first, that came after event id."""

    def resources(self, stack_id: str) -> Sequence[StackResource]:
        """List resources, nested ones too."""


class Compute(Protocol):
    """The compute service (Nova)."""

    def flavors(self) -> Sequence[Flavor]:
        """List flavors with their extra specs."""

    def save_flavor(self, flavor: Flavor) -> None:
        """Create a flavor, or make the one of that name equal to it."""

    def delete_flavor(self, name: str) -> None:
        """Remove a flavor; harmless where there is none."""

    def servers(self) -> Sequence[Server]:
        """List all servers of the project."""

    def schedulable(self, traits: Collection[str] = ()) -> frozenset[NodeId]:
        """List the nodes that can take a server now, and those that hold one.

        Nova learns of new nodes, and of new traits, only when it next looks; with
        ``traits``, only free nodes that Nova knows to have all of them count.
        """

    def offered(self, resource_classes: Collection[str]) -> frozenset[NodeId]:
        """List the nodes of Ironic's resource classes that can take a server now."""

    def quotas(self) -> Sequence[Quota]:
        """Say how many "instances", "cores" and MiB of "ram" the project may have."""

    def key_pairs(self) -> frozenset[str]:
        """Name the key pairs of this user."""

    def save_key(self, name: str, public: str) -> None:
        """Register a public SSH key; one of that name stays as it is."""

    def delete_key(self, name: str) -> None:
        """Forget a key pair; harmless where there is none."""


class Networks(Protocol):
    """The networking service (Neutron)."""

    def subnets(self, network: str) -> Sequence[Subnet]:
        """List the subnets of all networks of a name, with what is used of them."""

    def quotas(self) -> Sequence[Quota]:
        """Say how many of each thing ("port", ...) the project may have."""


class Images(Protocol):
    """The image service (Glance)."""

    def images(self) -> Sequence[Image]:
        """List images."""

    def upload(
        self, name: str, path: Path, disk_format: str, properties: Mapping[str, str]
    ) -> Image:
        """Store a file as a new image; a failed upload leaves nothing behind."""

    def rename(self, image_id: str, name: str) -> None:
        """Give an image another name."""

    def delete(self, image_id: str) -> None:
        """Remove an image."""

    def set_properties(self, image_id: str, properties: Mapping[str, str]) -> None:
        """Set additional properties; others stay."""


class Cloud(Protocol):
    """The services of one undercloud; each is connected when first used."""

    @property
    def baremetal(self) -> Baremetal:
        """The bare metal service."""

    @property
    def inspection(self) -> Inspection:
        """Results and rules of inspections, also by the bare metal service."""

    @property
    def setup(self) -> NodeSetup:
        """Setting up machines, also by the bare metal service."""

    @property
    def stacks(self) -> Stacks:
        """The orchestration service."""

    @property
    def compute(self) -> Compute:
        """The compute service."""

    @property
    def networks(self) -> Networks:
        """The networking service."""

    @property
    def images(self) -> Images:
        """The image service."""

    def orders(self, stack: str) -> Orders:
        """Orders to the servers of a stack, also by the orchestration service."""


class Clock(Protocol):
    """Time, as workflows see it."""

    def now(self) -> float:
        """Seconds of a monotonic clock."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""


class TimeServers(Protocol):
    """Servers of the right time, asked from this machine (NTP)."""

    def ask(self, servers: Collection[str]) -> Mapping[str, TimeAnswer]:
        """Ask servers, by name or address, all at once; each has an answer.

        It takes seconds at most, whoever does not answer.
        """


class Workdir(Protocol):
    """Where plans, rendered templates and reports of one stack are kept.

    All files are 0600, all folders 0700; writes are atomic.
    """

    def read(self, name: str) -> str | None:
        """Give a file's text, ``None`` where there is none."""

    def write(self, name: str, text: str) -> Path:
        """Write a file; ``name`` may hold folders ("heat/overcloud.yaml")."""

    def remove(self, name: str) -> None:
        """Remove a file; harmless where there is none."""

    def names(self) -> Iterator[str]:
        """List the files that are there."""

    def lock(self, purpose: str) -> AbstractContextManager[None]:
        """Hold the stack for this run.

        Raises:
            BusyError: Another run holds it; says who, and since when.
        """

    def turn(self, name: str) -> AbstractContextManager[None]:
        """Have a file for oneself while it is read and written; waits for that.

        Raises:
            HostError: Another run does not let go of it.
        """


class KeyFiles(Protocol):
    """SSH keys on this machine."""

    def exists(self, path: Path) -> bool:
        """Whether there is a private key."""

    def ensure(self, path: Path) -> str:
        """Give the public key of a private one; makes the pair where there is none.

        Raises:
            HostError: It cannot be read or made, or is locked by a passphrase.
        """
