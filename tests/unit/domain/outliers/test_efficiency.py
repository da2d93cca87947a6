"""Machines whose CPUs are good alone and worse than others' together."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.builders import a_node
from tripleo_cli.domain.facts import HardwareFacts
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.outliers.findings import Verdict
from tripleo_cli.domain.outliers.metrics import Kind
from tripleo_cli.domain.outliers.survey import survey
from tripleo_cli.domain.outliers.tolerance import Tolerances

ONE, ALL = "cpu.logical_0.loops_per_sec", "cpu.logical.loops_per_sec"


def machines(*results: tuple[float, float]) -> Sequence[Node]:
    """Machines of two CPUs, with what one does alone and what both do."""
    return [
        a_node(
            f"n{index}",
            facts=HardwareFacts(cpus=2, benchmarks={ONE: alone, ALL: together}),
        )
        for index, (alone, together) in enumerate(results)
    ]


def found(*results: tuple[float, float]) -> list[tuple[str, str, Verdict]]:
    findings = survey(machines(*results), Tolerances()).findings
    return [(one.node.name, one.subject, one.verdict) for one in findings]


def test_a_machine_that_is_slow_only_together_is_told_by_its_efficiency() -> None:
    # Within what is allowed in both results, but in opposite directions.
    fleet = [(100.0, 160.0)] * 5

    told = found(*fleet, (106.0, 150.0))

    assert told == [("n5", f"{ALL}_efficiency", Verdict.SLOW)]


def test_slow_cpus_are_not_called_efficient() -> None:
    told = found(*[(100.0, 160.0)] * 5, (80.0, 160.0))

    assert {verdict for _, _, verdict in told} == {Verdict.SLOW}
    assert {subject for _, subject, _ in told} == {"cpu.logical_*.loops_per_sec"}


@pytest.mark.parametrize("kind", [Kind.CPU_EFFICIENCY, Kind.MEMORY_EFFICIENCY])
def test_efficiencies_are_kinds_of_their_own(kind: Kind) -> None:
    assert kind.is_efficiency
    assert not Kind.CPU.is_efficiency
    assert Tolerances().of("anything", kind) == 0.1
