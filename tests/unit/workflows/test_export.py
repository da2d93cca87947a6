"""What is exported, and what is not when Ironic does not answer."""

from __future__ import annotations

import json

import pytest

from tests.builders import a_node
from tests.fakes.baremetal import Findings
from tests.fakes.cloud import FakeCloud
from tripleo_cli.domain.events import Event, Finished, Skipped, silent
from tripleo_cli.domain.node import ProvisionState, Verb
from tripleo_cli.errors import NotFoundError, PartialFailureError, ServiceError
from tripleo_cli.workflows.export import export_nodes


def inspected_cloud() -> FakeCloud:
    cloud = FakeCloud(
        [a_node("n-10"), a_node("n-2", state=ProvisionState.MANAGEABLE)],
    )
    findings = Findings(inventory={"hostname": "m"}, plugin_data={"data": [1]})
    cloud.baremetal.will_find("n-2", findings)
    node = next(node for node in cloud.baremetal.nodes() if node.name == "n-2")
    cloud.baremetal.set_provision_state(node.id, Verb.INSPECT)
    for _ in range(5):
        cloud.baremetal.states()
    return cloud


def test_every_node_is_exported_with_what_its_inspection_found() -> None:
    events: list[Event] = []

    first, second = json.loads(export_nodes(inspected_cloud(), events.append))

    assert (first["name"], first["inventory"]) == ("n-2", {"hostname": "m"})
    assert first["plugin_data"] == {"data": [1]}
    assert (second["name"], second["inventory"]) == ("n-10", None)
    assert {type(event) for event in events[1:]} == {Finished, Skipped}


def test_an_export_has_all_nodes_or_is_none() -> None:
    cloud = inspected_cloud()
    cloud.baremetal.refuses("n-2", "inventory", ServiceError("no answer"))

    with pytest.raises(PartialFailureError, match=r"1 of 2 nodes.*\n  n-2: no answer"):
        export_nodes(cloud, silent)


def test_a_node_that_is_deleted_meanwhile_is_left_out() -> None:
    cloud = inspected_cloud()
    cloud.baremetal.refuses("n-2", "inventory", NotFoundError("node n-2 is not there"))
    events: list[Event] = []

    [only] = json.loads(export_nodes(cloud, events.append))

    assert only["name"] == "n-10"
    told = [event for event in events if isinstance(event, Skipped)]
    assert "was deleted meanwhile" in {event.text for event in told}
