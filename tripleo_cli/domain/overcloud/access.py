"""How to sign in to an overcloud as its administrator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tripleo_cli.domain.overcloud.catalog import DEFAULT_DOMAIN, REGION, region_of
from tripleo_cli.domain.overcloud.layout import Layout
from tripleo_cli.domain.url import host_part

ADMIN = "admin"
"""The user and the project that Keystone's bootstrap makes."""
ADMIN_PASSWORD = "AdminPassword"  # noqa: S105 - the name of a parameter
"""Its name among a stack's passwords."""
KEYSTONE = "keystone"
"""The service file, and the service in the catalogue."""
KEYSTONE_PORT = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where an overcloud's Keystone answers, and the administrator's password.

    ``auth_url`` has no version at its end: "http://192.168.24.9:5000".
    """

    auth_url: str
    password: str = field(repr=False)
    user: str = ADMIN
    project: str = ADMIN
    domain: str = DEFAULT_DOMAIN
    region: str = REGION


def access_to(host: str, password: str, region: str = REGION) -> Access:
    """Say how to sign in to the Keystone of a host (a VIP, or a node)."""
    url = f"http://{host_part(host)}:{KEYSTONE_PORT}"
    return Access(auth_url=url, password=password, region=region)


def access_of(layout: Layout, passwords: Mapping[str, str]) -> Access:
    """Say how to sign in to an overcloud; leads nowhere where Keystone does not run."""
    host = layout.host(KEYSTONE) if KEYSTONE in layout.services else ""
    return access_to(host, passwords.get(ADMIN_PASSWORD, ""), region_of(layout))
