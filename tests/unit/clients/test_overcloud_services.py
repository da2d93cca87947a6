"""Taking a node out of an overcloud's lists, at the HTTP line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.clients.overclouds import ACCESS, Site, a_site
from tripleo_cli.clients.overcloud_services import REASON, LiveOvercloudServices
from tripleo_cli.errors import ConflictError, ServiceError

NODE = "oc-novacompute-1"


@pytest.fixture
def site() -> Iterator[Site]:
    with a_site() as found:
        yield found


def a_service(
    number: int, binary: str, host: str, status: str = "enabled", reason: str = ""
) -> Any:
    return {
        "id": f"s{number}",
        "binary": binary,
        "host": host,
        "status": status,
        "disabled_reason": reason or None,
    }


def list_services(site: Site, *services: Any) -> None:
    site.answer("GET", "compute", "/os-services", {"services": services})


def test_a_node_that_is_to_go_gets_no_new_servers(site: Site) -> None:
    list_services(
        site,
        a_service(1, "nova-compute", f"{NODE}.example"),
        a_service(2, "nova-compute", "oc-novacompute-10"),
        a_service(3, "nova-conductor", NODE),
    )
    site.answer("PUT", "compute", "/os-services/s1", {"service": {}})
    server = {"name": "web", "id": "id-1"}
    path = f"/servers/detail?all_tenants=1&host={NODE}.example"
    site.answer("GET", "compute", path, {"servers": [server]})

    servers = LiveOvercloudServices(ACCESS).retire(NODE)

    assert servers == ["web (id-1)"]
    ((method, _, body),) = site.asked
    assert (method, body["status"]) == ("PUT", "disabled")


def test_a_compute_that_is_disabled_is_left_as_it_is(site: Site) -> None:
    list_services(site, a_service(1, "nova-compute", NODE, "disabled"))
    site.answer("GET", "compute", "/servers/detail", {"servers": []})

    assert LiveOvercloudServices(ACCESS).retire(NODE) == []
    assert site.asked == []


@pytest.mark.parametrize(
    ("reason", "asked"), [(REASON, [{"status": "enabled"}]), ("bad memory", [])]
)
def test_a_node_that_stays_takes_servers_again(
    site: Site, reason: str, asked: list[Any]
) -> None:
    list_services(site, a_service(1, "nova-compute", NODE, "disabled", reason))
    site.answer("PUT", "compute", "/os-services/s1", {"service": {}})

    LiveOvercloudServices(ACCESS).reinstate(NODE)

    assert [body for _, _, body in site.asked] == asked


def test_a_node_that_is_gone_is_forgotten_everywhere(site: Site) -> None:
    agents = [
        {"id": "a1", "host": NODE, "binary": "neutron-linuxbridge-agent"},
        {"id": "a2", "host": "oc-controller-0", "binary": "neutron-l3-agent"},
    ]
    site.answer("GET", "network", "/v2.0/agents", {"agents": agents})
    site.answer("DELETE", "network", "/v2.0/agents/a1", status=204)
    list_services(site, a_service(1, "nova-compute", NODE))
    site.answer("DELETE", "compute", "/os-services/s1", status=204)
    providers = [{"uuid": "p1", "name": NODE}, {"uuid": "p2", "name": "other"}]
    listed = {"resource_providers": providers}
    site.answer("GET", "placement", "/resource_providers", listed)
    # Nova was faster.
    site.answer("DELETE", "placement", "/resource_providers/p1", status=404)

    gone = LiveOvercloudServices(ACCESS).forget(NODE)

    assert gone == [
        "neutron-linuxbridge-agent of Neutron",
        "nova-compute of Nova",
        "its provider in Placement",
    ]
    assert [path for _, path, _ in site.asked] == [
        "/v2.0/agents/a1",
        "/v2.1/os-services/s1",
        "/resource_providers/p1",
    ]


def test_services_are_known_by_uuids(site: Site) -> None:
    list_services(site)

    LiveOvercloudServices(ACCESS).retire(NODE)

    assert site.last.headers["OpenStack-API-Version"] == "compute 2.53"


def test_a_node_with_servers_is_not_forgotten(site: Site) -> None:
    site.answer("GET", "network", "/v2.0/agents", {"agents": []})
    list_services(site, a_service(1, "nova-compute", NODE))
    site.answer("DELETE", "compute", "/os-services/s1", {}, status=409)

    with pytest.raises(ConflictError):
        LiveOvercloudServices(ACCESS).forget(NODE)


def test_an_overcloud_without_nova_says_so() -> None:
    with (
        a_site("compute"),
        pytest.raises(ServiceError, match="has no compute service"),
    ):
        LiveOvercloudServices(ACCESS).retire(NODE)
