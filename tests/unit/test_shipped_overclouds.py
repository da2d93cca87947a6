"""Overclouds of the shipped roles and services, in other forms than the usual one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from tests.unit.domain.overcloud.examples import a_deployed_node
from tripleo_cli.domain.overcloud.access import access_of
from tripleo_cli.domain.overcloud.bundle import Bundle
from tripleo_cli.domain.overcloud.catalog import Endpoint, catalogue_of
from tripleo_cli.domain.overcloud.checks import deployer_checks
from tripleo_cli.domain.overcloud.configuration import role_configurations
from tripleo_cli.domain.overcloud.interpolation import dig, resolve
from tripleo_cli.domain.overcloud.layers import Layers
from tripleo_cli.domain.overcloud.layout import Layout
from tripleo_cli.domain.overcloud.passwords import passwords_in, with_passwords
from tripleo_cli.domain.overcloud.service import STEPS, CheckPlace, Service
from tripleo_cli.domain.overcloud.steps import TOLERATED_TAG
from tripleo_cli.inputs.roles import load_roles
from tripleo_cli.inputs.services import FOLDER, load_services
from tripleo_cli.rendering.bundles import make_bundles
from tripleo_cli.resources import shipped

SHIPPED = Path(str(shipped("templates"))) / FOLDER
SERVICES = load_services([SHIPPED])
SERVICE_FILES = sorted(SHIPPED.glob("*.yaml"))
ROLES = load_roles([shipped("roles")])
EXAMPLES = Path(__file__).parents[2] / "docs" / "example-services"
CONFIGURED = ("Controller", "Compute", "Standalone", "Database", "Keystone")
CONTROLLER = ROLES["Controller"].services
VIP = "10.0.0.250"
PASSWORDS = passwords_in(
    with_passwords({}, SERVICES.values(), {}, lambda kind: f"a-{kind.value}")
)


def a_layout(
    roles: Mapping[str, Sequence[str]],
    vip: str = VIP,
    services: Mapping[str, Service] = SERVICES,
    parameters: Mapping[str, str] = MappingProxyType({}),
) -> Layout:
    """Lay out one node per role, in the order of the roles."""
    given = {role: tuple(names) for role, names in roles.items()}
    return Layout(
        configurations=role_configurations(given, services, parameters),
        nodes=tuple(a_deployed_node(role, 0) for role in roles),
        vip=vip,
    )


def bundles_of(layout: Layout) -> dict[str, Bundle]:
    """Make the bundles of an overcloud with one node per role, by role."""
    return {one.role: one for one in make_bundles(layout, PASSWORDS)}


def apart() -> dict[str, Sequence[str]]:
    """Take databases and identity from the controller."""
    moved = {name: ROLES[name].services for name in ("Database", "Keystone")}
    away = {*chain.from_iterable(moved.values())} - {"base"}
    rest = [name for name in CONTROLLER if name not in away]
    # The node that is first in the plan is none of those that do things once.
    return {"Compute": ROLES["Compute"].services, "Controller": rest, **moved}


def told_of(bundle: Bundle) -> dict[str, Any]:
    """Give the values that puppet finds on a node, by key."""
    values = Layers(by_layer=bundle.hiera).values()
    return {
        key: resolve(value, lambda name: dig(name, values))
        for key, value in values.items()
    }


def text_of(bundle: Bundle) -> str:
    return "".join(step.manifest for step in bundle.steps.values())


def with_company(service: str) -> tuple[set[str], set[str]]:
    """Say what has to move with a service, and what stays behind of that as well."""
    moved, size = {service}, 0
    while size < len(moved):
        size = len(moved)
        moved |= {name for name in CONTROLLER if moved & {*SERVICES[name].beside}}
    company = {one for name in moved for one in SERVICES[name].beside}
    return moved | company, moved


@pytest.mark.parametrize("role", CONFIGURED)
def test_a_role_runs_services_that_there_are(role: str) -> None:
    services = ROLES[role].services

    assert set(services) <= SERVICES.keys()
    assert services[0] == "base"
    assert len(set(services)) == len(services)


@pytest.mark.parametrize(
    "roles", [("Controller", "Compute"), ("Standalone",)], ids="+".join
)
def test_together_roles_run_all_that_their_services_need(
    roles: tuple[str, ...],
) -> None:
    running = set(chain.from_iterable(ROLES[role].services for role in roles))

    assert {need for one in running for need in SERVICES[one].needs} <= running


def test_a_whole_overcloud_fits_on_one_node() -> None:
    roles = {"Standalone": ROLES["Standalone"].services}
    layout = a_layout(roles, vip="")
    one = bundles_of(layout)["Standalone"]

    assert set(one.steps) == {1, 2, 3, 4, 5}
    assert one.hiera["network"]["keystone_url"] == f"http://{one.address}:5000"
    assert access_of(layout, PASSWORDS).auth_url == f"http://{one.address}:5000"
    asked = {
        asked.target.address
        for step in STEPS
        for asked in deployer_checks(layout, step)
    }
    assert asked == {one.address}


@pytest.mark.parametrize("service", [*CONTROLLER[1:]])
def test_a_service_can_move_to_a_role_of_its_own(service: str) -> None:
    moved, away = with_company(service)
    rest = [name for name in CONTROLLER if name not in away]

    layout = a_layout({"Controller": rest, "Own": ["base", *sorted(moved)]})
    made = bundles_of(layout)

    assert set(made) == {"Controller", "Own"}
    manifests = (step.manifest for step in made["Controller"].steps.values())
    assert not any(f"# {service}\n" in text for text in manifests)


def test_services_ask_a_database_of_its_own_role_for_their_tables() -> None:
    made = bundles_of(a_layout(apart()))

    network = made["Controller"].hiera["network"]
    assert network["mysql_host"] == made["Database"].address
    assert made["Keystone"].hiera["network"]["mysql_host"] == network["mysql_host"]
    assert "databases" not in network
    assert {one["name"] for one in made["Database"].hiera["network"]["databases"]} >= {
        "keystone",
        "glance",
    }


@pytest.mark.parametrize("role", CONFIGURED)
def test_a_role_that_may_fail_serves_nobody_else(role: str) -> None:
    if TOLERATED_TAG in ROLES[role].tags:
        assert not [name for name in ROLES[role].services if SERVICES[name].listen]


def test_what_is_done_once_is_done_where_its_service_runs() -> None:
    made = bundles_of(a_layout(apart()))

    assert "exec { 'databases'" in made["Database"].steps[2].manifest
    assert "keystone-manage bootstrap" in made["Keystone"].steps[3].manifest
    for name in ("heat", "neutron", "nova", "placement"):
        line = f"make the tables of {name}"
        assert [role for role in made if line in text_of(made[role])] == ["Controller"]


def test_users_find_a_keystone_of_its_own_role_at_the_virtual_address() -> None:
    layout = a_layout(apart())
    made = bundles_of(layout)

    keystone = made["Keystone"].address
    balanced = {
        one["name"]: [server["ip"] for server in one["servers"]]
        for one in made["Controller"].hiera["network"]["listens"]
    }
    assert balanced["keystone"] == [keystone]
    assert balanced["glance_api"] == [made["Controller"].address]
    assert access_of(layout, PASSWORDS).auth_url == f"http://{VIP}:5000"
    asked = {one.target.address for one in deployer_checks(layout, 3)}
    assert asked == {keystone, VIP}


def test_without_a_balancer_each_service_is_found_on_its_own_node() -> None:
    without = {"haproxy", "keepalived"}
    roles = {role: [n for n in s if n not in without] for role, s in apart().items()}
    layout = a_layout(roles, vip="")
    made = bundles_of(layout)

    items = catalogue_of(layout, PASSWORDS).items
    urls = {one.service: one.url for one in items if isinstance(one, Endpoint)}
    assert urls["keystone"] == f"http://{made['Keystone'].address}:5000/v3"
    assert urls["glance"] == f"http://{made['Controller'].address}:9292"
    assert access_of(layout, PASSWORDS).auth_url in urls["keystone"]


def test_a_node_of_one_service_holds_the_passwords_of_that_service() -> None:
    made = bundles_of(a_layout(apart()))

    theirs = set(made["Keystone"].hiera["passwords"])
    assert {name for name in theirs if "Keystone" not in name} == {"AdminPassword"}
    assert "AdminPassword" not in made["Database"].hiera["passwords"]
    assert "AdminPassword" not in made["Controller"].hiera["passwords"]


def test_a_compute_is_told_no_password_of_the_control_plane() -> None:
    roles = {role: ROLES[role].services for role in ("Controller", "Compute")}
    made = bundles_of(a_layout(roles))

    theirs = set(made["Compute"].hiera["passwords"])
    assert not theirs & {"AdminPassword", "KeystonePassword", "GlancePassword"}
    assert "RabbitCookie" not in theirs


REGION_KEYS = {
    "Controller": {
        "glance::api::authtoken::region_name",
        "heat::keystone::authtoken::region_name",
        "heat::region_name",
        "neutron::keystone::authtoken::region_name",
        "neutron::server::notifications::nova::region_name",
        "nova::keystone::authtoken::region_name",
        "nova::network::neutron::region_name",
        "nova::placement::region_name",
        "placement::keystone::authtoken::region_name",
    },
    "Compute": {"nova::network::neutron::region_name", "nova::placement::region_name"},
}


@pytest.mark.parametrize("role", REGION_KEYS)
def test_all_services_of_a_role_look_for_others_in_the_region_asked_for(
    role: str,
) -> None:
    roles = {name: ROLES[name].services for name in REGION_KEYS}
    layout = a_layout(roles, parameters={"KeystoneRegion": "east"})

    told = told_of(bundles_of(layout)[role])

    found = {key: told[key] for key in told if key.endswith("::region_name")}
    assert found == dict.fromkeys(REGION_KEYS[role], "east")
    glance = {"glance/region_name": {"value": "east"}}
    assert told["nova::config::nova_config"] == glance
    items = catalogue_of(layout, PASSWORDS).items
    assert {one.region for one in items if isinstance(one, Endpoint)} == {"east"}
    assert access_of(layout, PASSWORDS).region == "east"


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda one: one.name)
def test_whoever_is_told_where_keystone_is_is_told_the_region(service: Service) -> None:
    """Puppet's classes, left alone, have none, or one of their own."""
    users = {key[: -len("auth_url")] for key in service.hiera if "::auth_url" in key}

    region = "%{lookup('KeystoneRegion')}"
    assert {service.hiera.get(f"{user}region_name") for user in users} <= {region}


@pytest.mark.parametrize("path", SERVICE_FILES, ids=lambda path: path.stem)
def test_no_service_file_has_a_region_of_its_own(path: Path) -> None:
    default = "KeystoneRegion: {default: RegionOne,"

    assert "RegionOne" not in path.read_text().replace(default, "")


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda one: one.name)
def test_a_service_names_packages_and_is_checked(service: Service) -> None:
    assert service.packages
    assert service.checks
    assert set(service.checks) & set(service.steps)


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda one: one.name)
def test_an_image_of_one_service_has_what_puppet_installs_for_its_database(
    service: Service,
) -> None:
    """Puppet's classes of a database want the client of MySQL, whatever the driver."""
    connects = any(key.endswith("::database_connection") for key in service.hiera)

    wanted = {"python3-mysqldb", "python3-pymysql"} if connects else set()
    assert wanted <= {*service.packages}


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda one: one.name)
def test_what_listens_on_the_vip_is_asked_from_outside(service: Service) -> None:
    asked = {
        check.values["port"]
        for check in chain.from_iterable(service.checks.values())
        if check.on is CheckPlace.DEPLOYER and "port" in check.values
    }

    assert {listen.port for listen in service.listen} <= asked


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda one: one.name)
def test_nothing_is_registered_or_made_by_puppets_slow_types(service: Service) -> None:
    slow = re.compile(
        r"\b(keystone_(?!config|url|ip)\w+|mysql_\w+|rabbitmq_\w+) *\{ *'"
    )
    for work in service.steps.values():
        text = work.manifest + work.bootstrap_manifest
        assert not slow.search(text)
        classes = (*work.classes, *work.bootstrap_classes)
        assert not [
            one for one in classes if re.search(r"::keystone::auth$|::db::mysql", one)
        ]


def test_the_documentations_example_needs_no_line_elsewhere() -> None:
    services = load_services([SHIPPED, EXAMPLES])

    roles = {"Controller": [*CONTROLLER, "status-page"]}
    controller = bundles_of(a_layout(roles, services=services))["Controller"]

    ports = [one["port"] for one in controller.hiera["network"]["listens"]]
    assert 8099 in ports
    assert "# status-page\n" in controller.steps[4].manifest
    named = [check["name"] for check in controller.steps[4].checks]
    assert "the page is served" in named
