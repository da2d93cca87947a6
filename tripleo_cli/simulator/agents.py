"""Deploy agents: stub."""

from dataclasses import dataclass

from tripleo_cli.simulator.ports import Ironic, SimulatedNode


@dataclass(slots=True)
class Agents:
    async def heartbeat(
        self, ironic: Ironic, node: SimulatedNode, url: str
    ) -> None: ...
