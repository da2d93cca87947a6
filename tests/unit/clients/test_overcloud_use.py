"""Using an overcloud as its users do, at the HTTP line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.unit.clients.overclouds import ACCESS, Site, a_site
from tripleo_cli.clients.overcloud_use import LiveOvercloudUse
from tripleo_cli.domain.overcloud.trial import Thing, ThingState
from tripleo_cli.errors import ServiceError


@pytest.fixture
def site() -> Iterator[Site]:
    with a_site() as found:
        yield found


@pytest.fixture
def use(site: Site) -> LiveOvercloudUse:
    assert site.asked == []
    return LiveOvercloudUse(ACCESS)


def test_only_computes_that_take_servers_count(
    site: Site, use: LiveOvercloudUse
) -> None:
    def a_service(host: str, **changes: str) -> dict[str, str]:
        good = {"binary": "nova-compute", "state": "up", "status": "enabled"}
        return {"host": host, **good, **changes}

    services = [
        a_service("c-0"),
        a_service("c-1", state="down"),
        a_service("c-2", status="disabled"),
        a_service("c-3", binary="nova-conductor"),
    ]
    site.answer("GET", "compute", "/os-services", {"services": services})

    assert use.computes() == ["c-0"]


def test_the_catalogue_tells_what_there_is() -> None:
    with a_site("compute"):
        use = LiveOvercloudUse(ACCESS)

        assert use.has("network")
        assert not use.has("compute")


def test_what_is_in_another_region_only_is_not_there(site: Site) -> None:
    """The site has it in two, of which this is none."""
    use = LiveOvercloudUse(replace(ACCESS, region="east"))

    assert site.sign_ins == 0
    assert not use.has("compute")
    with pytest.raises(ServiceError, match='no compute service in region "east"'):
        use.computes()


def test_glance_takes_fields_as_they_are_and_others_under_a_name(
    site: Site, use: LiveOvercloudUse
) -> None:
    site.answer("POST", "image", "/v2/images", {"id": "i1"}, status=201)
    network = {"network": {"id": "n1"}}
    site.answer("POST", "network", "/v2.0/networks", network, status=201)

    assert use.make(Thing.IMAGE, {"name": "x"}) == "i1"
    assert use.make(Thing.NETWORK, {"name": "x"}) == "n1"

    bodies = [body for _, _, body in site.asked]
    assert bodies == [{"name": "x"}, {"network": {"name": "x"}}]


def test_a_thing_of_a_longer_name_is_another_thing(
    site: Site, use: LiveOvercloudUse
) -> None:
    servers = [{"id": "1", "name": "try"}, {"id": "2", "name": "try-2"}]
    site.answer("GET", "compute", "/servers", {"servers": servers})

    assert use.named(Thing.SERVER, "try") == ["1"]
    assert use.beginning(Thing.SERVER, "try") == {"1": "try", "2": "try-2"}


def test_private_flavors_are_found_and_nameless_images_do_not_matter(
    site: Site, use: LiveOvercloudUse
) -> None:
    flavors = {"flavors": [{"id": "1", "name": "try"}]}
    site.answer("GET", "compute", "/flavors?is_public=None", flavors)
    first = {"images": [{"id": "1", "name": None}], "next": "/v2/images?marker=1"}
    site.answer("GET", "image", "/v2/images", first)
    more = {"images": [{"id": "2", "name": "try"}]}
    site.answer("GET", "image", "/v2/images?marker=1", more)

    assert use.beginning(Thing.FLAVOR, "try") == {"1": "try"}
    assert use.beginning(Thing.IMAGE, "try") == {"2": "try"}


def test_how_things_stand(site: Site, use: LiveOvercloudUse) -> None:
    broken = {"status": "ERROR", "fault": {"message": "No valid host"}}
    site.answer("GET", "compute", "/servers/x", {"server": broken})
    site.answer("GET", "image", "/v2/images/x", {"status": "queued"})
    site.answer("GET", "network", "/v2.0/subnets/x", {"subnet": {"id": "x"}})

    server = ThingState(status="ERROR", reason="No valid host")
    assert use.state(Thing.SERVER, "x") == server
    assert use.state(Thing.IMAGE, "x") == ThingState(status="queued")
    # Subnets are there, and that is all.
    assert use.state(Thing.SUBNET, "x") == ThingState(status="ACTIVE")


def test_what_is_gone_has_no_state_and_need_not_be_removed(
    site: Site, use: LiveOvercloudUse
) -> None:
    site.answer("GET", "compute", "/servers/x", {}, status=404)
    site.answer("DELETE", "compute", "/servers/x", {}, status=404)

    assert use.state(Thing.SERVER, "x") == ThingState()
    use.remove(Thing.SERVER, "x")


def test_a_router_lets_its_subnets_go_first(site: Site, use: LiveOvercloudUse) -> None:
    ports = {"ports": [{"id": "p1", "status": "ACTIVE"}]}
    site.answer("GET", "network", "/v2.0/ports", ports)
    path = "/v2.0/routers/r1"
    site.answer("PUT", "network", f"{path}/remove_router_interface", {})
    site.answer("DELETE", "network", path, status=204)

    use.remove(Thing.ROUTER, "r1")

    assert [asked[0] for asked in site.asked] == ["PUT", "DELETE"]
    assert site.asked[0][2] == {"port_id": "p1"}


def test_an_image_is_sent_as_it_is(site: Site, use: LiveOvercloudUse) -> None:
    site.answer("PUT", "image", "/v2/images/i1/file", status=204)

    use.upload("i1", b"\x00\x01")

    assert site.last.headers["Content-Type"] == "application/octet-stream"
    assert site.last.body == b"\x00\x01"


def test_what_a_service_says_of_a_thing(site: Site, use: LiveOvercloudUse) -> None:
    flavor = {"id": "f1", "name": "small", "ram": 512}
    site.answer("GET", "compute", "/flavors/f1", {"flavor": flavor})
    site.answer("GET", "image", "/v2/images/i1", {"id": "i1", "name": "x"})
    site.answer("GET", "network", "/v2.0/networks/n1", {}, status=404)

    assert use.record(Thing.FLAVOR, "f1") == flavor
    assert use.record(Thing.IMAGE, "i1") == {"id": "i1", "name": "x"}
    assert use.record(Thing.NETWORK, "n1") == {}


def test_a_console_is_read(site: Site, use: LiveOvercloudUse) -> None:
    site.answer("POST", "compute", "/servers/s1/action", {"output": "it booted"})

    assert use.console("s1") == "it booted"
