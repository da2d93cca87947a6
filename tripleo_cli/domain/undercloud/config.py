"""What an operator can decide about an undercloud (``undercloud.conf``).

Option names are those of TripleO's ``undercloud.conf`` where they still make sense.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_PORTS: Mapping[str, int] = {
    "mariadb": 3307,
    "rabbitmq": 5673,
    "rabbitmq-dist": 25673,
    "epmd": 4370,
    "keystone": 5000,
    "glance": 9292,
    "placement": 8778,
    "neutron": 9696,
    "nova-api": 8774,
    "ironic": 6385,
    "heat-api": 8004,
    "heat-cfn": 8000,
}
"""TCP port of each listener, by service name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subnet:
    """One subnet of the provisioning network; addresses as text."""

    name: str = "ctlplane-subnet"
    cidr: str = "192.168.24.0/24"
    dhcp_start: str = "192.168.24.10"
    dhcp_end: str = "192.168.24.250"
    gateway: str = "192.168.24.1"
    dns_nameservers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UndercloudConfig:
    """A checked ``undercloud.conf``.

    ``local_ip`` is the address that services bind to and are reached at.
    ``clouds_file`` and ``state_dir`` are absolute paths. ``ports`` maps each key of
    :data:`DEFAULT_PORTS` to a TCP port. ``auth_token_lifetime`` is in seconds.
    """

    state_dir: str = "/var/lib/tripleo-undercloud"
    clouds_file: str
    cloud_name: str = "undercloud"
    service_user: str = "tripleo-undercloud"
    undercloud_hostname: str = "undercloud"
    local_ip: str = "127.0.0.1"
    ports: Mapping[str, int] = field(default_factory=lambda: DEFAULT_PORTS)
    subnets: tuple[Subnet, ...] = (Subnet(),)
    enabled_hardware_types: tuple[str, ...] = ("ipmi", "redfish", "fake-hardware")
    clean_nodes: bool = False
    enable_node_discovery: bool = False
    discovery_default_driver: str = "fake-hardware"
    undercloud_debug: bool = False
    auth_token_lifetime: int = 14400
    scheduler_max_attempts: int = 30
