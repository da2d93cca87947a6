"""What is asked of Ironic over HTTP, and how often."""

from __future__ import annotations

from typing import Any

import pytest
import requests_mock
from keystoneauth1 import session as keystone
from keystoneauth1.token_endpoint import Token

from tripleo_cli.clients.baremetal import IronicBaremetal, connect
from tripleo_cli.domain.node import NodeId

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
        {"address": f"AA:{number}", "node_uuid": f"uuid-{number}"}
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
    assert asked(http) == [("GET", "/v1/nodes/"), ("GET", "/v1/ports/")]


def test_a_change_of_driver_resets_the_interfaces(
    http: Any, ironic: IronicBaremetal
) -> None:
    http.patch(f"{IRONIC}/v1/nodes/{NODE}", json=a_node(0), headers=JSON)

    ironic.update(NODE, {"/driver": "redfish"})
    ironic.update(NODE, {"/name": "x"})

    first, second = http.request_history[1:]
    assert first.qs == {"reset_interfaces": ["true"]}
    assert second.qs == {}
