"""One process that plays all simulated machines of a cloud."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tripleo_cli.errors import TripleoError
from tripleo_cli.simulator.agents import Agents
from tripleo_cli.simulator.benchmarks import NO_SLOW_PARTS
from tripleo_cli.simulator.faults import (
    AGENT_DEPLOYS,
    PLAIN,
    Fault,
    FaultKind,
    Wiring,
    wiring_for,
    wiring_patch,
)
from tripleo_cli.simulator.inventory import failed_inspection_data, inspection_data
from tripleo_cli.simulator.machine import Machine, draw_machine
from tripleo_cli.simulator.models import Model
from tripleo_cli.simulator.ports import (
    Backing,
    Ironic,
    RefusedError,
    SimulatedNode,
    UnavailableError,
)

LOG = logging.getLogger(__name__)

INSPECT_WAIT: Final = "inspect wait"
AGENT_STATES: Final = ("wait call-back", "clean wait")
REWIRABLE: Final = frozenset({"enroll", "manageable", "available"})
SETTLED: Final = frozenset({"active", "rescue", "clean failed", "deploy failed"})
"""States in which Ironic is at no work on a node."""
LONGEST_BACK_OFF_S: Final = 30.0
SHARE_OF_CENSUS: Final = 0.05
"""A census may take this part of the time, so large fleets have fewer."""
TRIES: Final = 5

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetOptions:
    """How the fleet behaves."""

    poll_s: float = 1.0
    census_s: float = 2.0
    """At least this long between two listings of all nodes."""
    concurrency: int = 8
    names: frozenset[str] | None = None
    """Only these nodes; ``None`` for every simulated node of the cloud."""
    url: str = ""
    """Where Ironic reaches the fleet's server."""


@dataclass(slots=True)
class Counts:
    """What the fleet has done since it started."""

    inspected: int = 0
    failed: int = 0
    silent: int = 0


@dataclass(slots=True)
class Fleet:
    """Watches Ironic and answers for the machines; ``run`` until stopped."""

    ironic: Ironic
    models: Mapping[str, Model]
    options: FleetOptions = field(default_factory=FleetOptions)
    sleep: Sleep = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    counts: Counts = field(default_factory=Counts)
    agents: Agents = field(default_factory=Agents)
    known: dict[str, SimulatedNode] = field(default_factory=dict)
    backings: Mapping[str, Backing] = field(default_factory=dict)
    """What stands in for machines, by its name in their ``extra``."""
    agent_deploy: str = AGENT_DEPLOYS[0]
    _handled: dict[str, tuple[str, str]] = field(default_factory=dict)
    _refused: dict[str, str] = field(default_factory=dict)
    """Faults that Ironic has not the interfaces for, by node."""
    _wired: set[str] = field(default_factory=set)
    """Nodes that know where this fleet listens."""
    _on: set[str] = field(default_factory=set)
    """Machines that were on when last looked at."""
    _unreadable: dict[str, str] = field(default_factory=dict)
    _told: dict[str, tuple[str, str]] = field(default_factory=dict)
    """What was logged of a node last, and since when it has been in its state."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _slots: asyncio.Semaphore = field(init=False)
    _next_census: float = 0.0

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.options.concurrency)

    async def run(self, stop: asyncio.Event) -> None:
        """Play the machines until ``stop`` is set; outages are waited out."""
        delay = self.options.poll_s
        while not stop.is_set():
            try:
                await self.turn()
                delay = self.options.poll_s
            except UnavailableError as error:
                delay = min(max(delay * 2, 1.0), LONGEST_BACK_OFF_S)
                LOG.warning("Ironic unavailable, again in %.0f s: %s", delay, error)
            await _sleep_or_stop(delay, stop)
        await self.finish()

    async def finish(self) -> None:
        """Drop what is being done; Ironic's nodes stay as they are."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def turn(self) -> None:
        """Look once at what Ironic waits for, and begin to answer it."""
        if self.clock() >= self._next_census:
            await self._census()
        self._notice_power()
        for node in self._mine(await self.ironic.nodes(INSPECT_WAIT)):
            self._begin_inspection(node)
        if any(_has_agent(node) for node in self.known.values()):
            await self._agent_turn()

    async def settle(self) -> None:
        """Wait until everything begun is done."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def _mine(self, nodes: Sequence[SimulatedNode]) -> list[SimulatedNode]:
        names = self.options.names
        return [node for node in nodes if names is None or node.name in names]

    async def _census(self) -> None:
        began = self.clock()
        listed = await self.ironic.nodes()
        nodes = {node.id: node for node in self._mine(listed)}
        took = self.clock() - began
        if nodes.keys() != self.known.keys():
            LOG.info("watching %d simulated nodes (listed in %.2f s)", len(nodes), took)
        # The server looks at this very dictionary.
        self.known.clear()
        self.known.update(nodes)
        for kept in (self._handled, self._told):
            for gone in kept.keys() - nodes.keys():
                del kept[gone]
        pause = max(self.options.census_s, took / SHARE_OF_CENSUS)
        self._next_census = self.clock() + pause
        self._complain(nodes.values())
        for node in nodes.values():
            if self._needs_rewiring(node):
                self._spawn(self._rewire(node), node)
            if backing := self.backings.get(node.backing):
                self._spawn(backing.follow(node), node)
        # A node that this fleet does not play, or no more, is not gone.
        known = {node.id for node in listed}
        for backing in self.backings.values():
            await backing.gone(known)

    def _notice_power(self) -> None:
        """Follow machines that went off, without waiting for the next census.

        Ironic, which believes that they are on, would soon switch them on again.
        """
        was_on, self._on = self._on, set()
        for node in self.known.values():
            backing = self.backings.get(node.backing)
            if backing and backing.is_on(node.id):
                self._on.add(node.id)
            elif backing and node.id in was_on:
                self._spawn(backing.follow(node), node)

    def _complain(self, nodes: Iterable[SimulatedNode]) -> None:
        """Log, once each, what nobody can read in ``extra``."""
        found = {node.name: problem for node in nodes if (problem := self._odd(node))}
        for name, problem in found.items() - self._unreadable.items():
            LOG.error("%s: %s", name, problem)
        self._unreadable = found

    def _odd(self, node: SimulatedNode) -> str:
        if node.fault_problem:
            return f"{node.fault_problem}; it shows no fault"
        if node.backing and node.backing not in self.backings:
            known = ", ".join(self.backings) or "none"
            return f"no backing is called {node.backing!r} (known: {known})"
        return ""

    def _needs_rewiring(self, node: SimulatedNode) -> bool:
        fault = node.fault
        if self._refused.get(node.id) == str(fault):
            return False
        wanted = self._wiring(node)
        if node.bmc_url != self.options.url and (node.has_bmc or node.backing):
            # Where its controller is may be told at any time, interfaces may not.
            is_rewired = node.wiring == wanted and node.state in SETTLED
            return is_rewired or node.state in REWIRABLE or node.maintenance
        if node.wiring == wanted:
            # Wired by an earlier fleet, which may have listened elsewhere.
            is_told = node.id in self._wired or bool(node.backing)
            return wanted != PLAIN and not is_told
        return node.state in REWIRABLE or node.maintenance

    async def _agent_turn(self) -> None:
        for state in AGENT_STATES:
            for node in self._mine(await self.ironic.nodes(state)):
                if _has_agent(node):
                    self._spawn(self._heartbeat(node), node)

    async def _heartbeat(self, node: SimulatedNode) -> None:
        async with self._slots:
            url = self.options.url
            await self.agents.heartbeat(self.ironic, node, url)

    async def _rewire(self, node: SimulatedNode) -> None:
        fault = node.fault
        async with self._slots:
            try:
                await self._patch_wiring(node)
            except RefusedError:
                self._refused[node.id] = str(fault)
                raise
        self._wired.add(node.id)
        wiring = self._wiring(node)
        LOG.info(
            "%s: SIMULATED%s: now power=%s deploy=%s",
            node.name,
            f" fault {fault}" if fault else f" {node.backing}".rstrip(),
            wiring.power,
            wiring.deploy,
        )

    def _wiring(self, node: SimulatedNode) -> Wiring:
        """Say which interfaces a node needs."""
        return wiring_for(
            node.fault, self.agent_deploy, has_power=node.backing in self.backings
        )

    async def _patch_wiring(self, node: SimulatedNode) -> None:
        """Wire a node, by the next best interface where Ironic has not the best."""
        url = self.options.url
        try:
            wiring = self._wiring(node)
            await self.ironic.patch(node.id, wiring_patch(wiring, node.id, url))
        except RefusedError as error:
            best, next_best = AGENT_DEPLOYS
            if best not in str(error):
                raise
            LOG.warning("Ironic does not enable %s; using %s", best, next_best)
            self.agent_deploy = next_best
            wiring = self._wiring(node)
            await self.ironic.patch(node.id, wiring_patch(wiring, node.id, url))

    def _begin_inspection(self, node: SimulatedNode) -> None:
        fault = node.fault
        # One answer per inspection, unless the fault is changed while Ironic waits.
        stage = (node.since, str(fault))
        if self._handled.get(node.id) == stage:
            return
        self._handled[node.id] = stage
        if fault and fault.kind is FaultKind.INSPECTION_SILENT:
            self.counts.silent += 1
            LOG.info("%s: SIMULATED fault %s: stays silent", node.name, fault)
            return
        self._spawn(self._inspect(node, fault), node)

    async def _inspect(self, node: SimulatedNode, fault: Fault | None) -> None:
        if fault and fault.kind is FaultKind.INSPECTION_SLOW:
            LOG.info("%s: SIMULATED fault %s", node.name, fault)
            await self.sleep(fault.seconds)
        for attempt in range(1, TRIES + 1):
            try:
                async with self._slots:
                    await self._answer(node, fault)
            except UnavailableError as error:
                if attempt == TRIES:
                    self._handled.pop(node.id, None)
                    raise
                LOG.warning("%s: inspection again: %s", node.name, error)
                await self.sleep(min(2.0**attempt, LONGEST_BACK_OFF_S))
            else:
                return

    async def _answer(self, node: SimulatedNode, fault: Fault | None) -> None:
        if self._wiring(node).power != node.wiring.power:
            # Too late to refuse the power for this inspection's start; its end
            # switches the machine off and meets the fault.
            await self._patch_wiring(node)
        data = self._data(node, await self.ironic.macs(node.id), fault)
        await self.ironic.continue_inspection(data)
        self.counts.inspected += 1
        LOG.info("%s: sent SIMULATED inventory%s", node.name, _blamed(fault))

    def _data(
        self, node: SimulatedNode, macs: Sequence[str], fault: Fault | None
    ) -> dict[str, Any]:
        if not macs:
            raise RefusedError("has no port in Ironic, so nothing to boot from")
        machine = self._machine(node)
        if fault and fault.kind is FaultKind.INSPECTION_ERROR:
            return failed_inspection_data(machine, macs, node.seed, fault.message)
        slow = fault.slow_parts if fault else NO_SLOW_PARTS
        return inspection_data(machine, macs, node.seed, node.measured, slow)

    def _machine(self, node: SimulatedNode) -> Machine:
        model = self.models.get(node.model) or next(iter(self.models.values()))
        return draw_machine(model, node.name, node.seed)

    async def hardware(self, node_id: str) -> tuple[Machine, Sequence[str]] | None:
        """Give a machine and its addresses, if its controller may tell of them."""
        node = self.known.get(node_id)
        if node is None or not node.has_bmc:
            return None
        return self._machine(node), await self.ironic.macs(node_id)

    def _spawn(self, work: Coroutine[Any, Any, None], node: SimulatedNode) -> None:
        task = asyncio.create_task(self._guard(work, node), name=node.name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guard(
        self, work: Coroutine[Any, Any, None], node: SimulatedNode
    ) -> None:
        """One machine's trouble is logged and stops no other machine."""
        try:
            await work
        except TripleoError as error:
            self.counts.failed += 1
            hint = f" ({error.hint})" if error.hint else ""
            told = f"{error}{hint}", node.since
            if self._told.get(node.id) != told:
                # What is tried again in the same state fails for the same reason.
                self._told[node.id] = told
                LOG.error("%s: %s", node.name, told[0])  # noqa: TRY400 - foreseen: no trace
        except Exception:  # the last resort of a process that plays thousands
            # A mistake of ours: it must neither stop the other machines nor be lost.
            self.counts.failed += 1
            LOG.exception("%s: unexpected", node.name)


def _blamed(fault: Fault | None) -> str:
    return f", SIMULATED fault {fault}" if fault else ""


def _has_agent(node: SimulatedNode) -> bool:
    return node.wiring.deploy in AGENT_DEPLOYS


async def _sleep_or_stop(seconds: float, stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
