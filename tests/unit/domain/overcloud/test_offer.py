"""What operators ask for on behalf of users: flavors and networks."""

from __future__ import annotations

from typing import Any

import pytest

from tripleo_cli.domain.overcloud.offer import (
    Offered,
    differences,
    offer_of,
    offer_problems,
)
from tripleo_cli.domain.overcloud.trial import Thing

SMALL = {"vcpus": 1, "ram": 512, "disk": 0}
PUBLIC = {
    "external": True,
    "network_type": "flat",
    "physical_network": "datacentre",
    "subnets": {
        "public-v4": {
            "cidr": "203.0.113.0/24",
            "gateway": "203.0.113.1",
            "dhcp": False,
            "pools": ["203.0.113.10-203.0.113.99"],
        },
        "public-v6": {"cidr": "2001:db8::/64"},
    },
}


def asked(flavors: Any = None, networks: Any = None) -> dict[str, Any]:
    return {"NovaFlavors": flavors, "NeutronNetworks": networks, "NtpServer": ["x"]}


def told(flavors: Any = None, networks: Any = None) -> list[str]:
    return [str(one) for one in offer_problems(asked(flavors, networks))]


def test_nothing_is_offered_that_nobody_asked_for() -> None:
    assert offer_of({}) == offer_of(asked()) == offer_of(asked({}, {})) == ()


def test_a_flavor_has_the_names_of_nova() -> None:
    given = {**SMALL, "swap": 64, "ephemeral": 1, "public": False}

    assert told({"small": given}) == []
    [flavor] = offer_of(asked({"small": given}))
    assert (flavor.thing, flavor.name, str(flavor)) == (
        Thing.FLAVOR,
        "small",
        "flavor small",
    )
    assert flavor.fields == {
        **SMALL,
        "swap": 64,
        "OS-FLV-EXT-DATA:ephemeral": 1,
        "os-flavor-access:is_public": False,
    }


def test_a_network_has_the_names_of_neutron_and_its_subnets() -> None:
    assert told(networks={"public": PUBLIC}) == []
    [network] = offer_of(asked(networks={"public": PUBLIC}))
    four, six = network.parts

    assert network.fields == {
        "router:external": True,
        "provider:network_type": "flat",
        "provider:physical_network": "datacentre",
    }
    assert (four.name, four.fields) == (
        "public-v4",
        {
            "cidr": "203.0.113.0/24",
            "gateway_ip": "203.0.113.1",
            "enable_dhcp": False,
            "allocation_pools": [{"start": "203.0.113.10", "end": "203.0.113.99"}],
            "ip_version": 4,
        },
    )
    assert six.fields == {"cidr": "2001:db8::/64", "ip_version": 6}


def test_all_that_cannot_be_is_told_at_once() -> None:
    flavors = {"big": {"vcpu": 1, "ram": "512", "disk": -1}, "odd": 3}
    subnet = {"cidr": "203.0.113.5/24", "pools": ["203.0.113.10"], "dhcp": "no"}
    networks = {
        "a": {"mtu": 10, "extrenal": True, "subnets": {"b": subnet}},
        "c": {"subnets": ["x"], "shared": 1},
        "d": {"subnets": {"e": {"nameservers": "x", "gateway": "y", "cidr": 4}}},
    }

    found = told(flavors, networks)

    for text in (
        'NovaFlavors.big.vcpu: is not known (did you mean "vcpus"?)',
        "NovaFlavors.big: vcpus is missing",
        "NovaFlavors.big.ram: must be a whole number from 1 to",
        "NovaFlavors.big.disk: must be a whole number from 0 to",
        "NovaFlavors.odd: must be a mapping that describes a flavor",
        "NeutronNetworks.a.mtu: must be a whole number from 68 to 65535, not 10",
        'NeutronNetworks.a.extrenal: is not known (did you mean "external"?)',
        "NeutronNetworks.a.subnets.b.cidr: must be a network, 203.0.113.0/24 (",
        "NeutronNetworks.a.subnets.b.pools: must be a list of ranges",
        "NeutronNetworks.a.subnets.b.dhcp: must be true or false, not 'no'",
        "NeutronNetworks.c.subnets: must be a mapping of subnets by name",
        "NeutronNetworks.c.shared: must be true or false, not 1",
        "NeutronNetworks.d.subnets.e.nameservers: must be a list of addresses",
        "NeutronNetworks.d.subnets.e.gateway: must be an address",
        "NeutronNetworks.d.subnets.e.cidr: must be a network",
    ):
        assert [one for one in found if text in one], text
    assert len(found) == 15
    assert all(one.startswith("parameter_defaults.N") for one in found)


@pytest.mark.parametrize("given", ["small", [SMALL], 3])
def test_what_is_no_mapping_is_for_the_parameters_type_to_refuse(given: object) -> None:
    assert told(given, given) == []


def test_what_is_there_is_compared_in_what_was_asked_for() -> None:
    wanted = Offered(thing=Thing.FLAVOR, name="s", fields={"ram": 512, "swap": 0})

    assert differences(wanted, {"ram": 512, "swap": "", "vcpus": 9}) == []
    pools = [{"start": "a", "end": "b"}, {"start": "c", "end": "d"}]
    subnet = Offered(thing=Thing.SUBNET, name="s", fields={"pools": pools})
    turned = [{"end": "d", "start": "c"}, {"end": "b", "start": "a"}]
    assert differences(subnet, {"pools": turned}) == []
    assert differences(subnet, {"pools": turned[:1]})
    assert differences(wanted, {"ram": 256, "swap": 5}) == [
        "ram 256, not 512",
        "swap 5, not 0",
    ]
