"""How the services of an undercloud are doing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.undercloud.process import Process
from tripleo_cli.domain.undercloud.services import SERVICES, ServiceSpec

DOWN = "DOWN"
"""The state of a service that no supervisor runs."""
HTTP_FAILURE = 500
"""Below it, a service has understood the question, whatever it answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a process and all its descendants take: MiB resident, seconds alive."""

    memory_mb: int
    uptime_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceHealth:
    """One service; ``answers`` is ``None`` where it serves no port."""

    name: str
    state: str
    pid: int = 0
    usage: Usage | None = None
    endpoint: str = ""
    answers: bool | None = None
    version: str = ""
    reason: str = ""

    @property
    def is_well(self) -> bool:
        """Whether it runs and, where it can be asked, answers."""
        return self.state == "RUNNING" and self.answers is not False


def complaints(found: Sequence[ServiceHealth]) -> Sequence[str]:
    """Say what is wrong, in words; nothing where all is well."""
    if all(one.state == DOWN for one in found):
        return ["the undercloud does not run; to start it: openstack undercloud start"]
    return [_complaint(one) for one in found if not one.is_well]


def _complaint(one: ServiceHealth) -> str:
    if one.state == "RUNNING":
        return f"{one.name} does not answer at {one.endpoint}"
    reason = f": {one.reason}" if one.reason else ""
    return f"{one.name} is {one.state}{reason}"


def endpoint(spec: ServiceSpec, config: UndercloudConfig) -> str:
    """Give where a service answers: a URL, host:port, or nothing."""
    if spec.port is None:
        return ""
    place = f"{config.local_ip}:{config.ports[spec.port]}"
    return place if spec.path is None else f"http://{place}"


def health(
    spec: ServiceSpec,
    config: UndercloudConfig,
    process: Process | None,
    *,
    answers: bool | None,
) -> ServiceHealth:
    """Combine what the supervisor and the service itself say."""
    where = endpoint(spec, config)
    if process is None:
        return ServiceHealth(
            name=spec.name,
            state=DOWN,
            endpoint=where,
            answers=answers,
            reason="supervisor does not run it",
        )
    return ServiceHealth(
        name=spec.name,
        state=process.state,
        pid=process.pid,
        endpoint=where,
        answers=answers,
        reason=process.reason,
    )


def select(names: Iterable[str]) -> tuple[ServiceSpec, ...]:
    """Give the named services in the order in which they start; none means all."""
    wanted = set(names)
    return tuple(spec for spec in SERVICES if not wanted or spec.name in wanted)
