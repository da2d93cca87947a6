"""BMCs are found, signed in to with what fits, and told."""

from __future__ import annotations

import pytest

from tests.fakes.controllers import Bmc, FakeControllers
from tripleo_cli.domain.discovery import (
    Controller,
    Credentials,
    Found,
    Kind,
    Machine,
    Place,
    places,
)
from tripleo_cli.domain.events import Event, Finished, Noted
from tripleo_cli.errors import ServiceError, UntrustedError
from tripleo_cli.workflows.discover import Discovery, Search, discover, listed

TRIED = [
    Credentials(user="admin", password="old"),
    Credentials(user="admin", password="right"),
    Credentials(user="root", password="calvin"),
]
HOSTS = [f"10.0.0.{number}" for number in range(1, 6)]


def redfish(host: str) -> Place:
    return Place(host=host, port=443, kind=Kind.REDFISH)


def ipmi(host: str) -> Place:
    return Place(host=host, port=623, kind=Kind.IPMI)


class Network:
    def __init__(self, controllers: FakeControllers | None = None) -> None:
        self.controllers = controllers or FakeControllers()
        self.events: list[Event] = []

    def search(self) -> Discovery:
        search = Search(places=places(HOSTS, (), list(Kind)), credentials=TRIED)
        return discover(self.controllers, search, self.events.append)


def test_each_bmc_is_signed_in_to_with_what_fits() -> None:
    network = Network()
    twins = (Machine(system="/1"), Machine(system="/2"))
    network.controllers.put(redfish(HOSTS[0]), Bmc(machines=twins))
    network.controllers.put(ipmi(HOSTS[1]), Bmc(user="root", password="calvin"))

    discovery = network.search()

    assert [(str(f.controller), f.credentials.user) for f in discovery.found] == [
        ("http://10.0.0.1:443", "admin"),
        ("10.0.0.2", "root"),
    ]
    assert Finished("find BMCs", text="2 of 10 answer") in network.events
    told = Finished("sign in", "10.0.0.2", "ipmi, root fits, 1 machine")
    assert told in network.events
    assert [row.result for row in listed(discovery.found)] == [
        *["found (http://10.0.0.1:443, admin fits)"] * 2,
        "found (10.0.0.2, root fits)",
    ]


def test_nothing_is_tried_once_something_fits() -> None:
    network = Network()
    network.controllers.put(redfish(HOSTS[0]), Bmc())
    network.controllers.put(ipmi(HOSTS[0]), Bmc())

    network.search()

    assert network.controllers.tried == [(HOSTS[0], "admin")] * 2


def test_ipmi_is_used_where_redfish_does_not_work() -> None:
    network = Network()
    broken = ServiceError("HTTP 500", hint="reset it")
    network.controllers.put(redfish(HOSTS[0]), Bmc(fault=broken))
    network.controllers.put(ipmi(HOSTS[0]), Bmc())
    network.controllers.put(redfish(HOSTS[1]), Bmc(fault=broken))
    network.controllers.put(ipmi(HOSTS[1]), Bmc(password="else"))

    discovery = network.search()

    assert [str(found.controller) for found in discovery.found] == [HOSTS[0]]
    assert Noted("http://10.0.0.1:443: HTTP 500; IPMI is tried") in network.events
    told = Finished("sign in", "10.0.0.1", "ipmi, admin fits, 1 machine")
    assert told in network.events
    assert [(row.name, row.error) for row in discovery.refused] == [
        ("http://10.0.0.2:443", "HTTP 500")
    ]


def test_what_redfish_refused_is_not_tried_with_ipmi() -> None:
    class Moody(FakeControllers):
        def sign_in(
            self, controller: Controller, credentials: Credentials
        ) -> Found | None:
            said.append(f"{controller.place.kind.value} {credentials.password}")
            if said == ["redfish old", "redfish right"]:
                raise ServiceError("HTTP 500")
            return super().sign_in(controller, credentials)

    said: list[str] = []
    network = Network(Moody())
    network.controllers.put(redfish(HOSTS[0]), Bmc())
    network.controllers.put(ipmi(HOSTS[0]), Bmc())

    network.search()

    assert said == ["redfish old", "redfish right", "ipmi right"]


@pytest.mark.parametrize(
    "odd",
    [Bmc(password="else"), Bmc(fault=UntrustedError("who?", hint="trust it"))],
    ids=["credentials", "certificate"],
)
def test_ipmi_is_no_way_round_a_password_or_a_certificate(odd: Bmc) -> None:
    network = Network()
    network.controllers.put(redfish(HOSTS[0]), odd)
    network.controllers.put(ipmi(HOSTS[0]), Bmc())

    discovery = network.search()

    assert not discovery.found
    [row] = discovery.refused
    assert row.remedy.endswith("; it speaks IPMI, too: --kind ipmi")


def test_bmcs_at_other_ports_of_one_host_are_all_found() -> None:
    network = Network()
    virtual = [
        Place(host=HOSTS[0], port=8000, kind=Kind.REDFISH),
        Place(host=HOSTS[0], port=6230, kind=Kind.IPMI),
        Place(host=HOSTS[0], port=6231, kind=Kind.IPMI),
    ]
    for place in virtual:
        network.controllers.put(place, Bmc())

    search = Search(places=virtual, credentials=TRIED)
    discovery = discover(network.controllers, search, network.events.append)

    assert [found.controller.place for found in discovery.found] == virtual


def test_a_bmc_that_lets_nobody_in_is_told_beside_the_others() -> None:
    network = Network()
    network.controllers.put(redfish(HOSTS[0]), Bmc(password="else"))
    network.controllers.put(redfish(HOSTS[1]), Bmc())
    broken = ServiceError("HTTP 500", hint="reset it")
    network.controllers.put(redfish(HOSTS[2]), Bmc(fault=broken))

    discovery = network.search()

    assert len(discovery.found) == 1
    assert [(row.name, row.error) for row in discovery.refused] == [
        (
            "http://10.0.0.1:443",
            "no credentials fit (redfish, tried: admin, admin, root)",
        ),
        ("http://10.0.0.3:443", "HTTP 500"),
    ]
    assert "discover again" in discovery.refused[0].remedy
    assert network.controllers.tried.count((HOSTS[2], "admin")) == 1


def test_no_password_is_told() -> None:
    network = Network()
    network.controllers.put(redfish(HOSTS[0]), Bmc())
    network.controllers.put(redfish(HOSTS[1]), Bmc(password="else"))

    said = f"{network.search()}{network.events}"

    assert not {"right", "old", "calvin"} & set(said.replace("'", " ").split())
