"""Starting the services, and restarting those whose files changed."""

from __future__ import annotations

import threading
from functools import partial

from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.undercloud.programs import PROGRAMS, Program
from tripleo_cli.domain.undercloud.services import SERVICES, ServiceSpec
from tripleo_cli.domain.undercloud.tasks import start_task
from tripleo_cli.domain.url import host_part
from tripleo_cli.errors import HostError
from tripleo_cli.workflows.undercloud.ports import Host
from tripleo_cli.workflows.undercloud.site import (
    LAST_LINES,
    Attempt,
    Site,
    Step,
    Steps,
)

START_TIMEOUT_S = 240
SPEC_OF = {spec.name: spec for spec in SERVICES}


def service_steps(site: Site) -> Steps:
    """Give one step per service."""
    updating = threading.Lock()
    return {
        start_task(program.name): Step(
            run=partial(_start, site, program, updating),
            is_intact=partial(_is_up, site, program),
        )
        for program in PROGRAMS
    }


def answers(host: Host, config: UndercloudConfig, spec: ServiceSpec) -> bool:
    """Tell whether a service that runs can be reached; true for those without port."""
    if spec.port is None:
        return True
    port = config.ports[spec.port]
    if spec.path is None:
        address = "127.0.0.1" if spec.name == "epmd" else config.local_ip
        return host.connects(address, port)
    where = f"http://{host_part(config.local_ip)}:{port}{spec.path}"
    status = host.http_status(where)
    return status is not None and status < 500  # noqa: PLR2004 - HTTP's own


def _is_up(site: Site, program: Program) -> bool:
    process = site.supervisor.processes().get(program.name)
    if process is None or process.state != "RUNNING":
        return False
    return answers(site.host, site.config, SPEC_OF[program.name])


def _start(
    site: Site, program: Program, updating: threading.Lock, attempt: Attempt
) -> str:
    """Start a service, or restart one that runs with what it read before.

    One that only does not answer yet, with nothing changed, is waited for: supervisor
    has started it a moment ago, and a server that is told to stop while it starts
    does not hear it.
    """
    before = site.supervisor.processes().get(program.name)
    is_old = before is not None and before.pid != 0 and not attempt.is_repair
    if is_old:
        # Here and not in update(), which stops one after the other.
        site.supervisor.stop(program.name)
    site.host.put(site.files[program.supervisor_file])
    with updating:
        site.supervisor.update()
    site.supervisor.start(program.name)
    _wait_until_up(site, program)
    return "restarted" if is_old else "started"


def _wait_until_up(site: Site, program: Program) -> None:
    clock = site.tools.clock
    deadline = clock.now() + START_TIMEOUT_S
    while not _is_up(site, program):
        process = site.supervisor.processes().get(program.name)
        if process is not None and process.has_failed:
            raise _failure(site, program, "does not stay up")
        if clock.now() > deadline:
            raise _failure(site, program, f"does not answer in {START_TIMEOUT_S} s")
        if site.stop.is_set():
            raise HostError(f"{program.name} was not waited for")
        clock.sleep(0.2)


def _failure(site: Site, program: Program, what: str) -> HostError:
    log = f"{site.layout.log}/{program.name}.log"
    lines = (site.host.read(log) or "").splitlines()[-LAST_LINES:]
    shown = "\n".join(f"  {line}" for line in lines)
    return HostError(f"{program.name} {what}; the end of {log}:\n{shown}")
