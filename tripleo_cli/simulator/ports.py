"""What the fleet needs of Ironic, and the node it sees there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from tripleo_cli.errors import ServiceError
from tripleo_cli.simulator.faults import FAULT_KEY, Fault, Wiring, parse_fault

SIMULATED_KEY: Final = "simulated"
MODEL_KEY: Final = "simulated_model"
SEED_KEY: Final = "simulated_seed"
BENCHMARKS_KEY: Final = "simulated_benchmarks"
"""What a machine measures that nobody asks to; as if its ramdisk image said so."""
BMC_KEY: Final = "simulated_bmc"
"""Whether a machine has a management controller that tells of its parts."""
BACKING_KEY: Final = "simulated_backing"
"""What stands in for a machine when it is switched on; nothing unless it is said."""
CONTAINER: Final = "container"
PARAMETER: Final = "ipa-inspection-benchmarks="
"""The kernel parameter that asks the ramdisk to measure."""


class UnavailableError(ServiceError):
    """Ironic or Keystone did not answer, or is overloaded; worth another try."""


class RefusedError(ServiceError):
    """Ironic understood a request and refused it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedNode:
    """A simulated machine as Ironic knows it."""

    id: str
    name: str
    state: str
    since: str = ""
    """When it came into this state; tells one inspection from the next."""
    model: str = ""
    """The hardware model it is drawn from; may be unknown here."""
    seed: int = 0
    fault: Fault | None = None
    fault_problem: str = ""
    """Why what its ``extra`` says of a fault cannot be read."""
    wiring: Wiring = field(default_factory=Wiring)
    maintenance: bool = False
    measured: frozenset[str] = frozenset()
    """The benchmarks it runs at its next inspection."""
    has_bmc: bool = False
    """Whether it has a management controller that can be asked."""
    bmc_url: str = ""
    """Where Ironic looks for that."""
    backing: str = ""
    """What stands in for it; nothing for a machine that boots nothing."""
    instance_id: str = ""
    """The server that Nova put on it."""


def simulated_node(raw: Mapping[str, Any]) -> SimulatedNode | None:
    """Read a node as the Bare Metal API shows it; ``None`` for a real machine."""
    extra = raw["extra"]
    if not extra.get(SIMULATED_KEY):
        return None
    seed = extra.get(SEED_KEY)
    fault, problem = _fault(str(extra.get(FAULT_KEY) or ""))
    return SimulatedNode(
        id=raw["uuid"],
        name=raw["name"] or raw["uuid"],
        state=raw["provision_state"],
        since=raw["provision_updated_at"] or "",
        model=str(extra.get(MODEL_KEY, "")),
        seed=seed if isinstance(seed, int) else 0,
        fault=fault,
        fault_problem=problem,
        wiring=Wiring(power=raw["power_interface"], deploy=raw["deploy_interface"]),
        maintenance=raw["maintenance"],
        measured=_measured(raw),
        has_bmc=bool(extra.get(BMC_KEY)),
        bmc_url=str(raw["driver_info"].get("redfish_address") or ""),
        backing=str(extra.get(BACKING_KEY) or ""),
        instance_id=raw.get("instance_uuid") or "",
    )


def _measured(raw: Mapping[str, Any]) -> frozenset[str]:
    """Read what Ironic would tell the ramdisk; the last of several counts."""
    parameters = str(raw["driver_info"].get("kernel_append_params") or "").split()
    given = [word for word in parameters if word.startswith(PARAMETER)]
    words = given[-1].removeprefix(PARAMETER) if given else None
    if words is None:
        words = str(raw["extra"].get(BENCHMARKS_KEY) or "")
    return frozenset(filter(None, words.split(",")))


def _fault(text: str) -> tuple[Fault | None, str]:
    try:
        return parse_fault(text), ""
    except ValueError as error:
        return None, str(error)


class Ironic(Protocol):
    """The calls of the Bare Metal API that the fleet makes.

    Each raises ``UnavailableError`` or ``RefusedError``.
    """

    async def nodes(self, state: str | None = None) -> Sequence[SimulatedNode]:
        """List the simulated nodes, in one state or all."""

    async def has(self, node_id: str) -> bool:
        """Say whether there is a node of that UUID, simulated or not."""

    async def macs(self, node_id: str) -> Sequence[str]:
        """Give the MAC addresses of a node's ports, the first one first."""

    async def patch(self, node_id: str, patch: Sequence[Mapping[str, Any]]) -> None:
        """Change a node."""

    async def continue_inspection(self, data: Mapping[str, Any]) -> None:
        """Send what the inspection ramdisk sends."""

    async def agent_token(self, node_id: str) -> str:
        """Look a booted node up as its agent does; empty if given out before."""

    async def heartbeat(self, node_id: str, url: str, token: str) -> None:
        """Say that the agent of a node is alive, and where."""

    async def set_power(self, node_id: str, *, on: bool) -> None:
        """Ask Ironic to switch a node on or off; returns at once."""


class Backing(Protocol):
    """What stands in for machines that can be switched on.

    Containers now; a virtual machine that boots by itself would be another one.
    """

    async def follow(self, node: SimulatedNode) -> None:
        """Bring a machine to what Ironic says of its node; called again and again."""

    async def gone(self, known: Collection[str]) -> None:
        """Clear away machines whose nodes are no more.

        Args:
            known: nodes that surely are there, played by this fleet or not.
        """

    def is_on(self, node_id: str) -> bool:
        """Say whether a machine is switched on, truly."""

    async def reset(self, node: SimulatedNode, kind: str) -> None:
        """Do what a Redfish reset of that type asks for, or begin to.

        Raises:
            HostError: the machine does not boot, and why.
        """
