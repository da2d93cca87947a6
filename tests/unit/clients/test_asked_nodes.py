"""What nodes are asked, whichever way they are reached."""

from __future__ import annotations

from pathlib import Path

from tests.contract.test_nodes import ONE, bundle
from tests.fakes.program_nodes import ProgramNodes


def test_a_node_gets_the_time_that_its_checks_take(tmp_path: Path) -> None:
    nodes = ProgramNodes(tmp_path)
    nodes.machine(ONE.hostname).packages = {"glance-api"}
    nodes.prepare({ONE: bundle(ONE)})

    nodes.check([ONE], 1, limit_s=4000)

    assert nodes.limits[-1] > 4000
