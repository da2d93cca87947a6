"""The fleet as a process: connects, logs, listens, stops when told to."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tripleo_cli.errors import InvalidInputError, NotFoundError, Problem, TripleoError
from tripleo_cli.simulator import pidfile
from tripleo_cli.simulator.containers import Containers
from tripleo_cli.simulator.faults import Fault, fault_patch, wiring_for
from tripleo_cli.simulator.fleet import Fleet, FleetOptions
from tripleo_cli.simulator.inventory import inspection_data
from tripleo_cli.simulator.lab import owner_of
from tripleo_cli.simulator.models import load_models
from tripleo_cli.simulator.nodes_file import FleetPlan, fleet_machines
from tripleo_cli.simulator.nspawn import Nspawn
from tripleo_cli.simulator.ports import CONTAINER, Ironic, RefusedError
from tripleo_cli.simulator.records import FileRecords
from tripleo_cli.simulator.rootfs import CACHE, RootfsCache

LOG = logging.getLogger(__name__)
READY_WITHIN_S: Final = 20.0
LOG_FORMAT: Final = "%(asctime)s %(levelname)-7s %(message)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What ``tripleo-fleet run`` was asked."""

    cloud: str | None
    nodes_file: Path | None
    models_file: Path | None
    poll_s: float
    concurrency: int
    host: str
    port: int
    pid_file: Path | None
    log_file: Path | None
    background: bool


def options_from(parsed: argparse.Namespace) -> RunOptions:
    """Check the options together.

    Raises:
        InvalidInputError: with every problem.
    """
    host, _, port = parsed.listen.rpartition(":")
    problems = []
    if not host or not port.isdecimal():
        problems.append(Problem("--listen", "must be ADDRESS:PORT"))
    if parsed.poll <= 0:
        problems.append(Problem("--poll", "must be more than 0"))
    if parsed.concurrency < 1:
        problems.append(Problem("--concurrency", "must be 1 or more"))
    if parsed.background and not (parsed.pid_file and parsed.log_file):
        problems.append(Problem("--background", "needs --pid-file and --log-file"))
    if problems:
        raise InvalidInputError("tripleo-fleet run", problems)
    return RunOptions(
        cloud=parsed.os_cloud,
        nodes_file=parsed.nodes_file,
        models_file=parsed.models_file,
        poll_s=parsed.poll,
        concurrency=parsed.concurrency,
        host=host,
        port=int(port),
        pid_file=parsed.pid_file,
        log_file=parsed.log_file,
        background=parsed.background,
    )


def run(options: RunOptions) -> int:
    """Play the machines in this process, or in one of its own."""
    names = _names(options.nodes_file)
    if options.background:
        return _detach(options)
    _set_up_log(options.log_file)
    with pidfile.held(options.pid_file):
        asyncio.run(_serve(options, names))
    return 0


def _names(path: Path | None) -> frozenset[str] | None:
    if path is None:
        return None
    try:
        nodes = json.loads(path.read_text())["nodes"]
        return frozenset(str(node["name"]) for node in nodes)
    except OSError as error:
        problem = Problem("", error.strerror or str(error))
        raise InvalidInputError(str(path), [problem]) from error
    except (ValueError, KeyError, TypeError) as error:
        problem = Problem("nodes", f"is not what `generate` writes: {error}")
        raise InvalidInputError(str(path), [problem]) from error


def _set_up_log(path: Path | None) -> None:
    # `Any`: the signatures of handlers differ by where they write.
    where: dict[str, Any] = {"filename": path} if path else {"stream": sys.stderr}
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT, **where)


def _detach(options: RunOptions) -> int:
    pid_file = options.pid_file
    if pid_file is None:
        raise TripleoError("--background needs --pid-file")
    other = pidfile.running(pid_file)
    if other:
        sys.stderr.write(f"a fleet runs already as process {other}\n")
        return 0
    words = [word for word in sys.argv[1:] if word != "--background"]
    child = subprocess.Popen(  # noqa: S603 - our own module with our own arguments
        [sys.executable, "-m", "tripleo_cli.simulator.cli", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    end = time.monotonic() + READY_WITHIN_S
    while pidfile.running(pid_file) != child.pid:
        if child.poll() is not None or time.monotonic() > end:
            raise TripleoError(f"the fleet did not start; see {options.log_file}")
        time.sleep(0.1)
    sys.stderr.write(f"SIMULATED fleet runs as process {child.pid}\n")
    return 0


async def _serve(options: RunOptions, names: frozenset[str] | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        ironic = await stack.enter_async_context(_ironic(options.cloud))
        containers = _containers(options, ironic)
        fleet = Fleet(
            ironic=ironic,
            models=load_models(options.models_file),
            options=FleetOptions(
                poll_s=options.poll_s,
                concurrency=options.concurrency,
                names=names,
                url=f"https://{options.host}:{options.port}",
            ),
            backings={CONTAINER: containers},
        )
        await stack.enter_async_context(_server(fleet, options))
        LOG.info("SIMULATED bare metal: playing machines, none of them is real")
        await fleet.run(stop)
    counts = fleet.counts
    LOG.info(
        "stopped: %d inspected, %d silent, %d failed",
        counts.inspected,
        counts.silent,
        counts.failed,
    )


def _ironic(cloud: str | None) -> Any:
    # `generate` needs neither aiohttp nor a cloud.
    from tripleo_cli.simulator.connection import connect  # noqa: PLC0415 - as said

    return connect(cloud)


def _server(fleet: Fleet, options: RunOptions) -> Any:
    from tripleo_cli.simulator import server  # noqa: PLC0415 - as above

    endpoints = server.Endpoints(
        fleet.agents, fleet.known, fleet.hardware, fleet.backings
    )
    return server.listening(endpoints.application(), options.host, options.port)


def _containers(options: RunOptions, ironic: Ironic) -> Containers:
    from tripleo_cli.simulator.cloud import connect  # noqa: PLC0415 - as above

    cloud, records = connect(options.cloud), FileRecords()
    return Containers(
        ironic=ironic,
        cloud=cloud,
        runtime=Nspawn(records, RootfsCache(CACHE, cloud.download)),
        records=records,
        owner=owner_of(options.pid_file),
    )


def introduce(cloud: str | None, plan: FleetPlan) -> str:
    """Let unknown machines boot the ramdisk by themselves; says what came of it."""

    async def connected() -> str:
        async with _ironic(cloud) as ironic:
            return await introduce_to(ironic, plan)

    return asyncio.run(connected())


async def introduce_to(ironic: Ironic, plan: FleetPlan) -> str:
    """Send what the ramdisk sends on machines that nobody registered.

    Raises:
        RefusedError: Ironic does not enroll them; says how to make it do so.
    """
    machines = list(fleet_machines(plan))
    for machine, macs in machines:
        data = inspection_data(machine, macs, plan.seed, plan.benchmarks)
        try:
            await ironic.continue_inspection(data)
        except RefusedError as error:
            hint = "enable_node_discovery = true in undercloud.conf, and install again"
            raise RefusedError(f"{machine.name}: {error}", hint=hint) from error
    return f"{len(machines)} SIMULATED machines that nobody registered sent inventories"


def set_fault(cloud: str | None, name: str, fault: Fault | None) -> str:
    """Tell a live node its fault; says what was done and what follows."""
    return asyncio.run(_set_fault(cloud, name, fault))


async def _set_fault(cloud: str | None, name: str, fault: Fault | None) -> str:
    async with _ironic(cloud) as ironic:
        for node in await ironic.nodes():
            if name in (node.name, node.id):
                await ironic.patch(node.id, fault_patch(fault))
                break
        else:
            raise NotFoundError(
                f"no simulated node {name}", hint="openstack baremetal node list"
            )
    text = f"{node.name}: SIMULATED fault is now {fault or 'none'}"
    wanted = wiring_for(fault, has_power=bool(node.backing))
    plain = wiring_for(None, has_power=bool(node.backing))
    if wanted != plain or node.wiring != plain:
        text += "; a running fleet applies it while the node is enrolled, manageable"
        text += " or available"
    return text
