"""What the fleet needs of Ironic, and the node it sees there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from tripleo_cli.errors import ServiceError
from tripleo_cli.simulator.faults import FAULT_KEY, Fault, Wiring, parse_fault

SIMULATED_KEY: Final = "simulated"
MODEL_KEY: Final = "simulated_model"
SEED_KEY: Final = "simulated_seed"


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
    extra: Mapping[str, Any] = field(default_factory=dict)
    wiring: Wiring = field(default_factory=Wiring)
    maintenance: bool = False

    @property
    def model(self) -> str:
        """The hardware model it is drawn from; may be unknown here."""
        return str(self.extra.get(MODEL_KEY, ""))

    @property
    def seed(self) -> int:
        """The seed it is drawn with; 0 where none was noted."""
        seed = self.extra.get(SEED_KEY)
        return seed if isinstance(seed, int) else 0

    @property
    def fault(self) -> Fault | None:
        """The fault it has been told to show.

        Raises:
            ValueError: somebody wrote an unknown fault.
        """
        return parse_fault(str(self.extra.get(FAULT_KEY) or ""))


class Ironic(Protocol):
    """The calls of the Bare Metal API that the fleet makes.

    Each raises ``UnavailableError`` or ``RefusedError``.
    """

    async def nodes(self, state: str | None = None) -> Sequence[SimulatedNode]:
        """List the simulated nodes, in one state or all."""

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
