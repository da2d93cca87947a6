"""What a run of a command on one stack works with."""

from __future__ import annotations

from dataclasses import dataclass

from tripleo_cli.domain.events import Reporter
from tripleo_cli.workflows.ports import Clock, Cloud, TimeServers, Workdir


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The undercloud, the stack's folder, time, and who is told what happens.

    ``times`` are asked before a deployment whether clocks agree.
    """

    cloud: Cloud
    workdir: Workdir
    clock: Clock
    times: TimeServers
    report: Reporter
