"""What workflows rely on where Ironic deals with ports, and reaches BMCs."""

from __future__ import annotations

import threading
from http.server import ThreadingHTTPServer
from typing import Any

import pytest

from tests.contract.conftest import Stage
from tests.contract.test_baremetal import enroll, go, show
from tests.fakes.cloud import FakeCloud
from tests.fakes.refusing_bmc import Refusing
from tripleo_cli.domain.node import ProvisionState, Verb
from tripleo_cli.errors import ConflictError, ServiceError

S = ProvisionState
LINK = {"switch_id": "52:54:00:AA:00:01", "port_id": "Eth1/1"}


def test_the_wiring_of_a_port_is_listed_and_changed(stage: Stage) -> None:
    baremetal, node, mac = stage.cloud.baremetal, enroll(stage), stage.mac()
    wiring = {"physical_network": "ctlplane", "local_link_connection": LINK}
    baremetal.create_port(node, {"address": mac, **wiring})
    before = show(stage, node).cards[mac]

    moved = {**LINK, "port_id": "Eth1/2"}
    baremetal.update_port(before.id, {"/local_link_connection": moved})
    baremetal.update_port(before.id, {"/physical_network": "leaf1"})

    after = show(stage, node).cards[mac]
    assert before.local_link == {**LINK, "switch_id": LINK["switch_id"].lower()}
    assert (before.physical_network, after.physical_network) == ("ctlplane", "leaf1")
    assert after.local_link["port_id"] == "Eth1/2"
    assert (after.id, after.address) == (before.id, mac)


def test_a_port_without_wiring_has_none(stage: Stage) -> None:
    node, mac = enroll(stage), stage.mac()
    stage.cloud.baremetal.create_port(node, {"address": mac})

    card = show(stage, node).cards[mac]
    assert (card.physical_network, card.local_link) == ("", {})


def test_an_available_node_keeps_its_wiring_except_under_maintenance(
    stage: Stage,
) -> None:
    baremetal, node, mac = stage.cloud.baremetal, enroll(stage), stage.mac()
    baremetal.create_port(node, {"address": mac})
    go(stage, node, Verb.MANAGE, S.MANAGEABLE)
    go(stage, node, Verb.PROVIDE, S.AVAILABLE)
    port = show(stage, node).cards[mac].id

    with pytest.raises(ConflictError, match="available"):
        baremetal.update_port(port, {"/physical_network": "leaf1"})
    baremetal.update(node, {"/maintenance": True})
    baremetal.update_port(port, {"/physical_network": "leaf1"})

    assert show(stage, node).cards[mac].physical_network == "leaf1"


@pytest.mark.parametrize(
    "change", [{"/colour": "red"}, {"/local_link_connection": {"port_id": "1"}}]
)
def test_a_change_of_a_port_that_cannot_be_is_refused(
    stage: Stage, change: Any
) -> None:
    node, mac = enroll(stage), stage.mac()
    stage.cloud.baremetal.create_port(node, {"address": mac})
    port = show(stage, node).cards[mac]

    with pytest.raises(ServiceError):
        stage.cloud.baremetal.update_port(port.id, change)

    assert show(stage, node).cards[mac] == port


def test_a_bmc_that_lets_ironic_in_is_reached(stage: Stage) -> None:
    stage.cloud.baremetal.try_bmc(enroll(stage))


def test_a_bmc_that_refuses_is_an_error_with_the_reason(stage: Stage) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stage.undo.callback(server.server_close)
    stage.undo.callback(server.shutdown)
    info = {
        "redfish_address": f"http://127.0.0.1:{server.server_port}",
        "redfish_username": "u",
        "redfish_password": "wrong-one",
    }
    name = stage.name("shut-out")
    node = enroll(stage, name=name, driver="redfish", driver_info=info)
    if isinstance(stage.cloud, FakeCloud):
        stage.cloud.baremetal.takes_password(name, "right-one")

    with pytest.raises(ServiceError, match="401") as caught:
        stage.cloud.baremetal.try_bmc(node)

    assert "wrong-one" not in str(caught.value)
