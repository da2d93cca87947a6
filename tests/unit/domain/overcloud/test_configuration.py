"""What nodes of a role are told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.domain.overcloud.examples import (
    GLANCE,
    KEYSTONE,
    MYSQL,
    ROLES,
    SERVICES,
)
from tripleo_cli.domain.overcloud.configuration import (
    configuration_from_dict,
    configuration_to_dict,
    role_configurations,
)
from tripleo_cli.domain.overcloud.parameters import parameter_notes
from tripleo_cli.domain.overcloud.service import Keystone
from tripleo_cli.errors import InvalidInputError


def problems_of(**changed: Any) -> list[str]:
    given = {"roles": ROLES, "services": SERVICES, "parameters": {}, **changed}
    with pytest.raises(InvalidInputError) as caught:
        role_configurations(**given)
    return [f"{problem.where}: {problem.what}" for problem in caught.value.problems]


def test_a_configuration_survives_json() -> None:
    made = role_configurations(
        ROLES, SERVICES, {"GlanceWorkers": 3, "ExtraConfig": {"a::b": 1}}
    )

    for one in made.values():
        text = json.dumps(configuration_to_dict(one), sort_keys=True)
        assert configuration_from_dict(json.loads(text)) == one


@pytest.mark.parametrize("data", [{}, {"format": 2}, {"format": 1, "role": "x"}])
def test_what_is_no_configuration_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"format|missing"):
        configuration_from_dict(data)


def test_parameters_are_those_of_the_roles_services() -> None:
    made = role_configurations(ROLES, SERVICES, {"GlanceWorkers": 4, "Other": 1})

    assert made["Compute"].parameters == {}
    assert made["Controller"].parameters == {
        "GlancePort": 9292,
        "GlanceWorkers": 4,
        "MysqlMaxConnections": 1024,
    }


def test_a_roles_own_extra_config_wins() -> None:
    made = role_configurations(
        ROLES,
        SERVICES,
        {
            "ExtraConfig": {"a::x": 1, "a::y": 1},
            "ControllerExtraConfig": {"a::y": 2},
        },
    )

    assert made["Controller"].extra == {"a::x": 1, "a::y": 2}
    assert made["Compute"].extra == {"a::x": 1, "a::y": 1}


def test_everything_wrong_is_said_at_once() -> None:
    found = problems_of(
        roles={"Controller": ("mysql", "keystoned"), "Compute": ("nova-compute",)},
        parameters={
            "MysqlMaxConnections": "many",
            "ExtraConfig": ["a"],
            "NovaPassword": "with a space",
        },
    )

    assert found == [
        'Controller: there is no service file for "keystoned"',
        'Compute: nova-compute needs "keystone", which no role with nodes runs',
        "ExtraConfig: must be a mapping of keys of hiera to values",
        "parameter_defaults.MysqlMaxConnections: must be a whole number, not 'many'",
        "parameter_defaults.NovaPassword: must be letters, digits and . _ ~ = - only",
    ]


def test_a_service_without_what_must_be_beside_it_is_refused() -> None:
    keystone = replace(KEYSTONE, beside=("mysql",))

    found = problems_of(
        roles={"Controller": ("keystone",), "Database": ("mysql",)},
        services={**SERVICES, "keystone": keystone},
    )

    assert found == ['Controller: keystone needs "mysql" on the same nodes']


def test_names_that_lead_nowhere_are_found() -> None:
    found = problems_of(
        roles={"Compute": ("nova-compute",), "Controller": ("keystone", "mysql")},
        services={**SERVICES, "keystone": replace(KEYSTONE, keystone=Keystone())},
        parameters={
            "ComputeExtraConfig": {"a::x": "%{lookup('nova_compute_ip')}"},
            "ExtraConfig": {"a::y": "%{lookup('hostname')} %{lookup('a::x')}"},
        },
    )

    assert found == [
        'nova-compute: hiera: nothing that runs here gives the key "keystone_url"',
        'ComputeExtraConfig: nothing that runs here gives the key "nova_compute_ip"',
    ]


def test_two_values_of_a_key_on_one_node_are_refused() -> None:
    other = replace(MYSQL, name="other", hiera={"mysql::server::max": 7})

    found = problems_of(
        roles={"Controller": ("mysql", "other")}, services={**SERVICES, "other": other}
    )

    assert found == [
        "Controller: other gives mysql::server::max another value than mysql"
    ]


@pytest.mark.parametrize(
    ("default", "given", "value"),
    [
        (1, "4", 4),
        (True, "false", False),
        ("a", 7, "7"),
        (1.5, 2, 2),
        (None, [1], [1]),
        (1, None, 1),
        (["a"], [], []),
        (1, "%{lookup('other')}", "%{lookup('other')}"),
    ],
)
def test_values_are_taken_as_what_the_default_is(
    default: object, given: object, value: object
) -> None:
    parameter = replace(GLANCE.parameters[0], default=default)
    services = {**SERVICES, "glance-api": replace(GLANCE, parameters=(parameter,))}

    made = role_configurations(ROLES, services, {"GlanceWorkers": given})

    assert made["Controller"].parameters["GlanceWorkers"] == value


@pytest.mark.parametrize(
    ("default", "given"),
    [(1, True), (1, "x"), (1, 1.5), (True, 1), ("a", ["x"]), ([], "x"), ({}, [])],
)
def test_values_of_another_type_are_refused(default: object, given: object) -> None:
    parameter = replace(GLANCE.parameters[0], default=default)
    services = {**SERVICES, "glance-api": replace(GLANCE, parameters=(parameter,))}

    found = problems_of(services=services, parameters={"GlanceWorkers": given})

    assert len(found) == 1


def test_a_misspelt_parameter_is_asked_after() -> None:
    notes = parameter_notes(SERVICES.values(), {"GlanceWorker": 1, "CloudDomain": "x"})

    assert notes == (
        'no service has a parameter "GlanceWorker": did you mean "GlanceWorkers"?',
    )
