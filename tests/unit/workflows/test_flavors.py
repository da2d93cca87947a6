"""Flavors come to fit the roles; what is the operator's own stays."""

from __future__ import annotations

from dataclasses import replace

from tests.fakes.cloud import FakeCloud
from tripleo_cli.domain.events import Event, silent
from tripleo_cli.domain.flavor import flavor_for
from tripleo_cli.domain.role import Role
from tripleo_cli.workflows.flavors import ensure_flavors, flavor_states

COMPUTE = Role(name="Compute")
FLAVOR = flavor_for(COMPUTE)


def verdicts(cloud: FakeCloud) -> list[str]:
    return [state.verdict for state in flavor_states(cloud.compute, [COMPUTE])]


def test_a_missing_flavor_is_created_and_then_left_alone() -> None:
    cloud = FakeCloud()
    assert verdicts(cloud) == ["missing"]

    ensure_flavors(cloud.compute, [COMPUTE], silent)

    assert cloud.compute.flavors() == [FLAVOR]
    assert verdicts(cloud) == ["ready"]


def test_what_selects_nodes_is_corrected_and_the_rest_kept() -> None:
    cloud = FakeCloud()
    specs = {
        "trait:CUSTOM_OLD": "required",
        "resources:CUSTOM_OTHER": "1",
        "quota:cpu": "7",
    }
    cloud.compute.save_flavor(replace(FLAVOR, disk_gb=500, extra_specs=specs))
    assert verdicts(cloud) == ["differs"]

    ensure_flavors(cloud.compute, [COMPUTE], silent)

    (flavor,) = cloud.compute.flavors()
    assert flavor.disk_gb == 500
    assert flavor.extra_specs == {**FLAVOR.extra_specs, "quota:cpu": "7"}


def test_what_was_done_is_said() -> None:
    cloud = FakeCloud()
    events: list[Event] = []

    ensure_flavors(cloud.compute, [COMPUTE], events.append)
    ensure_flavors(cloud.compute, [COMPUTE], events.append)

    said = [getattr(event, "text", "") for event in events]
    assert said == ["", "created", "", "unchanged"]
