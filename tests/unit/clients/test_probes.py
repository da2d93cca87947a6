"""Questions to an overcloud from this machine, at the HTTP line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.clients.overclouds import ACCESS, Site, a_site
from tripleo_cli.clients.probes import LiveProbes
from tripleo_cli.domain.overcloud.probing import CallAnswer

LIMIT_S = 10.0


@pytest.fixture
def site() -> Iterator[Site]:
    with a_site() as found:
        yield found


def test_lists_share_one_token(site: Site) -> None:
    computes = {"hypervisors": [{"hypervisor_hostname": "c-0", "state": "up"}]}
    site.answer("GET", "compute", "/os-hypervisors", computes)
    site.answer("GET", "network", "/v2.0/networks", {"networks": []})
    probes = LiveProbes()

    found = probes.call(ACCESS, "hypervisors", LIMIT_S)
    probes.call(ACCESS, "network_list", LIMIT_S)

    assert found == CallAnswer(records=tuple(computes["hypervisors"]))
    assert site.sign_ins == 1


def test_whether_one_can_sign_in_is_tried_each_time(site: Site) -> None:
    probes = LiveProbes()

    answers = [probes.call(ACCESS, "token", LIMIT_S) for _ in range(2)]

    assert answers == [CallAnswer(), CallAnswer()]
    assert site.sign_ins == 2


def test_after_a_failure_one_signs_in_anew(site: Site) -> None:
    """The service may have come into the catalogue after the token was issued."""
    site.answer("GET", "image", "/v2/images", {}, status=503)
    probes = LiveProbes()

    failed = probes.call(ACCESS, "image_list", LIMIT_S)
    site.answer("GET", "image", "/v2/images", {"images": []})

    assert "503" in failed.failure
    assert probes.call(ACCESS, "image_list", LIMIT_S) == CallAnswer()
    assert site.sign_ins == 2
