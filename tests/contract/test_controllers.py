"""What discovery relies on of BMCs; the live ones are servers of this machine."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.controllers import Bmc, FakeControllers
from tests.fakes.ipmi_server import serving_ipmi
from tests.fakes.redfish_server import serving
from tripleo_cli.clients.controllers import LiveControllers
from tripleo_cli.domain.discovery import (
    Controller,
    Credentials,
    Kind,
    Machine,
    Place,
)
from tripleo_cli.workflows.ports import Controllers

HOST = "127.0.0.1"
SYSTEMS = "/redfish/v1/Systems"
ODD = ["n/a", "00:00:00:00:00:00", "52:54:00:0E:00:02"]
MACS = {"one": ["52:54:00:0E:00:01", "52:54:00:0E:00:02", *ODD], "two": []}
MACHINES = (
    Machine(system=f"{SYSTEMS}/one", macs=("52:54:00:0e:00:01", "52:54:00:0e:00:02")),
    Machine(system=f"{SYSTEMS}/two"),
)
RIGHT = Credentials(user="admin", password="right")
WRONG = Credentials(user="admin", password="never-in-argv")
# Stands in for ipmitool, and tells what it was called with.
IPMITOOL = """#!/bin/sh
echo "$@" > "$(dirname "$0")/argv"
exit 1
"""


@dataclass(kw_only=True)
class Network:
    """BMCs, and who talks to them."""

    controllers: Controllers
    redfish: Place
    ipmi: Place
    nobody: Place


def a_place(kind: Kind, port: int) -> Place:
    return Place(host=HOST, port=port, kind=kind)


def imagined() -> Network:
    controllers = FakeControllers()
    redfish, ipmi = a_place(Kind.REDFISH, 8443), a_place(Kind.IPMI, 623)
    controllers.put(redfish, Bmc(machines=MACHINES))
    controllers.put(ipmi, Bmc())
    nobody = a_place(Kind.REDFISH, 9)
    return Network(controllers=controllers, redfish=redfish, ipmi=ipmi, nobody=nobody)


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "ipmitool"
    path.write_text(IPMITOOL)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return path


@pytest.fixture(params=["fake", pytest.param("live", marks=pytest.mark.functional)])
def network(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Network]:
    if request.param == "fake":
        yield imagined()
        return
    with ExitStack() as stack:
        tcp = stack.enter_context(serving(MACS, RIGHT.user, RIGHT.password))
        bmc = serving_ipmi(tmp_path / "bmc.log", RIGHT.user, RIGHT.password)
        udp = stack.enter_context(bmc).port
        yield Network(
            controllers=LiveControllers(),
            redfish=a_place(Kind.REDFISH, tcp),
            ipmi=a_place(Kind.IPMI, udp),
            nobody=a_place(Kind.REDFISH, 9),
        )


def test_redfish_is_found_and_its_machines_are_listed(network: Network) -> None:
    controller = network.controllers.find(network.redfish)
    assert controller
    found = network.controllers.sign_in(controller, RIGHT)

    assert controller.address == f"http://{HOST}:{network.redfish.port}"
    assert found
    assert tuple(found.machines) == MACHINES


def test_ipmi_is_found_with_one_machine(network: Network) -> None:
    controller = network.controllers.find(network.ipmi)
    assert controller
    found = network.controllers.sign_in(controller, RIGHT)

    assert controller.address == HOST
    assert found
    assert tuple(found.machines) == (Machine(),)


@pytest.mark.parametrize("kind", list(Kind))
def test_wrong_credentials_are_no_failure(network: Network, kind: Kind) -> None:
    place = network.redfish if kind is Kind.REDFISH else network.ipmi
    controller = network.controllers.find(place)
    assert controller

    assert network.controllers.sign_in(controller, WRONG) is None


def test_where_nobody_answers_nobody_is_found(network: Network) -> None:
    assert network.controllers.find(network.nobody) is None


@pytest.mark.functional
def test_a_password_is_in_no_argument(tool: Path) -> None:
    place = a_place(Kind.IPMI, 623)
    LiveControllers().sign_in(Controller(place=place, address=HOST), WRONG)

    said = tool.with_name("argv").read_text()
    assert "-E" in said
    assert WRONG.password not in said
