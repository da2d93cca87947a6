"""Which of 10 000 machines may serve which of 20 roles: processor time of our own.

The machines are copies of real and of simulated ones, each with its own facts; the
roles ask for what roles ask for: sizes, disks of some sort, cabling, benchmarks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from tests.bench.conftest import Say
from tests.builders import a_node
from tests.unit.domain.facts.samples import real_hosts, simulated
from tripleo_cli.domain.facts import HardwareFacts, facts_from
from tripleo_cli.domain.matching.judge import candidates, fits
from tripleo_cli.domain.matching.request import MatchRequest
from tripleo_cli.domain.role import Role
from tripleo_cli.inputs.document import Problems, parse_document
from tripleo_cli.inputs.requirements import parse_requirements

NODES = 10_000
SIMULATED = 60
Done = TypeVar("Done")

REQUIREMENTS = (
    "cpus: {at_least: 16}",
    "memory_gib: {between: [64, 512]}",
    "cpus: {at_least: 32}\nmemory_gib: {at_least: 128}\ncpu_mhz: {above: 2.1 GHz}",
    "manufacturer: [HP, Dell Inc.]",
    "product: {matches: 'BL4[0-9]+c|^SIM'}",
    "not: {product: {matches: ^ProLiant}}\nboot_mode: uefi",
    "cpu_flags: {contains: [vmx, aes, avx2]}",
    "bmc_address: {in_network: [198.18.0.0/15, 10.0.0.0/8]}",
    "nics.*.ipv4: {in_network: 10.29.99.0/24}",
    "count: disks\nat_least: 2\n"
    "where: {size_gb: {at_least: 200}, is_rotational: false}",
    "count: disks\nat_least: 8\n"
    "where: {size_gb: {at_least: 4000}, is_rotational: true}",
    "count: disks\nwhere: {is_rotational: true}\nat_most: 0",
    "count: nics\nwhere: {speed_mbps: {at_least: 10 Gbit/s}, has_carrier: true}\n"
    "at_least: 4",
    "count: nics\nwhere: {switch.system_name: {matches: ^sim-switch-}}\nequals: all",
    "any: [cpus: {at_least: 64}, memory_gib: {at_least: 256}, manufacturer: HP]",
    'firmware.bios_version: {none_of: [I30, "1.0"]}',
    "benchmarks.cpu.logical.loops_per_sec: {at_least: 10000}",
    "benchmarks.cpu.logical.loops_per_sec: {at_most_percent_slower: 10}",
    "benchmarks.disk.*.standalone_randread_4k_IOps: {within_percent_of_median: 25}",
    "cpus: {at_least: 16}\nbenchmarks.cpu.logical_*.bandwidth_1M: "
    "{within_percent_of_median: 10}",
)


def roles() -> dict[str, Role]:
    """Make a role of each requirement."""
    found = {}
    for number, text in enumerate(REQUIREMENTS):
        problems = Problems(f"role {number}")
        raw = parse_document(text, source="role.yaml")
        requires = parse_requirements(problems, "requires", raw)
        problems.check()
        found[f"Role{number}"] = Role(name=f"Role{number}", requires=requires)
    return found


def facts() -> Iterator[HardwareFacts]:
    """Read every machine anew, as each would be read."""
    sent: list[tuple[dict[str, Any], dict[str, Any]]]
    sent = [({}, {"data": host}) for host in real_hosts()]
    sent *= SIMULATED // len(sent)
    for model in ("controller", "compute", "storage"):
        sent += [simulated(model, f"{model}-{n}") for n in range(SIMULATED // 3)]
    for number in range(NODES):
        yield facts_from(*sent[number % len(sent)])


def timed(say: Say, what: str, work: Callable[[], Done]) -> Done:
    """Do something and print the processor time that it took."""
    began = time.process_time()
    done = work()
    say(f"{what}: {time.process_time() - began:.2f} s CPU")
    return done


def test_ten_thousand_nodes_and_twenty_roles(say: Say) -> None:
    known = timed(say, f"read the facts of {NODES} machines", lambda: list(facts()))
    nodes = [a_node(f"node-{n}", facts=one) for n, one in enumerate(known)]
    request = MatchRequest(wanted={}, roles=roles(), nodes=nodes)

    free = timed(say, "groups and medians", lambda: candidates(request, nodes))
    answer = timed(
        say,
        f"eligibility of {NODES} nodes for {len(request.roles)} roles",
        lambda: fits(free, list(request.roles.values()), request),
    )

    pairs = sum(bits.bit_count() for bits in answer)
    say(f"{pairs} of {NODES * len(request.roles)} pairs fit")
    assert 0 < pairs < NODES * len(request.roles)
