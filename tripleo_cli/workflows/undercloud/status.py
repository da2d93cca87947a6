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
    """Describe every service, in the order in which they start."""
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
    """Ask the supervisor once, and all services at the same time."""
    processes = undercloud.supervisor.processes()
    with ThreadPoolExecutor(max_workers=len(specs)) as pool:
        answers = list(pool.map(lambda spec: _answers(undercloud, spec), specs))
    return [
        health(spec, undercloud.config, processes.get(spec.name), answers=answer)
        for spec, answer in zip(specs, answers, strict=True)
    ]


def _answers(undercloud: Undercloud, spec: ServiceSpec) -> bool | None:
    if spec.port is None:
        return None
    if spec.path is None:
        return undercloud.host.connects(
            undercloud.config.local_ip, undercloud.config.ports[spec.port]
        )
    code = undercloud.host.http_status(endpoint(spec, undercloud.config) + spec.path)
    return code is not None and code < HTTP_FAILURE
