"""What it costs to judge a fleet and to draw its report: processor time, no cloud."""

from __future__ import annotations

import time

from tests.bench.conftest import Say
from tests.unit.domain.outliers.fleets import inspected, machines
from tripleo_cli.domain.outliers.survey import survey
from tripleo_cli.domain.outliers.tolerance import Tolerances
from tripleo_cli.rendering.report import Heading, render_report
from tripleo_cli.resources import shipped

NODES = 1000


def test_a_thousand_nodes_are_judged_and_drawn(say: Say) -> None:
    nodes = [inspected(machine, 1) for machine in machines(1, NODES)]
    folder = shipped("templates") / "report"
    templates = {entry.name: entry.read_text() for entry in folder.iterdir()}
    heading = Heading(source="a bench", made_at="today")

    began = time.process_time()
    found = survey(nodes, Tolerances())
    judged = time.process_time()
    page = render_report(found, heading, templates)
    drawn = time.process_time()

    say(
        f"{NODES} nodes: judged in {judged - began:.2f} s CPU, drawn in "
        f"{drawn - judged:.2f} s CPU, page of {len(page.encode()) / 1e6:.1f} MB"
    )
