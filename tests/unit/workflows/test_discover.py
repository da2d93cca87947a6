"""BMCs are found, signed in to with what fits, and told."""

from __future__ import annotations

from tests.fakes.controllers import Bmc, FakeControllers
from tripleo_cli.domain.discovery import Credentials, Kind, Machine, Place, places
from tripleo_cli.domain.events import Event, Finished
from tripleo_cli.errors import ServiceError
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
    def __init__(self) -> None:
        self.controllers = FakeControllers()
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
