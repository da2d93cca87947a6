"""Flavors and networks that are asked for: made once, and left alone after that."""

from __future__ import annotations

import pytest

from tests.fakes.overcloud import FakeOvercloudUse
from tests.unit.workflows.overclouds import OvercloudWorld
from tripleo_cli.domain.events import Event, Finished, Noted, Skipped
from tripleo_cli.domain.overcloud.offer import Offered, offer_of
from tripleo_cli.domain.overcloud.trial import Thing
from tripleo_cli.errors import ServiceError, StepFailedError
from tripleo_cli.workflows.offer import TASK, ensure_offer

ASKED = offer_of(
    {
        "NovaFlavors": {"small": {"vcpus": 1, "ram": 512, "disk": 0}},
        "NeutronNetworks": {
            "left": {"subnets": {"one": {"cidr": "192.0.2.0/25"}}},
            "right": {"subnets": {"one": {"cidr": "192.0.2.128/25"}}},
        },
    }
)


def offered(use: FakeOvercloudUse, offer: tuple[Offered, ...] = ASKED) -> list[Event]:
    events: list[Event] = []
    ensure_offer(use, offer, events.append)
    return events


def test_what_is_asked_for_is_made_and_a_subnet_in_its_network() -> None:
    use = FakeOvercloudUse()

    events = offered(use)

    left, right = use.there[Thing.NETWORK]
    subnets = [use.records[one] for one in use.there[Thing.SUBNET]]
    assert [one["network_id"] for one in subnets] == [left, right]
    assert {one["name"] for one in subnets} == {"one"}
    [flavor] = use.there[Thing.FLAVOR]
    assert use.records[flavor] == {"name": "small", "vcpus": 1, "ram": 512, "disk": 0}
    assert Finished(TASK, "", "5 made") in events


def test_asked_again_nothing_is_made() -> None:
    use = FakeOvercloudUse()
    offered(use)
    before = sorted(use.left)

    assert Skipped(TASK, "", "all are there") in offered(use)
    assert sorted(use.left) == before


def test_what_was_changed_stays_and_is_told_of() -> None:
    use = FakeOvercloudUse()
    offered(use)
    [flavor] = use.there[Thing.FLAVOR]
    use.records[flavor]["ram"] = 1024

    notes = [one.text for one in offered(use) if isinstance(one, Noted)]

    assert notes == [
        "flavor small is there, and stays as it is: ram 1024, not 512",
    ]


def test_what_a_service_refuses_is_named_and_the_next_run_goes_on() -> None:
    use = FakeOvercloudUse()
    use.faults["make subnet"] = ServiceError("Neutron: no such physical network")

    with pytest.raises(StepFailedError, match="subnet one: Neutron: no such") as told:
        offered(use)

    assert "run the same" in str(told.value.hint)
    use.faults.clear()
    offered(use)
    assert len(use.left) == 5


def test_nothing_is_asked_of_an_overcloud_without_an_offer() -> None:
    assert offered(FakeOvercloudUse(), ()) == []


def test_users_find_it_when_all_steps_are_done() -> None:
    world = OvercloudWorld(offer=ASKED)
    world.nodes.failing["oc-controller-0", 5] = "no"

    with pytest.raises(StepFailedError):
        world.configure()
    assert world.use.left == []

    world.nodes.failing.clear()
    world.configure()
    assert len(world.use.left) == 5


@pytest.mark.parametrize(
    "choice", [{"step": 5}, {"limit": {"oc-controller-0"}}, {"is_check": True}]
)
def test_who_leaves_something_out_leaves_the_offer_out(
    choice: dict[str, object],
) -> None:
    world = OvercloudWorld(offer=ASKED)

    world.configure(**choice)

    assert world.use.left == []
