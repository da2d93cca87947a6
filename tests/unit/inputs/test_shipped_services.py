"""The services that the project ships can be used as they are."""

from __future__ import annotations

from pathlib import Path

from tests.unit.domain.overcloud.examples import a_deployed_node
from tripleo_cli.domain.overcloud.bundle import Bundle
from tripleo_cli.domain.overcloud.configuration import role_configurations
from tripleo_cli.domain.overcloud.layout import Layout
from tripleo_cli.domain.overcloud.passwords import passwords_in, with_passwords
from tripleo_cli.inputs.roles import load_roles
from tripleo_cli.inputs.services import FOLDER, load_services
from tripleo_cli.rendering.bundles import make_bundles
from tripleo_cli.resources import shipped

SERVICES = load_services([Path(str(shipped("templates"))) / FOLDER])
ROLES = load_roles([shipped("roles")])


def bundles(computes: int = 1, **parameters: object) -> dict[str, Bundle]:
    roles = {name: ROLES[name].services for name in ("Controller", "Compute")}
    counts = {"Controller": 1, "Compute": computes}
    layout = Layout(
        configurations=role_configurations(roles, SERVICES, parameters),
        nodes=tuple(
            a_deployed_node(role, index)
            for role, number in counts.items()
            for index in range(number)
        ),
        vip="10.0.0.250",
    )
    kept = with_passwords({}, SERVICES.values(), {}, lambda kind: f"a-{kind.value}")
    made = make_bundles(layout, passwords_in(kept))
    return {bundle.hostname: bundle for bundle in made}


def changed(
    before: dict[str, Bundle], after: dict[str, Bundle]
) -> set[tuple[str, int]]:
    return {
        (name, step)
        for name, bundle in before.items()
        for step, work in bundle.steps.items()
        if after[name].steps[step].hash != work.hash
    }


def test_every_service_says_what_it_is() -> None:
    assert all(service.description for service in SERVICES.values())


def test_a_controller_and_a_compute_have_all_that_they_need() -> None:
    made = bundles()

    assert {bundle.role for bundle in made.values()} == {"Controller", "Compute"}
    assert all(work.hash for bundle in made.values() for work in bundle.steps.values())


def test_workers_of_glance_are_no_matter_of_its_tables() -> None:
    assert changed(bundles(), bundles(GlanceWorkers=7)) == {("oc-controller-0", 4)}


def test_one_more_compute_is_put_into_its_cell_and_nothing_else_changes() -> None:
    assert changed(bundles(), bundles(computes=2)) == {("oc-controller-0", 5)}
