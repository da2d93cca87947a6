"""What is asked of Ironic over HTTP, and how often."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import requests_mock
from keystoneauth1 import session as keystone
from keystoneauth1.token_endpoint import Token

from tripleo_cli.clients.baremetal import BMC_S, IronicBaremetal, connect
from tripleo_cli.domain.node import NodeId, Port, PortId
from tripleo_cli.errors import ServiceError

IRONIC = "http://ironic.test"
JSON = {"Content-Type": "application/json"}
NODE = NodeId("6f1ff1b0-4ba4-4a4c-9a3a-0d4b0b0c0d0e")


def a_node(number: int) -> dict[str, Any]:
    texts = dict.fromkeys(
        ["target_provision_state", "last_error", "maintenance_reason", "reservation"]
    )
    maps: dict[str, Any] = {name: {} for name in ("properties", "driver_info", "extra")}
    rest = dict.fromkeys(["instance_uuid", "inspection_finished_at", "power_state"])
    return {
        **texts,
        **maps,
        **rest,
        "uuid": f"uuid-{number}",
        "name": f"n{number}",
        "provision_state": "manageable",
        "maintenance": False,
        "driver": "ipmi",
        "resource_class": "baremetal",
        "conductor_group": "",
        "traits": [],
        **{
            f"{kind}_interface": "x"
            for kind in (
                *("bios", "boot", "console", "deploy", "firmware", "inspect"),
                *("management", "network", "power", "raid", "rescue", "storage"),
                "vendor",
            )
        },
    }


@pytest.fixture
def http() -> Any:
    with requests_mock.Mocker() as mocker:
        newest = {"X-OpenStack-Ironic-API-Maximum-Version": "1.109"}
        mocker.get(f"{IRONIC}/v1", headers=newest, json={})
        yield mocker


@pytest.fixture
def ironic(http: Any) -> IronicBaremetal:
    assert http
    session = keystone.Session(auth=Token(IRONIC, "token"))
    return connect(session, IRONIC)


def asked(http: Any) -> list[tuple[str, str]]:
    return [(one.method, one.path) for one in http.request_history][1:]


def test_a_thousand_nodes_cost_one_list_of_nodes_and_one_of_ports(
    http: Any, ironic: IronicBaremetal
) -> None:
    nodes = [a_node(number) for number in range(1000)]
    ports = [
        {
            "uuid": f"port-{number}",
            "address": f"AA:{number}",
            "node_uuid": f"uuid-{number}",
            "physical_network": None if number else "leaf1",
            "local_link_connection": {"port_id": "1"} if number else None,
        }
        for number in range(1000)
    ]
    http.get(f"{IRONIC}/v1/nodes/", json={"nodes": nodes}, headers=JSON)
    http.get(f"{IRONIC}/v1/ports/", json={"ports": ports}, headers=JSON)

    found = ironic.nodes()

    assert [(node.name, node.ports) for node in found[:2]] == [
        ("n0", ("aa:0",)),
        ("n1", ("aa:1",)),
    ]
    assert len(found) == 1000
    assert [list(node.cards.values()) for node in found[:2]] == [
        [Port(id=PortId("port-0"), address="aa:0", physical_network="leaf1")],
        [Port(id=PortId("port-1"), address="aa:1", local_link={"port_id": "1"})],
    ]
    assert asked(http) == [("GET", "/v1/nodes/"), ("GET", "/v1/ports/")]
    fields = http.request_history[-1].qs["fields"]
    assert fields == ["uuid,address,node_uuid,physical_network,local_link_connection"]


def test_wiring_of_a_port_is_patched(http: Any, ironic: IronicBaremetal) -> None:
    http.patch(f"{IRONIC}/v1/ports/p1", json={"uuid": "p1"}, headers=JSON)

    ironic.update_port(PortId("p1"), {"/physical_network": "leaf1"})

    assert http.last_request.json() == [
        {"op": "add", "path": "/physical_network", "value": "leaf1"}
    ]


BOOT_DEVICE = f"{IRONIC}/v1/nodes/{NODE}/management/boot_device"


def test_a_bmc_is_tried_within_a_limit(http: Any, ironic: IronicBaremetal) -> None:
    http.get(BOOT_DEVICE, json={"boot_device": "pxe"}, headers=JSON)

    ironic.try_bmc(NODE)

    assert http.last_request.timeout == BMC_S


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            {
                "status_code": 500,
                "headers": JSON,
                "json": {"error_message": '{"faultstring": "returned code 401."}'},
            },
            f"cannot reach the BMC of node {NODE}: returned code 401",
        ),
        ({"exc": requests.ReadTimeout}, f"of node {NODE}: no answer in {BMC_S} s"),
        ({"exc": requests.ConnectionError}, "no answer from Ironic"),
    ],
    ids=["refused", "silent", "no Ironic"],
)
def test_a_bmc_that_is_not_reached_is_told(
    http: Any, ironic: IronicBaremetal, answer: dict[str, Any], expected: str
) -> None:
    http.get(BOOT_DEVICE, **answer)

    with pytest.raises(ServiceError, match=expected):
        ironic.try_bmc(NODE)


def test_a_change_of_driver_resets_the_interfaces(
    http: Any, ironic: IronicBaremetal
) -> None:
    http.patch(f"{IRONIC}/v1/nodes/{NODE}", json=a_node(0), headers=JSON)

    ironic.update(NODE, {"/driver": "redfish"})
    ironic.update(NODE, {"/name": "x"})

    first, second = http.request_history[1:]
    assert first.qs == {"reset_interfaces": ["true"]}
    assert second.qs == {}
