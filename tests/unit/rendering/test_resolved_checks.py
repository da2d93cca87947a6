"""What checks made from the deploying machine name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.domain.overcloud.examples import GLANCE, SERVICES, a_layout
from tripleo_cli.domain.overcloud.layout import Layout
from tripleo_cli.domain.overcloud.service import Check, CheckPlace
from tripleo_cli.rendering.bundles import with_resolved_checks

NODE = Check(name="node", kind="tcp", values={"port": "%{alias('GlanceWorkers')}"})


def a_layout_with(body: str) -> Layout:
    http = {"port": 9292, "body": body}
    check = Check(name="page", kind="http", values=http, on=CheckPlace.DEPLOYER)
    services = {**SERVICES, "glance-api": replace(GLANCE, checks={4: (check, NODE)})}
    return a_layout(services=services, GlanceWorkers=7)


def test_they_see_what_nodes_of_the_service_see() -> None:
    layout = with_resolved_checks(a_layout_with("%{lookup('GlanceWorkers')} at work"))

    page, node = layout.services["glance-api"].checks[4]
    assert page.values == {"port": 9292, "body": "7 at work"}
    assert node == NODE


def test_a_password_is_nothing_to_look_for() -> None:
    with pytest.raises(ValueError, match='"page" names no known key'):
        with_resolved_checks(a_layout_with("%{lookup('GlancePassword')}"))


def test_roles_without_nodes_stay_as_they_are() -> None:
    layout = replace(a_layout_with("%{lookup('GlanceWorkers')}"), nodes=())

    assert with_resolved_checks(layout) == layout
