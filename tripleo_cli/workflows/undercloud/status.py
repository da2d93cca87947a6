"""Ask every service of an undercloud how it is."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from tripleo_cli.domain.undercloud.health import (
    HTTP_FAILURE,
    ServiceHealth,
    endpoint,
    health,
)
from tripleo_cli.domain.undercloud.services import SERVICES, ServiceSpec
from tripleo_cli.workflows.undercloud.installed import Undercloud


def status(undercloud: Undercloud) -> Sequence[ServiceHealth]:
    """Describe every service, in the order in which they start.

    Raises:
        HostError: No undercloud is installed, or its supervisor cannot be asked.
    """
    undercloud.check_installed()
    found = check(undercloud, SERVICES)
    usage = undercloud.machine.usage([one.pid for one in found if one.pid])
    versions = undercloud.machine.versions(undercloud.config)
    return [
        replace(one, usage=usage.get(one.pid), version=versions.get(one.name, ""))
        for one in found
    ]


def check(
    undercloud: Undercloud, specs: Sequence[ServiceSpec]
) -> Sequence[ServiceHealth]:
    """Ask the supervisor once, and all services that it runs at the same time."""
    processes = undercloud.supervisor.processes()

    def describe(spec: ServiceSpec) -> ServiceHealth:
        process = processes.get(spec.name)
        answers: bool | None = None
        if spec.port is not None:
            # Who answers in place of a service that does not run is not the service.
            is_up = process is not None and process.is_up
            answers = is_up and _answers(undercloud, spec, spec.port)
        return health(spec, undercloud.config, process, answers=answers)

    with ThreadPoolExecutor(max_workers=len(specs)) as pool:
        return list(pool.map(describe, specs))


def _answers(undercloud: Undercloud, spec: ServiceSpec, port: str) -> bool:
    config, host = undercloud.config, undercloud.host
    if spec.path is None:
        return host.connects(config.local_ip, config.ports[port])
    code = host.http_status(endpoint(spec, config) + spec.path)
    return code is not None and code < HTTP_FAILURE
