"""What a change of the shipped services touches."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.domain.overcloud.examples import a_layout
from tripleo_cli.domain.overcloud.layout import Layout
from tripleo_cli.domain.overcloud.puppet_code import sight_of
from tripleo_cli.domain.overcloud.puppet_modules import USES
from tripleo_cli.inputs.roles import load_roles
from tripleo_cli.inputs.services import FOLDER, load_services
from tripleo_cli.rendering.bundles import make_bundles
from tripleo_cli.resources import shipped

CONTROLLER, COMPUTER = "oc-controller-0", "oc-compute-0"
SERVICES = load_services([shipped("templates") / FOLDER])
ROLES = {
    name: role.services
    for name, role in load_roles([shipped("roles")]).items()
    if name in ("Controller", "Compute")
}
PASSWORDS = {
    password.name: f"secret-{password.name}"
    for service in SERVICES.values()
    for password in service.passwords
}


def layout(**parameters: Any) -> Layout:
    return a_layout(roles=ROLES, services=SERVICES, vip="10.0.0.9", **parameters)


def changed(**parameters: Any) -> set[tuple[str, int]]:
    """The nodes and steps that have something else to do with these parameters."""
    hashes = [
        {
            (bundle.hostname, step): work.hash
            for bundle in make_bundles(one, PASSWORDS)
            for step, work in bundle.steps.items()
        }
        for one in (layout(), layout(**parameters))
    ]
    return {place for place in hashes[0] if hashes[0][place] != hashes[1][place]}


@pytest.mark.parametrize(
    ("parameters", "places"),
    [
        ({"GlanceWorkers": 7}, {(CONTROLLER, 4)}),
        ({"NovaWorkers": 7}, {(CONTROLLER, 4)}),
        ({"NovaReservedHostMemory": 7}, {(COMPUTER, 4)}),
        ({"RabbitFDLimit": 7}, {(CONTROLLER, 2)}),
        ({"HAProxyTimeout": "7m"}, {(CONTROLLER, 1)}),
    ],
)
def test_a_parameter_changes_few_steps(
    parameters: dict[str, Any], places: set[tuple[str, int]]
) -> None:
    assert changed(**parameters) == places


def test_a_key_of_a_class_counts_wherever_the_class_may_be_included() -> None:
    extra = {"keystone::token_expiration": 7}

    assert changed(ControllerExtraConfig=extra) == {(CONTROLLER, 3), (CONTROLLER, 4)}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_what_shipped_code_sees_is_known(name: str) -> None:
    """Code that may see everything is applied again for every change."""
    for work in SERVICES[name].steps.values():
        for code in (work.manifest, work.bootstrap_manifest):
            sight = sight_of(code)
            assert sight.is_bounded
            assert sight.modules <= USES.keys()
        for one in (*work.classes, *work.bootstrap_classes):
            assert one.partition("::")[0] in USES
