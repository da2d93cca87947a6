"""How a machine is known by its BMC."""

from __future__ import annotations

from typing import Any

import pytest

from tripleo_cli.domain.driver import DRIVERS, RENAMED, bmc_identity, removed_driver


@pytest.mark.parametrize(
    ("driver", "info", "expected"),
    [
        ("ipmi", {"ipmi_address": "10.0.0.1"}, "10.0.0.1:623"),
        ("ipmi", {"ipmi_address": "10.0.0.1", "ipmi_port": "623"}, "10.0.0.1:623"),
        ("ipmi", {"ipmi_address": "10.0.0.1", "ipmi_port": 6230}, "10.0.0.1:6230"),
        ("ipmi", {"ipmi_address": "BMC.Example"}, "bmc.example:623"),
        ("ipmi", {"ipmi_address": "fd00::1"}, "fd00::1:623"),
        ("intel-ipmi", {"ipmi_address": "a"}, "a:623"),
        ("redfish", {"redfish_address": "https://Bmc/"}, "bmc:443"),
        ("redfish", {"redfish_address": "bmc"}, "bmc:443"),
        ("redfish", {"redfish_address": "http://bmc"}, "bmc:80"),
        ("redfish", {"redfish_address": "http://bmc:8000"}, "bmc:8000"),
        ("redfish", {"redfish_address": "https://[fd00::1]:1"}, "fd00::1:1"),
        ("redfish", {"redfish_address": "https://bmc/api/"}, "bmc:443/api"),
        (
            "redfish",
            {"redfish_address": "bmc", "redfish_system_id": "/redfish/v1/Systems/1"},
            "bmc:443/redfish/v1/Systems/1",
        ),
        ("idrac", {"redfish_address": "bmc"}, "bmc:443"),
        ("fake-hardware", {"fake_address": "sim-1"}, "sim-1"),
        ("fake-hardware", {}, ""),
        ("manual-management", {}, ""),
        ("another", {"ipmi_address": "a"}, ""),
        ("redfish", {"redfish_address": "https://bmc:port"}, "bmc:port"),
        ("redfish", {"redfish_address": "https://u:hush@bmc:99999"}, "bmc:99999"),
        ("ipmi", {"ipmi_address": "FD00:0::1"}, "fd00::1:623"),
        (
            "redfish",
            {"redfish_address": "bmc", "redfish_system_id": "/S/1/"},
            "bmc:443/S/1",
        ),
    ],
)
def test_an_address_is_one_bmc_however_it_is_written(
    driver: str, info: dict[str, Any], expected: str
) -> None:
    assert bmc_identity(driver, info) == expected


def test_old_drivers_have_one_successor_or_a_reason() -> None:
    assert set(RENAMED.values()) <= set(DRIVERS)
    assert not [name for name in [*RENAMED, *DRIVERS] if removed_driver(name)]


@pytest.mark.parametrize("name", ["pxe_ssh", "agent_ilo", "iscsi_ilo", "pxe_irmc"])
def test_removed_drivers_are_known_under_their_old_names(name: str) -> None:
    assert removed_driver(name)
