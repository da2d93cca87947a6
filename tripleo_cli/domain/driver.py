"""Ironic's hardware types, and what each must be told about a machine's BMC.

Sources: the entry points ``ironic.hardware.types`` and the drivers' properties of
Ironic 39; https://docs.openstack.org/ironic/latest/admin/drivers.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from tripleo_cli.domain.bmc import Bmc, place_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A hardware type.

    ``prefix`` starts each of its ``driver_info`` keys; ``keys`` maps a nodes file's
    keys to those it takes; ``required`` are the nodes file's keys it can't do
    without.
    """

    name: str
    prefix: str
    keys: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    def bmc(self, driver_info: Mapping[str, Any]) -> Bmc | None:
        """Read what a ``driver_info`` leads to; ``None`` where it has no address.

        A BMC that serves several machines is known by the system's id too.
        """
        address = driver_info.get(f"{self.prefix}_address")
        if not address:
            return None
        system = driver_info.get(f"{self.prefix}_system_id") or ""
        port = driver_info.get(f"{self.prefix}_port") or _PORTS.get(self.prefix)
        return Bmc(place_of(str(address), port), str(system).rstrip("/"))


_PORTS = {"ipmi": 623, "redfish": 443}


def _bmc(prefix: str, **others: str) -> Mapping[str, str]:
    return MappingProxyType(
        {
            "pm_addr": f"{prefix}_address",
            "pm_user": f"{prefix}_username",
            "pm_password": f"{prefix}_password",
            **others,
        }
    )


_IPMI = _bmc("ipmi", pm_port="ipmi_port")
_REDFISH = _bmc("redfish", pm_system_id="redfish_system_id")
_FAKE = _bmc("fake", pm_port="fake_port", pm_system_id="fake_system_id")

DRIVERS: Mapping[str, Driver] = MappingProxyType(
    {
        driver.name: driver
        for driver in (
            Driver(name="ipmi", prefix="ipmi", keys=_IPMI, required=("pm_addr",)),
            Driver(name="intel-ipmi", prefix="ipmi", keys=_IPMI, required=("pm_addr",)),
            Driver(
                name="redfish", prefix="redfish", keys=_REDFISH, required=("pm_addr",)
            ),
            # iDRAC speaks Redfish only since Ironic dropped its WS-Man interfaces.
            Driver(
                name="idrac", prefix="redfish", keys=_REDFISH, required=("pm_addr",)
            ),
            # Nothing reads these; they make a simulated machine known by its BMC.
            Driver(name="fake-hardware", prefix="fake", keys=_FAKE),
            Driver(name="manual-management", prefix="manual"),
        )
    }
)
"""Every hardware type that a nodes file may name, by its name."""

RENAMED: Mapping[str, str] = MappingProxyType(
    {
        "pxe_ipmitool": "ipmi",
        "pxe_ipminative": "ipmi",
        "pxe_ipmi": "ipmi",
        "agent_ipmitool": "ipmi",
        "agent_ipminative": "ipmi",
        "ipmitool": "ipmi",
        "pxe_drac": "idrac",
        "pxe_idrac": "idrac",
        "pxe_redfish": "redfish",
        "agent_redfish": "redfish",
        "fake": "fake-hardware",
        "fake_pxe": "fake-hardware",
        "fake_agent": "fake-hardware",
    }
)
"""Drivers of old, and the hardware type that took their place."""

_TO_REDFISH = "use redfish, or ipmi where the BMC has no Redfish"
_TO_VBMC = "give the machine a virtual BMC and use redfish (sushy-tools) or ipmi"
_TO_MANUAL = "use manual-management"

REMOVED: Mapping[str, str] = MappingProxyType(
    {
        "ilo": _TO_REDFISH,
        "ilo5": _TO_REDFISH,
        "irmc": _TO_REDFISH,
        "ucs": _TO_REDFISH,
        "cisco-ucs-managed": _TO_REDFISH,
        "cisco-ucs-standalone": _TO_REDFISH,
        "cimc": _TO_REDFISH,
        "amt": _TO_REDFISH,
        "xclarity": _TO_REDFISH,
        "ibmc": _TO_REDFISH,
        "oneview": _TO_REDFISH,
        "ssh": _TO_VBMC,
        "ovirt": _TO_VBMC,
        "staging-ovirt": _TO_VBMC,
        "libvirt": _TO_VBMC,
        "staging-libvirt": _TO_VBMC,
        "iboot": _TO_MANUAL,
        "wol": _TO_MANUAL,
        "staging-wol": _TO_MANUAL,
        "snmp": _TO_MANUAL,
    }
)
"""Drivers that Ironic has no more, without ``pxe_`` or ``agent_``, and what to do."""


def removed_driver(name: str) -> str | None:
    """Say what replaces a driver that Ironic removed; ``None`` for any other."""
    plain = name.lower()
    for prefix in ("pxe_", "agent_", "iscsi_"):
        plain = plain.removeprefix(prefix)
    return REMOVED.get(plain)


def bmc_of(driver: str, driver_info: Mapping[str, Any]) -> Bmc | None:
    """Read where a node's BMC is; ``None`` where that is not known."""
    known = DRIVERS.get(driver)
    return known.bmc(driver_info) if known else None


def bmc_identity(driver: str, driver_info: Mapping[str, Any]) -> str:
    """Name the machine that a node's ``driver_info`` leads to, empty if unknown."""
    return str(bmc_of(driver, driver_info) or "")
