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
from tripleo_cli.workflows.undercloud.site import Site


def status(site: Site) -> Sequence[ServiceHealth]:
    """Describe every service, in the order in which they start."""
    found = check(site, SERVICES)
    usage = site.machine.usage([one.pid for one in found if one.pid])
    versions = site.machine.versions(site.config)
    return [
        replace(one, usage=usage.get(one.pid), version=versions.get(one.name, ""))
        for one in found
    ]


def check(site: Site, specs: Sequence[ServiceSpec]) -> Sequence[ServiceHealth]:
    """Ask the supervisor once, and all services at the same time."""
    processes = site.supervisor.processes()
    with ThreadPoolExecutor(max_workers=len(specs)) as pool:
        answers = list(pool.map(lambda spec: _answers(site, spec), specs))
    return [
        health(spec, site.config, processes.get(spec.name), answers=answer)
        for spec, answer in zip(specs, answers, strict=True)
    ]


def _answers(site: Site, spec: ServiceSpec) -> bool | None:
    if spec.port is None:
        return None
    if spec.path is None:
        return site.host.connects(site.config.local_ip, site.config.ports[spec.port])
    code = site.host.http_status(endpoint(spec, site.config) + spec.path)
    return code is not None and code < HTTP_FAILURE
