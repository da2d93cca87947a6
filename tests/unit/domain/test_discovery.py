"""Where to look for BMCs, and what becomes of those that are found."""

from __future__ import annotations

from typing import Any

import pytest

from tripleo_cli.domain.discovery import (
    Contact,
    Controller,
    Credentials,
    Found,
    Kind,
    Machine,
    Place,
    card_address,
    contacts,
    hosts,
    places,
)

JOE = Credentials(user="joe", password="hush")


def a_controller(kind: Kind, host: str = "10.0.0.8", port: int = 443) -> Controller:
    place = Place(host=host, port=port, kind=kind)
    address = host if kind is Kind.IPMI else f"https://{host}:{port}"
    return Controller(place=place, address=address)


def entries(controller: Controller, *machines: Machine, **others: Any) -> Any:
    found = Found(controller=controller, credentials=JOE, machines=machines, **others)
    return found.entries()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.8", ["10.0.0.8"]),
        ("10.0.0.0/30", ["10.0.0.1", "10.0.0.2"]),
        ("10.0.0.1/30", ["10.0.0.1", "10.0.0.2"]),
        ("10.0.0.9 - 10.0.0.10", ["10.0.0.9", "10.0.0.10"]),
        ("fd00::8", ["fd00::8"]),
        ("fd00::8-fd00::9", ["fd00::8", "fd00::9"]),
    ],
)
def test_addresses_are_listed(text: str, expected: list[str]) -> None:
    assert hosts(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("bmc", "bmc"),
        ("10.0.0.0/8", "holds 16777216 addresses, 65536 at most"),
        ("fd00::/64", "65536 at most"),
        ("10.0.0.9-10.0.0.8", "does not go from a lower address to a higher"),
        ("10.0.0.9-fd00::1", "does not go from a lower address to a higher"),
        ("0.0.0.0-255.255.255.255", "65536 at most"),
    ],
)
def test_what_is_no_range_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        hosts(text)


def test_usual_ports_are_looked_at_where_none_is_given() -> None:
    usual = places(["a", "b", "a"], (), list(Kind))
    given = places(["a"], (8000, 8001), [Kind.REDFISH])

    assert [(p.host, p.port, p.kind) for p in usual] == [
        ("a", 443, Kind.REDFISH),
        ("a", 623, Kind.IPMI),
        ("b", 443, Kind.REDFISH),
        ("b", 623, Kind.IPMI),
    ]
    assert [(p.port, p.kind) for p in given] == [
        (8000, Kind.REDFISH),
        (8001, Kind.REDFISH),
    ]


def test_redfish_is_preferred_where_one_bmc_speaks_both() -> None:
    ipmi, redfish = a_controller(Kind.IPMI, port=623), a_controller(Kind.REDFISH)
    other = a_controller(Kind.IPMI, "10.0.0.9", 623)

    assert contacts([ipmi, redfish, other]) == [
        Contact(controller=redfish, spare=ipmi),
        Contact(controller=other),
    ]


@pytest.mark.parametrize("redfish_port", [443, 8000])
@pytest.mark.parametrize("ipmi_port", [623, 6230])
def test_at_other_ports_each_is_a_bmc_of_its_own(
    redfish_port: int, ipmi_port: int
) -> None:
    """Virtual BMCs share a host and differ in their ports."""
    redfish = a_controller(Kind.REDFISH, port=redfish_port)
    ipmi = a_controller(Kind.IPMI, port=ipmi_port)
    is_one = (redfish_port, ipmi_port) == (443, 623)

    found = contacts([redfish, ipmi])

    assert [contact.controller for contact in found] == [redfish, ipmi][
        : 1 if is_one else 2
    ]


def test_redfish_without_encryption_is_the_same_bmc_too() -> None:
    one, two = a_controller(Kind.REDFISH), a_controller(Kind.REDFISH, port=80)
    ipmi = a_controller(Kind.IPMI, port=623)

    assert [contact.spare for contact in contacts([two, ipmi])] == [ipmi]
    assert [contact.spare for contact in contacts([one, two, ipmi])] == [ipmi, None]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (("52:54:00:0E:00:01",), "52:54:00:0e:00:01"),
        (("52-54-00-0e-00-01",), "52:54:00:0e:00:01"),
        (("n/a", "52:54:00:0e:00:01"), "52:54:00:0e:00:01"),
        (("00:00:00:00:00:00", None), ""),
        (("ff:ff:ff:ff:ff:ff",), ""),
        (("01:00:5e:00:00:01",), ""),
        (("52:54:00:0e:00",), ""),
        (("80:00:02:08:fe:80:00:00:00:00:00:00:f4:52:14:03:00:01:02:03",), ""),
        ((17, ""), ""),
    ],
)
def test_what_no_network_card_can_have_is_no_address(
    told: tuple[object, ...], expected: str
) -> None:
    assert card_address(*told) == expected


def test_machines_are_described_as_in_a_nodes_file() -> None:
    one, two = (
        Machine(system="/S/1", macs=("52:54:00:0e:00:01",)),
        Machine(system="/S/2"),
    )
    redfish = {
        "pm_type": "redfish",
        "pm_addr": "https://10.0.0.8:443",
        "pm_user": "joe",
        "pm_password": "hush",
    }
    ports = {"ports": [{"address": "52:54:00:0e:00:01"}]}

    assert entries(a_controller(Kind.REDFISH), one) == [redfish | ports]
    assert entries(a_controller(Kind.REDFISH), one, two, is_verified=False) == [
        redfish | ports | {"pm_system_id": "/S/1", "redfish_verify_ca": False},
        redfish | {"pm_system_id": "/S/2", "redfish_verify_ca": False},
    ]
    assert entries(a_controller(Kind.IPMI, port=624), Machine()) == [
        redfish | {"pm_type": "ipmi", "pm_addr": "10.0.0.8", "pm_port": 624}
    ]


def test_a_password_is_in_no_text_form() -> None:
    found = Found(
        controller=a_controller(Kind.IPMI), credentials=JOE, machines=(Machine(),)
    )

    assert "hush" not in repr(found)
