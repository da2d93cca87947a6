"""Which checks are made from here, of whom, and what passes."""

from __future__ import annotations

from typing import Any

import pytest

from tripleo_cli.domain.overcloud.checks import (
    AROUND_S,
    AT_ONCE,
    Asked,
    deployer_checks,
    judge_listing,
    judge_page,
    patience,
    url_of,
)
from tripleo_cli.domain.overcloud.configuration import RoleConfiguration
from tripleo_cli.domain.overcloud.layout import DeployedNode, Layout
from tripleo_cli.domain.overcloud.outcome import Target
from tripleo_cli.domain.overcloud.probing import CallAnswer, HttpAnswer
from tripleo_cli.domain.overcloud.service import Check, CheckPlace, Listen, Service
from tripleo_cli.node import checks as program
from tripleo_cli.node.system import GRACE_S

HERE = CheckPlace.DEPLOYER


def a_check(kind: str = "http", target: str = "node", **values: Any) -> Check:
    return Check(name="it works", kind=kind, on=HERE, values=values, target=target)


def a_layout(*checks: Check, vip: str = "") -> Layout:
    api = Service(name="api", listen=(Listen(name="a", port=80),), checks={4: checks})
    return Layout(
        configurations={"C": RoleConfiguration(role="C", services=(api,))},
        nodes=tuple(
            DeployedNode(
                hostname=f"c-{number}",
                fqdn=f"c-{number}.example",
                role="C",
                index=number,
                address=f"192.0.2.{number}",
            )
            for number in (1, 2)
        ),
        vip=vip,
    )


def a_listing(call: str, host: str = "c-1", **expect: Any) -> Asked:
    check = a_check("openstack", call=call, expect=expect)
    target = Target(hostname=host, address="192.0.2.1")
    return Asked(service="api", check=check, target=target, members=("c-1", "c-2"))


def test_a_check_asks_every_node_of_its_service() -> None:
    asked = deployer_checks(a_layout(a_check(port=80)), 4)

    assert [one.target.hostname for one in asked] == ["c-1", "c-2"]


def test_a_check_of_the_host_asks_where_users_do() -> None:
    layout = a_layout(a_check(target="host", port=80), vip="192.0.2.200")

    (asked,) = deployer_checks(layout, 4)

    assert asked.target == Target(hostname="api", address="192.0.2.200")


def test_an_overcloud_is_asked_once() -> None:
    (asked,) = deployer_checks(a_layout(a_check("openstack", call="token")), 4)

    assert asked.target.hostname == "api"
    assert asked.members == ("c-1", "c-2")


def test_programs_that_each_node_has_are_checked_node_by_node() -> None:
    check = a_check("openstack", "host", call="x", expect={"binary": "nova-compute"})

    asked = deployer_checks(a_layout(check), 4)

    assert [one.target.hostname for one in asked] == ["c-1", "c-2"]


def test_other_steps_other_places_and_what_is_skipped_is_left_out() -> None:
    on_node = Check(name="on node", kind="tcp", values={"port": 1})
    layout = a_layout(a_check(port=80), on_node)

    assert not deployer_checks(layout, 3)
    assert not deployer_checks(layout, 4, skip=frozenset({"It Works"}))


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("192.0.2.1", "http://192.0.2.1:80/healthcheck"),
        ("2001:db8::1", "http://[2001:db8::1]:80/healthcheck"),
    ],
)
def test_a_page_is_asked_of_the_target(address: str, url: str) -> None:
    check = a_check(port=80, path="/healthcheck")
    target = Target(hostname="c-1", address=address)

    assert url_of(Asked(service="api", check=check, target=target)) == url


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (HttpAnswer(status=200, body="all OK"), ""),
        (HttpAnswer(status=300, body="OK"), ""),
        (HttpAnswer(status=503, body="no\n server"), "HTTP 503, wanted 200 or 300"),
        (HttpAnswer(status=200, body="DISABLED"), "'OK' is not in the answer"),
        (HttpAnswer(failure="connection refused"), "connection refused"),
    ],
)
def test_pages_are_judged_by_status_and_body(answer: HttpAnswer, why: str) -> None:
    verdict = judge_page(a_check(port=80, status=[200, 300], body="OK"), answer)

    assert verdict.startswith(why)
    assert bool(verdict) == bool(why)


def test_a_long_answer_is_not_quoted_whole() -> None:
    verdict = judge_page(a_check(port=80), HttpAnswer(status=500, body="x" * 5000))

    assert len(verdict) < 200


def services(*states: tuple[str, str, str]) -> CallAnswer:
    return CallAnswer(
        records=tuple(
            {"binary": binary, "host": host, "state": state}
            for binary, host, state in states
        )
    )


def test_each_node_must_have_its_program() -> None:
    asked = a_listing("compute_services", "c-1", binary="nova-compute")
    up = services(("nova-compute", "c-1.example", "up"))
    down = services(("nova-compute", "c-1", "down"))
    other = services(("nova-compute", "c-2", "up"), ("nova-conductor", "c-1", "up"))

    assert judge_listing(asked, up) == ""
    assert judge_listing(asked, down) == "nova-compute is down"
    assert judge_listing(asked, other) == "nova-compute of c-1 is not listed"


def test_programs_of_other_services_nodes_are_not_its_business() -> None:
    asked = a_listing("compute_services")
    fine = services(("nova-scheduler", "c-1", "up"), ("nova-compute", "x-9", "down"))
    bad = services(("nova-scheduler", "c-1", "up"), ("nova-conductor", "c-2", "down"))

    assert judge_listing(asked, fine) == ""
    assert judge_listing(asked, bad) == "down: nova-conductor on c-2"
    assert judge_listing(asked, services()) == "none is listed"


def test_an_agent_is_up_where_it_is_alive() -> None:
    asked = a_listing("network_agents", "c-1", binary="neutron-l3-agent")
    record = {"binary": "neutron-l3-agent", "host": "c-1", "alive": True}

    assert judge_listing(asked, CallAnswer(records=(record,))) == ""
    dead = CallAnswer(records=({**record, "alive": False},))
    assert judge_listing(asked, dead) == "neutron-l3-agent is down"


def test_a_compute_is_a_place_for_servers_when_it_is_in_a_cell_and_up() -> None:
    asked = a_listing("hypervisors", "c-1")

    def verdict(*records: dict[str, str]) -> str:
        return judge_listing(asked, CallAnswer(records=records))

    there = {"hypervisor_hostname": "C-1.example", "state": "up"}
    assert verdict(there) == ""
    assert verdict({**there, "state": "down"}) == "c-1 is down"
    other = {**there, "hypervisor_hostname": "c-2"}
    assert verdict(other) == "c-1 is in no cell of Nova's yet"


def test_names_that_are_expected_must_be_listed() -> None:
    asked = a_listing("image_list", names=["cirros", "other"])

    verdict = judge_listing(asked, CallAnswer(records=({"name": "cirros"},)))

    assert verdict == "not listed: other"
    assert judge_listing(asked, CallAnswer(failure="HTTP 500")) == "HTTP 500"


@pytest.mark.parametrize(
    ("limits", "within_s", "least"),
    [
        ([], None, 0),
        ([1200], None, 1200),
        ([30, 1200, 1200], 20, 20),
        # Six at a time: two rounds, and one more that has begun late.
        ([600] * 13, None, 1800),
    ],
)
def test_a_node_may_take_as_long_as_all_its_checks(
    limits: list[float], within_s: float | None, least: float
) -> None:
    made = [{"name": "it works", "timeout_s": one} for one in limits]

    found = patience(made, within_s)

    assert least <= found <= 2 * (least + AROUND_S * len(limits))


def test_nodes_make_as_many_checks_at_a_time_as_is_counted_with() -> None:
    assert program.AT_ONCE == AT_ONCE
    # The last attempt and then journalctl may hang, and are killed.
    assert AROUND_S >= 1 + GRACE_S + 10 + GRACE_S
