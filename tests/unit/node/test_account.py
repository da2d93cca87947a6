from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fakes.node_machine import FakeMachine
from tests.unit.node.bundles import a_bundle, a_step
from tripleo_cli.node import bundle as bundles
from tripleo_cli.node import store
from tripleo_cli.node.account import account
from tripleo_cli.node.bundle import Bundle

MANIFEST = """\
# Step 2
# mysql
include mysql::server
# nova-api
include nova
include nova::api
"""
CHECKS = [
    {"name": "it runs", "service": "mysql", "systemd": {"unit": "mariadb"}},
    {"name": "it listens", "service": "mysql", "tcp": {"port": 3306}},
    {"name": "it runs", "service": "nova-api", "systemd": {"unit": "nova-api"}},
]


@pytest.fixture
def machine(tmp_path: Path) -> FakeMachine:
    machine = FakeMachine(root=tmp_path)
    machine.journal["mariadb"] = "out of memory"
    managed = [
        {"resource": "Service[mysqld]", "module": "mysql", "place": "/m.pp:7"},
        {"resource": "Service[nova-api]", "module": "nova", "place": "/n.pp:1"},
        {"resource": "Service[nova-scheduler]", "module": "nova", "place": "/n.pp:1"},
    ]
    store.remember(machine.layout, 2, {"state": "applied", "managed": managed})
    # What an earlier version remembered.
    store.remember(machine.layout, 3, {"state": "applied"})
    return machine


def a_node() -> Bundle:
    told = a_bundle({"2": a_step(MANIFEST, "h", *CHECKS), "3": a_step("# Step 3\n")})
    return bundles.parse(json.dumps(told), Path("bundle"))


def test_a_unit_is_found_by_the_services_own_check(machine: FakeMachine) -> None:
    told = account(machine.site, a_node(), "nova-api")

    assert told["unit"] == "nova-api"
    assert told["resource"] == "Service[nova-api] (/n.pp:1)"


def test_a_module_may_call_its_unit_as_it_likes(machine: FakeMachine) -> None:
    assert account(machine.site, a_node(), "mysql") == {
        "unit": "mariadb",
        "log": ["out of memory"],
        "resource": "Service[mysqld] (/m.pp:7)",
    }


def test_where_it_could_be_several_none_is_named(machine: FakeMachine) -> None:
    told = account(machine.site, a_node(), "nova-api", "nova-novncproxy")

    assert (told["unit"], told["resource"]) == ("nova-novncproxy", "")


def test_of_a_service_without_a_unit_nothing_is_told(machine: FakeMachine) -> None:
    nothing = {"unit": "", "log": [], "resource": ""}

    assert account(machine.site, a_node(), "keystone") == nothing
