"""A machine as an operator describes it, before Ironic knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tripleo_cli.domain.driver import bmc_identity
from tripleo_cli.domain.node import NodeId, format_capabilities
from tripleo_cli.domain.role import DEFAULT_RESOURCE_CLASS

DEFAULT_PHYSICAL_NETWORK = "ctlplane"
# What oslo.utils masks in an API answer, and what a BMC calls its secrets.
SECRET_WORDS = (
    "password",
    "passphrase",
    "adminpass",
    "new_pass",
    "auth_token",
    "token",
    "secret",
    "private_key",
    "snmp_auth_key",
    "snmp_priv_key",
    "kg_key",
)


def is_secret(key: str) -> bool:
    """Whether a ``driver_info`` key holds what nobody may see."""
    return any(word in key.lower() for word in SECRET_WORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortDefinition:
    """A network card; ``address`` is its MAC in lower case with colons.

    ``physical_network`` is ``None`` where the file gives none: a new port gets
    :data:`DEFAULT_PHYSICAL_NETWORK`, a known one keeps its own.
    """

    address: str
    physical_network: str | None = None
    local_link: Mapping[str, Any] = field(default_factory=dict)

    def fields(self) -> dict[str, Any]:
        """Give Ironic's own names, to create the port with."""
        link = {"local_link_connection": dict(self.local_link)}
        return {
            "address": self.address,
            "physical_network": self.physical_network or DEFAULT_PHYSICAL_NETWORK,
            **(link if self.local_link else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeDefinition:
    """One entry of a nodes file.

    ``where`` is its place in the file ("nodes[3]"). ``properties`` are Ironic's
    (``cpus``, ``memory_mb`` in MiB, ``local_gb`` in GiB, ``cpu_arch``,
    ``root_device``), ``interfaces`` its ``*_interface`` fields. ``resource_class``
    is ``None`` where the file gives none: a new node gets
    :data:`~tripleo_cli.domain.role.DEFAULT_RESOURCE_CLASS`, a known one keeps its
    own. ``notes`` are for the operator to read.
    """

    where: str
    driver: str
    name: str = ""
    id: NodeId | None = None
    driver_info: Mapping[str, Any] = field(default_factory=dict, repr=False)
    properties: Mapping[str, Any] = field(default_factory=dict)
    capabilities: Mapping[str, str] = field(default_factory=dict)
    resource_class: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    interfaces: Mapping[str, str] = field(default_factory=dict)
    conductor_group: str | None = None
    ports: tuple[PortDefinition, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def bmc(self) -> str:
        """The machine's management controller, empty where the file names none."""
        return bmc_identity(self.driver, self.driver_info)

    @property
    def macs(self) -> tuple[str, ...]:
        """The MAC addresses of its network cards."""
        return tuple(port.address for port in self.ports)

    @property
    def label(self) -> str:
        """What to call it in messages: its name, else what else is known."""
        first = next(iter(self.macs), "")
        return self.name or first or self.bmc or str(self.id or "") or self.where

    @property
    def secrets(self) -> dict[str, str]:
        """The part of ``driver_info`` that Ironic will not show again."""
        return {k: str(v) for k, v in self.driver_info.items() if is_secret(k)}

    def fields(self) -> dict[str, Any]:
        """Give Ironic's own names and values, to create the node with."""
        properties = dict(self.properties)
        if self.capabilities:
            properties["capabilities"] = format_capabilities(self.capabilities)
        given = {
            "name": self.name,
            "uuid": self.id,
            "extra": dict(self.extra),
            "conductor_group": self.conductor_group,
        }
        return {
            "driver": self.driver,
            "driver_info": dict(self.driver_info),
            "properties": properties,
            "resource_class": self.resource_class or DEFAULT_RESOURCE_CLASS,
            **self.interfaces,
            **{key: value for key, value in given.items() if value},
        }
