"""Machines that containers stand in for: they follow Ironic, and Ironic them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tripleo_cli.errors import HostError, PreflightError, TripleoError
from tripleo_cli.simulator.container import (
    Action,
    Cloud,
    Condition,
    Record,
    Records,
    Runtime,
    Tenant,
    decide,
    is_plugged_in,
)
from tripleo_cli.simulator.ports import (
    Ironic,
    RefusedError,
    SimulatedNode,
    UnavailableError,
)
from tripleo_cli.simulator.threads import in_thread

LOG = logging.getLogger(__name__)
KILL_AFTER_S: Final = 20.0
"""How long a machine may take to shut down when its current is cut."""
GRACE_S: Final = 300.0
"""How long it may take when it is asked to shut down."""
NOT_BEFORE_S: Final = 30.0
"""After a failure, the same is tried again only then."""
BUSY_FOR_S: Final = 1.0
"""After Ironic was busy with the node, or not there."""
GREET_EVERY_S: Final = 15.0
IDLE: Final = frozenset({"available", "manageable", "enroll"})

RESETS: Final = {
    # What each type of Redfish reset does first: the time a machine has to shut
    # down before it is killed. And whether it then boots.
    "On": (None, True),
    "ForceOn": (None, True),
    "ForceOff": (KILL_AFTER_S, False),
    "GracefulShutdown": (GRACE_S, False),
    "ForceRestart": (KILL_AFTER_S, True),
    "GracefulRestart": (GRACE_S, True),
}


@dataclass(slots=True)
class Containers:
    """The backing of nodes whose ``extra`` says container."""

    ironic: Ironic
    cloud: Cloud
    runtime: Runtime
    records: Records
    owner: str = ""
    """The pid file of this fleet; machines of other fleets are left alone."""
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, Record] = field(default_factory=dict)
    _lit: set[str] = field(default_factory=set)
    """Machines without a disk to boot from that are switched on."""
    _is_checked: bool = False
    """Whether this host was found to be able to run containers."""
    _dark: set[str] = field(default_factory=set)
    """Machines that were wiped, and that Ironic may still believe to be on."""
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)
    _resets: set[asyncio.Task[None]] = field(default_factory=set)
    _trouble: dict[str, str] = field(default_factory=dict)
    """Why machines cannot be deployed, by node."""
    _again: dict[tuple[str, Action], float] = field(default_factory=dict)
    """When something that came to nothing is tried again, by node."""

    def __post_init__(self) -> None:
        for record in self.records.all().values():
            # A fleet may have been killed between a boot and its note of it.
            is_on = self.runtime.condition(record) is Condition.RUNNING
            self._known[record.node_id] = (
                replace(record, is_on=True, is_greeted=True) if is_on else record
            )

    async def follow(self, node: SimulatedNode) -> None:
        """Bring a machine to what Ironic says of its node; called again and again."""
        lock = self._locks.setdefault(node.id, asyncio.Lock())
        if lock.locked():
            return
        async with lock:
            record = self._known.get(node.id)
            action = decide(node, record, await self._condition(record))
            if self.clock() < self._again.get((node.id, action), 0.0):
                return
            try:
                await self._act(action, node, record)
            except TripleoError as error:
                is_busy = isinstance(error, UnavailableError)
                pause = BUSY_FOR_S if is_busy else NOT_BEFORE_S
                self._again[node.id, action] = self.clock() + pause
                raise

    async def _act(
        self, action: Action, node: SimulatedNode, record: Record | None
    ) -> None:
        if record is None:
            if action is Action.DEPLOY:
                await self._try_deploy(node)
            else:
                await self._darken(node)
            return
        match action:
            case Action.GREET:
                await self._greet(node, record)
            case Action.RESTORE:
                LOG.info("%s: the host was down; booting again", node.name)
                await self._boot(node, record)
            case Action.SAY_OFF:
                await self._say_off(node, record)
            case Action.WIPE:
                await self._erase(record)
                self._dark.add(node.id)
            case _:
                await self._keep(node, record)

    async def gone(self, known: Collection[str]) -> None:
        """Clear away this fleet's machines whose nodes are no more."""
        for record in list(self._known.values()):
            is_ours = self.owner and record.owner == self.owner
            if is_ours and record.node_id not in known:
                await self._clear_away(record)

    async def _clear_away(self, record: Record) -> None:
        """Erase a machine without a node; where that fails, later once more."""
        lock = self._locks.setdefault(record.node_id, asyncio.Lock())
        if lock.locked():
            return
        async with lock:
            try:
                # What is only not listed is looked up: this erases for good.
                if await self.ironic.has(record.node_id):
                    return
                LOG.info("%s: its node is gone", record.name)
                await self._erase(record)
            except (HostError, RefusedError) as error:
                LOG.error("%s: %s", record.name, error)  # noqa: TRY400 - foreseen: no trace

    def is_on(self, node_id: str) -> bool:
        """Say whether a machine is switched on, truly."""
        record = self._with_disk(node_id)
        if record is None:
            return node_id in self._lit
        return record.is_on and self.runtime.condition(record) is Condition.RUNNING

    async def reset(self, node: SimulatedNode, kind: str) -> None:
        """Switch a machine on; or begin to switch it off, which may take long.

        Raises:
            HostError: it does not boot, and why.
        """
        grace_s, boots = RESETS[kind]
        if grace_s is None:
            await self._reset(node, grace_s, boots=boots)
            return
        work: Coroutine[Any, Any, None] = self._turn_off(node, kind)
        task = asyncio.create_task(work, name=f"{kind} {node.name}")
        self._resets.add(task)
        task.add_done_callback(self._resets.discard)

    async def settle(self) -> None:
        """Wait until every reset that was begun is done."""
        while self._resets:
            await asyncio.gather(*self._resets)

    async def _turn_off(self, node: SimulatedNode, kind: str) -> None:
        grace_s, boots = RESETS[kind]
        try:
            await self._reset(node, grace_s, boots=boots)
        except HostError as error:
            # Ironic sees by the power that nothing came of it.
            LOG.error("%s: %s: %s", node.name, kind, error)  # noqa: TRY400 - foreseen: no trace

    async def _reset(
        self, node: SimulatedNode, grace_s: float | None, *, boots: bool
    ) -> None:
        async with self._locks.setdefault(node.id, asyncio.Lock()):
            trouble = self._trouble.get(node.id)
            if boots and trouble:
                raise HostError(trouble)
            record = self._with_disk(node.id)
            if record is None:
                # As a machine with an empty disk: it is on, and boots nothing.
                (self._lit.add if boots else self._lit.discard)(node.id)
                return
            if grace_s is not None:
                LOG.info("%s: has to shut down", node.name)
                await self._stop(record, grace_s)
            if boots:
                await self._boot(node, record)

    def _with_disk(self, node_id: str) -> Record | None:
        """Give a machine that has a disk to boot from."""
        record = self._known.get(node_id)
        return record if record and record.is_made else None

    async def _condition(self, record: Record | None) -> Condition:
        if record is None:
            return Condition.HALTED
        return await in_thread(self.runtime.condition, record)

    async def _darken(self, node: SimulatedNode) -> None:
        """Have Ironic switch a wiped machine off, once it has time for that."""
        if not node.instance_id:
            self._trouble.pop(node.id, None)
        if node.id in self._dark and node.state in IDLE:
            await self.ironic.set_power(node.id, on=False)
            self._dark.discard(node.id)

    async def _keep(self, node: SimulatedNode, record: Record) -> None:
        """Look after a machine that is as it should be."""
        if record.owner != self.owner:
            self._save(replace(record, owner=self.owner))
        if record.is_on:
            plugged = is_plugged_in(node)
            await in_thread(self.runtime.plug, record, plugged=plugged)

    async def _try_deploy(self, node: SimulatedNode) -> None:
        """Deploy a machine; what stands against it is what its controller says."""
        try:
            await self._deploy(node)
        except (HostError, PreflightError) as error:
            text = f"SIMULATED: {error}"
            if self._trouble.get(node.id) != text:
                self._trouble[node.id] = text
                # So that it is in Ironic, where an operator looks.
                await self.ironic.set_power(node.id, on=True)
            raise
        self._trouble.pop(node.id, None)

    async def _deploy(self, node: SimulatedNode) -> None:
        """Unpack the image of the server, and prepare the machine's disk."""
        if not self._is_checked:
            await in_thread(self.runtime.check)
            self._is_checked = True
        tenant = await in_thread(self.cloud.tenant, node.instance_id)
        image = await in_thread(self.cloud.image, tenant.image_id)
        LOG.info(
            "%s: preparing image %s for %s", node.name, image.name, tenant.hostname
        )
        rootfs = await in_thread(self.runtime.unpack, image)
        macs = await self.ironic.macs(node.id)
        record = _record_of(node, tenant, rootfs, macs[0], self.owner)
        # Known before there is anything of it: whatever comes between is wiped.
        self._save(record)
        await in_thread(self.runtime.make, record, tenant)
        record = replace(record, is_made=True)
        self._save(record)
        await self._greet(node, record)

    async def _greet(self, node: SimulatedNode, record: Record) -> None:
        """Have Ironic switch the deployed machine on, by its own ways."""
        # What was on before is not this machine's server.
        self._lit.discard(node.id)
        await self.ironic.set_power(node.id, on=True)
        # Asked again if nothing came of it: Ironic may have found no fleet.
        is_first = (node.id, Action.GREET) not in self._again
        self._again[node.id, Action.GREET] = self.clock() + GREET_EVERY_S
        if is_first:
            LOG.info("%s: deployed as %s; asked for power", node.name, record.hostname)

    async def _say_off(self, node: SimulatedNode, record: Record) -> None:
        LOG.warning("%s: its container has ended by itself", node.name)
        await in_thread(self.runtime.stop, record, within_s=0)
        await self.ironic.set_power(node.id, on=False)
        self._save(replace(record, is_on=False))

    async def _erase(self, record: Record) -> None:
        with self._noting(record):
            await in_thread(self.runtime.wipe, record)
        self._again.pop((record.node_id, Action.GREET), None)
        self.records.forget(record.node_id)
        self._known.pop(record.node_id, None)
        LOG.info("%s: wiped; was %s", record.name, record.hostname)

    async def _boot(self, node: SimulatedNode, record: Record) -> None:
        plugged = is_plugged_in(node)
        with self._noting(record):
            await in_thread(self.runtime.boot, record, plugged=plugged)
        self._save(replace(record, is_on=True, is_greeted=True, trouble=""))
        LOG.info("%s: %s boots at %s", node.name, record.hostname, record.address)

    async def _stop(self, record: Record, within_s: float) -> None:
        with self._noting(record):
            await in_thread(self.runtime.stop, record, within_s=within_s)
        # That what never ran is off says nothing of why it does not run.
        trouble = "" if record.is_on else record.trouble
        self._save(replace(record, is_on=False, trouble=trouble))
        LOG.info("%s: is off", record.name)

    @contextmanager
    def _noting(self, record: Record) -> Iterator[None]:
        """Keep why nothing could be done with a machine, for whoever lists it."""
        try:
            yield
        except HostError as error:
            if record.trouble != str(error):
                self._save(replace(record, trouble=str(error)))
            raise

    def _save(self, record: Record) -> None:
        self.records.save(record)
        self._known[record.node_id] = record


def _record_of(
    node: SimulatedNode, tenant: Tenant, rootfs: str, mac: str, owner: str
) -> Record:
    return Record(
        node_id=node.id,
        name=node.name,
        instance_id=tenant.instance_id,
        hostname=tenant.hostname,
        rootfs=rootfs,
        mac=mac,
        address=tenant.address,
        fabric=tenant.fabric,
        owner=owner,
        is_made=False,
    )
