"""What Keystone has to know about an undercloud: its services, users and roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.url import host_part

REGION = "RegionOne"
SERVICE_PROJECT = "service"
SERVICE_USERS = ("glance", "placement", "neutron", "nova", "ironic", "heat")
SERVICE_ROLES = ("admin", "service")
"""What each service user is in the service project."""
EXTRA_ROLES = ("heat_stack_owner", "heat_stack_user")
STACK_DOMAIN = "heat"
STACK_DOMAIN_ADMIN = "heat_domain_admin"

NETWORK = "ctlplane"
"""The provisioning network; TripleO's name."""


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """A service in Keystone's catalogue; ``path`` follows its address."""

    name: str
    type: str
    port: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What Keystone should know.

    ``passwords`` maps each user, and the stack domain's administrator, to a password;
    ``endpoints`` maps each catalogue entry's name to its URL.
    """

    passwords: Mapping[str, str] = field(repr=False)
    endpoints: Mapping[str, str]


CATALOG: tuple[CatalogEntry, ...] = (
    CatalogEntry("glance", "image", "glance"),
    CatalogEntry("placement", "placement", "placement"),
    CatalogEntry("neutron", "network", "neutron"),
    CatalogEntry("nova", "compute", "nova-api", "/v2.1"),
    CatalogEntry("ironic", "baremetal", "ironic"),
    CatalogEntry("heat", "orchestration", "heat-api", "/v1/%(tenant_id)s"),
    CatalogEntry("heat-cfn", "cloudformation", "heat-cfn", "/v1"),
)
"""Keystone's own entry is made by its bootstrap."""


def url_of(config: UndercloudConfig, port: str) -> str:
    """Give the address of a service by its key in the configuration's ports."""
    return f"http://{host_part(config.local_ip)}:{config.ports[port]}"


def endpoints(config: UndercloudConfig) -> Mapping[str, str]:
    """Map each catalogue entry's name to its URL."""
    return {entry.name: url_of(config, entry.port) + entry.path for entry in CATALOG}


def identity_of(config: UndercloudConfig, secrets: Mapping[str, str]) -> Identity:
    """Collect what Keystone should know."""
    users = (*SERVICE_USERS, STACK_DOMAIN_ADMIN)
    return Identity(
        passwords={name: secrets[name] for name in users},
        endpoints=endpoints(config),
    )
