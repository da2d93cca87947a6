"""Old specs against real machines: CPU time for each line, in any order of lines."""

from __future__ import annotations

import gc
import json
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.bench.conftest import Say
from tests.unit.domain.specs.build import Row, facts_of, spec_of
from tripleo_cli.domain.specs.facts import index_facts
from tripleo_cli.domain.specs.join import solve
from tripleo_cli.domain.specs.spec import Fact
from tripleo_cli.domain.specs.table import make_table
from tripleo_cli.inputs.collector_facts import load_hosts
from tripleo_cli.inputs.specs import load_catalog
from tripleo_cli.workflows.specs import match_specs

DATA = Path(__file__).parents[1] / "data"
HOST = facts_of(json.loads((DATA / "facts" / "real-6-hosts.json").read_text())[1])
BAR_MS = 2.0
ORDERS = 30


def groups(count: int, last: str = "gt(100)") -> list[Row]:
    """Ask for disks by three facts each."""
    return [
        row
        for number in range(1, count + 1)
        for row in (
            ("disk", f"$disk{number}", "size", "ge(200)"),
            ("disk", f"$disk{number}", "vendor", "HP"),
            ("disk", f"$disk{number}", "standalone_randread_4k_IOps", last),
        )
    ]


def cores(count: int) -> list[Row]:
    return [
        row
        for number in range(count)
        for row in (
            ("cpu", f"$core{number}", "loops_per_sec", "gt(440)"),
            ("cpu", f"$core{number}", "bandwidth_1M", f"$rate{number}=gt(8000)"),
            ("cpu", f"$core{number}", "cache_size", "20480KB"),
        )
    ]


SPECS: Mapping[str, Sequence[Row]] = {
    "plain, 6 lines": [
        ("system", "product", "vendor", "HP"),
        ("cpu", "logical", "number", "32"),
        ("cpu", "physical", "number", "ge(2)"),
        ("memory", "banks", "count", "16"),
        ("disk", "sda", "size", "range(200, 400)"),
        ("firmware", "bios", "vendor", "in(HP, Dell)"),
    ],
    "4 variables, 11 lines": [
        *groups(2),
        ("network", "$nic1", "serial", "$$mac"),
        ("network", "$nic1", "ipv4", "network(10.0.0.0/8)"),
        ("network", "$nic2", "link", "yes"),
        ("network", "$nic2", "autonegotiation", "on"),
        ("cpu", "logical", "number", "32"),
    ],
    "24 cores, 72 lines": cores(24),
    "one core too many, 99 lines": cores(33),
    "one disk too many, 9 lines": groups(3),
    "a disk that is too slow, 6 lines": groups(2, last="gt(400)"),
    "anything at all, 8 lines": [
        ("$category", f"$item{n}", f"$key{n}", f"$value{n % 3}") for n in range(8)
    ],
}


@pytest.mark.parametrize("name", SPECS)
def test_what_a_line_costs(name: str, say: Say) -> None:
    rows = list(SPECS[name])
    costs = []
    found = set()
    for seed in range(ORDERS):
        random.Random(seed).shuffle(rows)  # noqa: S311 - an order of lines
        gc.collect()
        began = time.process_time()
        found.add(match(rows, HOST))
        costs.append((time.process_time() - began) * 1000 / len(rows))

    say(
        f"{name}, {len(HOST)} facts: {statistics.median(costs):.3f} ms CPU per line, "
        f"at most {max(costs):.3f} in {ORDERS} orders (bar {BAR_MS}); matches: {found}"
    )


def match(rows: Sequence[Row], facts: Sequence[Fact]) -> bool:
    """Everything from the texts of the lines on."""
    table = make_table(spec_of(rows).lines, index_facts(facts))
    return solve(table) is not None


MACHINES = 1000


def test_a_thousand_machines(tmp_path: Path, say: Say) -> None:
    hosts, cmdb = {}, []
    for number in range(MACHINES):
        mac = f"52:54:00:00:{number // 256:02x}:{number % 256:02x}"
        hosts[f"n{number}"] = [
            (*fact[:3], mac if fact[:3] == ("network", "eth1", "serial") else fact[3])
            for fact in HOST
        ]
        cmdb.append({"mac": mac, "hostname": f"h{number}"})
    random.Random(1).shuffle(cmdb)  # noqa: S311 - an order of entries
    specs = {
        "fast": groups(2, last="gt(400)"),
        "compute": [("network", "$nic", "serial", "$$mac"), *groups(2)],
    }
    (tmp_path / "state").write_text("[('fast', 5), ('compute', 900)]")
    for profile, rows in specs.items():
        (tmp_path / f"{profile}.specs").write_text(repr(rows))
    (tmp_path / "compute.cmdb").write_text(repr(cmdb))
    (tmp_path / "facts.json").write_text(json.dumps(hosts))

    began = time.process_time()
    machines = load_hosts(tmp_path / "facts.json")
    read = time.process_time()
    matches = match_specs(load_catalog(tmp_path), machines)
    ended = time.process_time()

    size_mb = (tmp_path / "facts.json").stat().st_size / 1e6
    found = sum(match.profile == "compute" for match in matches)
    say(
        f"{MACHINES} machines ({size_mb:.0f} MB) and a CMDB of {len(cmdb)}: read in "
        f"{read - began:.2f} s CPU, {found} matched and the others explained in "
        f"{ended - read:.2f} s"
    )
