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
        random.Random(seed).shuffle(rows)  # noqa: S311
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
