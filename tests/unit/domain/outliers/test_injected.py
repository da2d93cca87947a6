"""How many injected faults are found, and how many healthy nodes are blamed.

docs/hardware.rst gives the figures of more seeds: run this module as a script.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from random import Random

import pytest

from tests.unit.domain.outliers.fleets import (
    copies,
    inspected,
    machines,
    parts_of,
)
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.outliers.findings import Verdict
from tripleo_cli.domain.outliers.survey import Survey, survey
from tripleo_cli.domain.outliers.tolerance import Tolerances
from tripleo_cli.simulator.machine import Machine

SEEDS = range(2)
LOSSES = (0.15, 0.2, 0.3, 0.5)
"""By how much a part is slower."""
ONE_IN = 20
NOISES = (0.0, 0.01, 0.02)
MOST_FALSE = 0.01
FLEETS = {
    "three copies": lambda seed: copies(seed, 3, "compute"),
    "five copies": lambda seed: copies(seed, 5, "storage"),
    "nine copies": lambda seed: copies(seed, 9, "controller"),
    "thirty copies": lambda seed: copies(seed, 30, "controller"),
    "one model": lambda seed: machines(seed, 40, "controller"),
    "all models": lambda seed: machines(seed, 50),
}


@dataclass
class Tally:
    """Counts over many fleets; ``missed`` says what was not found."""

    injected: int = 0
    found: int = 0
    missed: list[str] = field(default_factory=list)
    healthy: int = 0
    blamed: int = 0

    def add(self, found: Survey, nodes: Sequence[Node], victims: set[str]) -> None:
        """Count one fleet; a healthy node is blamed if it is slow or fast."""
        slow = {all_[0].node.name for all_ in found.of(Verdict.SLOW).values()}
        fast = {all_[0].node.name for all_ in found.of(Verdict.FAST).values()}
        self.injected += len(victims)
        self.found += len(victims & slow)
        self.healthy += len(nodes) - len(victims)
        self.blamed += len((slow | fast) - victims)


def judged(drawn: Sequence[Machine], seed: int, noise: float = 0) -> Iterator[Tally]:
    """Judge a fleet without faults, then with faults of each size.

    ``noise`` is the standard deviation of normal noise, on top of the simulator's
    own, which is within 3 %.
    """
    healthy = [rough(inspected(machine, seed), seed, noise) for machine in drawn]
    clean = Tally()
    clean.add(survey(healthy, Tolerances()), healthy, set())
    yield clean
    rng = Random(seed)  # noqa: S311 - nothing secret
    for loss, way in product(LOSSES, (part_slowed, job_slowed)):
        chosen = rng.sample(range(len(drawn)), max(1, len(drawn) // ONE_IN))
        nodes = list(healthy)
        for index in chosen:
            slow = way(drawn[index], seed, loss, rng)
            nodes[index] = rough(slow, seed, noise)
        faulty = Tally()
        victims = {drawn[index].name for index in chosen}
        faulty.add(survey(nodes, Tolerances()), nodes, victims)
        missed = faulty.injected - faulty.found
        faulty.missed = [f"{way.__name__} by {loss:.0%}"] * missed
        yield faulty


def part_slowed(machine: Machine, seed: int, loss: float, rng: Random) -> Node:
    """Make all results of one part worse."""
    return inspected(machine, seed, {rng.choice(parts_of(machine)): 1 - loss})


def job_slowed(machine: Machine, seed: int, loss: float, rng: Random) -> Node:
    """Make one result worse, under each of its units."""
    node = inspected(machine, seed)
    assert node.facts is not None
    jobs = {_job(metric) for metric in node.facts.benchmarks if "bogo" not in metric}
    job = rng.choice(sorted(jobs))
    benchmarks = {
        metric: value * (1 - loss) if _job(metric) == job else value
        for metric, value in node.facts.benchmarks.items()
    }
    return replace(node, facts=replace(node.facts, benchmarks=benchmarks))


def _job(metric: str) -> str:
    """Name what was measured: a job of all logical CPUs, or of one disk."""
    name = metric.removesuffix("_KBps").removesuffix("_IOps")
    return re.sub(r"logical_\d+", "logical_*", name)


def rough(node: Node, seed: int, noise: float) -> Node:
    if not noise or node.facts is None:
        return node
    rng = Random(f"{seed}/{node.name}")  # noqa: S311 - nothing secret
    values = node.facts.benchmarks.items()
    benchmarks = {metric: value * rng.gauss(1, noise) for metric, value in values}
    return replace(node, facts=replace(node.facts, benchmarks=benchmarks))


def tally(name: str, seeds: Sequence[int], noise: float = 0) -> Tally:
    total = Tally()
    for seed in seeds:
        for one in judged(FLEETS[name](seed), seed, noise):
            total.injected += one.injected
            total.found += one.found
            total.missed += one.missed
            total.healthy += one.healthy
            total.blamed += one.blamed
    return total


@pytest.mark.parametrize("name", FLEETS)
def test_every_fault_is_found_and_hardly_anybody_else_blamed(name: str) -> None:
    total = tally(name, SEEDS)

    assert total.missed == []
    assert total.found == total.injected > 0
    assert total.blamed < MOST_FALSE * total.healthy


def main(count: int) -> None:
    """Print the table of docs/hardware.rst."""
    for noise in NOISES:
        for name in FLEETS:
            total = tally(name, range(count), noise)
            share = 100 * total.blamed / total.healthy
            sys.stdout.write(
                f"noise {noise:.0%}, {name}: found {total.found} of {total.injected}, "
                f"blamed {total.blamed} of {total.healthy} ({share:.2f} %) "
                f"{dict(Counter(total.missed)) or ''}\n"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]))
