"""What the shipped services of Nova, Neutron, Heat and Placement promise."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.unit.domain.overcloud.examples import a_deployed_node
from tripleo_cli.domain.overcloud.bundle import Bundle
from tripleo_cli.domain.overcloud.configuration import role_configurations
from tripleo_cli.domain.overcloud.layout import Layout
from tripleo_cli.domain.overcloud.passwords import passwords_in, with_passwords
from tripleo_cli.domain.overcloud.service import Service, StepWork
from tripleo_cli.inputs.roles import load_roles
from tripleo_cli.inputs.services import FOLDER, load_services
from tripleo_cli.rendering.bundles import make_bundles
from tripleo_cli.resources import shipped

SERVICES = load_services([Path(str(shipped("templates"))) / FOLDER])
ROLES = load_roles([shipped("roles")])
PROJECTS = ("heat", "neutron", "nova", "placement")
OURS = sorted(name for name in SERVICES if name.startswith(PROJECTS))


def bundles(moved: str = "") -> dict[str, Bundle]:
    """Make those of a controller and a compute; ``moved`` runs on the compute."""
    names = ("Controller", "Compute")
    roles = {name: list(ROLES[name].services) for name in names}
    if moved:
        roles["Controller"].remove(moved)
        roles["Compute"].append(moved)
    layout = Layout(
        configurations=role_configurations(roles, SERVICES, {}),
        nodes=tuple(a_deployed_node(role, 0) for role in roles),
        vip="10.0.0.250",
    )
    kept = with_passwords({}, SERVICES.values(), {}, lambda kind: f"a-{kind.value}")
    made = make_bundles(layout, passwords_in(kept))
    return {bundle.role: bundle for bundle in made}


def code_of(service: Service) -> str:
    works = service.steps.values()
    parts = [[*one.classes, *one.bootstrap_classes, one.manifest] for one in works]
    return "\n".join([line for part in parts for line in part])


def test_a_compute_holds_no_password_but_its_own_and_the_brokers() -> None:
    compute = bundles()["Compute"]

    assert set(compute.hiera["passwords"]) == {"NovaPassword", "RabbitPassword"}


def test_a_compute_is_told_of_no_database() -> None:
    compute = bundles()["Compute"]

    assert "mysql+pymysql" not in json.dumps(compute.hiera)


def test_a_conductor_on_another_node_is_told_of_the_databases_there() -> None:
    moved = bundles(moved="nova-conductor")

    assert "nova::db::database_connection" in moved["Compute"].hiera["service_configs"]
    assert "include nova::conductor" in moved["Compute"].steps[4].manifest
    assert "include nova::conductor" not in moved["Controller"].steps[4].manifest


@pytest.mark.parametrize("name", OURS)
def test_what_keystone_knows_is_not_puppets_work(name: str) -> None:
    """The types of puppet start a client for every question."""
    assert not re.search(
        r"keystone_[a-z]+ ?\{|keystone::auth\b", code_of(SERVICES[name])
    )


@pytest.mark.parametrize("name", OURS)
def test_a_class_is_in_one_step_only(name: str) -> None:
    """In a second one, a change is old news, and restarts nothing."""
    works = SERVICES[name].steps.values()
    listed = [cls for one in works for cls in (*one.classes, *one.bootstrap_classes)]

    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("name", OURS)
def test_every_service_says_how_one_sees_that_it_works(name: str) -> None:
    checks = [one for listed in SERVICES[name].checks.values() for one in listed]

    assert "systemd" in {one.kind for one in checks}


def test_tables_are_made_by_one_node_and_before_anything_uses_them() -> None:
    makers = {
        name
        for name in OURS
        if "make the tables"
        in SERVICES[name].steps.get(3, StepWork()).bootstrap_manifest
    }

    assert makers == {"heat-engine", "neutron-api", "nova-api", "placement-api"}
