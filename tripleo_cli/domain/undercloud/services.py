"""The services of an undercloud."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSpec:
    """One supervised service.

    ``port`` is its key in :attr:`UndercloudConfig.ports`, ``None`` where it serves no
    port; ``path`` is what an HTTP health check asks for, ``None`` where it speaks no
    HTTP; ``package`` is the distribution on PyPI whose version it shows, empty for
    those that come from the operating system.
    """

    name: str
    port: str | None = None
    path: str | None = None
    package: str = ""


SERVICES: tuple[ServiceSpec, ...] = (
    ServiceSpec(name="mariadb", port="mariadb"),
    ServiceSpec(name="epmd", port="epmd"),
    ServiceSpec(name="rabbitmq", port="rabbitmq"),
    ServiceSpec(name="keystone", port="keystone", path="/v3", package="keystone"),
    ServiceSpec(name="glance", port="glance", path="/healthcheck", package="glance"),
    ServiceSpec(
        name="placement", port="placement", path="/", package="openstack-placement"
    ),
    ServiceSpec(name="neutron", port="neutron", path="/", package="neutron"),
    ServiceSpec(name="ironic", port="ironic", path="/", package="ironic"),
    ServiceSpec(name="nova-api", port="nova-api", path="/", package="nova"),
    ServiceSpec(name="nova-conductor", package="nova"),
    ServiceSpec(name="nova-scheduler", package="nova"),
    ServiceSpec(name="nova-compute", package="nova"),
    ServiceSpec(name="heat-api", port="heat-api", path="/", package="openstack-heat"),
    ServiceSpec(name="heat-cfn", port="heat-cfn", path="/", package="openstack-heat"),
    ServiceSpec(name="heat-engine", package="openstack-heat"),
)
"""In the order in which they start and are listed."""
