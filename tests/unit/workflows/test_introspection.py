"""Nodes are set up for an inspection, inspected, and get their settings back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.workflows.inspections import ALL, MEASURED, S, Site
from tripleo_cli.domain.events import Failed, Progressed
from tripleo_cli.domain.introspection import BEFORE, Method
from tripleo_cli.domain.node import Node, NodeId, Verb
from tripleo_cli.domain.transition import Goal
from tripleo_cli.errors import (
    ConflictError,
    InvalidInputError,
    PartialFailureError,
    ServiceError,
)
from tripleo_cli.workflows.introspection import (
    note_missing_benchmarks,
)
from tripleo_cli.workflows.travel import (
    POLLS_THAT_MAY_FAIL,
)


def settings(node: Node) -> tuple[Any, ...]:
    return (
        node.driver_info.get("kernel_append_params"),
        node.interfaces["inspect_interface"],
        node.extra.get(BEFORE),
    )


def test_a_plain_inspection_changes_no_node() -> None:
    site = Site("a", "b")

    outcomes = site.introspect()

    assert [outcome.result for outcome in outcomes.values()] == ["done", "done"]
    assert "update" not in site.ironic.calls


def test_a_node_is_inspected_as_asked_and_gets_its_settings_back() -> None:
    site = Site("a", driver_info={"kernel_append_params": "nosmt"})
    seen: list[tuple[Any, ...]] = []
    inspect = site.ironic.set_provision_state

    def watched(node: NodeId, verb: Verb) -> None:
        seen.append(settings(site.node("a")))
        inspect(node, verb)

    site.ironic.set_provision_state = watched  # type: ignore[method-assign]

    outcomes = site.introspect(benchmarks=ALL, method=Method.AGENT)

    [(parameters, interface, before)] = seen
    assert parameters.startswith("nosmt ")
    assert parameters.endswith(" ipa-inspection-benchmarks=cpu,mem,disk")
    assert (interface, before["parameters"]) == ("agent", "nosmt")
    assert settings(site.node("a")) == ("nosmt", "agent", None)
    assert outcomes["a"].result == "done"


def test_redfish_is_used_for_this_time_only() -> None:
    site = Site("a")

    site.introspect(method=Method.REDFISH)

    assert settings(site.node("a")) == (None, "agent", None)
    assert site.ironic.calls.count("update") == 2


def test_a_bmc_cannot_run_benchmarks() -> None:
    site = Site("a")

    with pytest.raises(InvalidInputError, match="--method redfish boots none"):
        site.introspect(method=Method.REDFISH, benchmarks=ALL)

    assert "update" not in site.ironic.calls


def test_what_a_killed_run_left_is_given_back_by_the_next() -> None:
    kept = {BEFORE: {"parameters": None, "interface": "agent"}}
    site = Site(
        "a",
        driver_info={"kernel_append_params": "ipa-inspection-benchmarks=cpu"},
        interfaces={"inspect_interface": "redfish"},
        extra=kept,
    )

    site.introspect()

    assert settings(site.node("a")) == (None, "agent", None)


def test_settings_of_an_inspection_that_is_under_way_stay_until_it_ends() -> None:
    kept = {BEFORE: {"parameters": None, "interface": "agent"}}
    measuring = "ipa-inspection-benchmarks=cpu"
    site = Site("a", driver_info={"kernel_append_params": measuring}, extra=kept)
    site.ironic.set_provision_state(site.node("a").id, Verb.INSPECT)
    poll = site.ironic.states
    seen: list[tuple[Any, ...]] = []

    def watched() -> Any:
        seen.append(settings(site.node("a")))
        return poll()

    site.ironic.states = watched  # type: ignore[method-assign]

    outcome = site.introspect()["a"]

    assert {parameters for parameters, _, _ in seen} == {measuring}
    assert settings(site.node("a")) == (None, "agent", None)
    assert outcome.result == "done (was being inspected already)"


def test_settings_that_another_run_gave_back_are_no_failure() -> None:
    site = Site("a")
    update = site.ironic.update

    def late(node: NodeId, changes: Any) -> None:
        if site.node("a").extra:
            update(node, changes)
        update(node, changes)

    site.ironic.update = late  # type: ignore[method-assign]

    outcome = site.introspect(benchmarks=ALL)["a"]

    assert outcome.result == "done"
    assert settings(site.node("a")) == (None, "agent", None)
    assert not site.notes()


def test_a_node_that_cannot_be_set_up_hides_no_other() -> None:
    site = Site("a", "b")
    site.ironic.refuses("a", "update", ConflictError("a is locked", hint="wait"))

    outcomes = site.introspect(benchmarks=ALL)

    assert outcomes["a"].error == "could not be set up for inspection: a is locked"
    assert outcomes["a"].remedy == "wait"
    assert outcomes["b"].result == "done"
    assert any(isinstance(event, Failed) for event in site.events)


def test_settings_are_given_back_after_a_failure_too() -> None:
    site = Site("a")
    site.ironic.will_fail("a", Verb.INSPECT, "Ramdisk reported error: no disk")

    outcome = site.introspect(benchmarks=ALL)["a"]

    assert settings(site.node("a")) == (None, "agent", None)
    assert outcome.error == (
        "inspection failed while the ramdisk collected facts: "
        "Ramdisk reported error: no disk"
    )
    assert "ramdisk's log" in outcome.remedy
    tries = [e.text for e in site.events if isinstance(e, Progressed)]
    assert "inspect wait (try 2; before: Ramdisk reported error: no disk)" in tries


def test_a_failed_node_keeps_its_method_until_its_next_inspection() -> None:
    """Ironic changes no interface of a node whose inspection failed."""
    site = Site("a")
    site.ironic.will_fail("a", Verb.INSPECT, "no such system")

    outcome = site.introspect(method=Method.REDFISH, max_retries=0)["a"]

    assert outcome.error == "inspection failed: no such system"
    assert settings(site.node("a"))[:2] == (None, "redfish")
    assert site.notes() == [
        "a keeps settings of this run (Ironic changes no interface after a failure); "
        "openstack overcloud node introspect gives them back"
    ]
    site.ironic.heal("a")
    assert site.introspect()["a"].result == "done"
    assert settings(site.node("a")) == (None, "agent", None)


def test_settings_are_given_back_after_ctrl_c() -> None:
    site = Site("a")
    site.stops_at(1, KeyboardInterrupt())

    with pytest.raises(PartialFailureError, match="stopped by Ctrl-C"):
        site.introspect(benchmarks=ALL)

    assert settings(site.node("a")) == (None, "agent", None)


def test_ctrl_c_takes_nothing_from_a_node_under_inspection() -> None:
    site = Site("a", interfaces={"inspect_interface": "redfish"})
    site.stops_at(2, KeyboardInterrupt())

    with pytest.raises(PartialFailureError, match="go on in Ironic"):
        site.introspect(benchmarks=ALL, method=Method.AGENT)

    parameters, interface, _ = settings(site.node("a"))
    assert (bool(parameters), interface) == (True, "agent")
    assert site.notes() == [
        "a keeps settings of this run (under inspection); openstack overcloud node "
        "introspect gives them back"
    ]
    assert site.introspect()["a"].result == "done"
    assert settings(site.node("a")) == (None, "redfish", None)


def test_a_node_whose_inspection_was_aborted_gets_its_settings_back() -> None:
    site = Site("a", interfaces={"inspect_interface": "redfish"})
    site.ironic.never_answers("a", Verb.INSPECT)
    site.stops_at(2, KeyboardInterrupt())
    with pytest.raises(PartialFailureError):
        site.introspect(method=Method.AGENT)

    [aborted] = site.travel().go("abort", [(site.node("a"), Goal(abort=True))])

    assert (aborted.result, aborted.state) == ("done", S.INSPECT_FAILED)
    site.ironic.heal("a")
    assert site.introspect()["a"].result == "done"
    assert settings(site.node("a")) == (None, "redfish", None)


def test_an_ironic_that_stops_answering_costs_no_result() -> None:
    site = Site("a", interfaces={"inspect_interface": "redfish"})
    gone = ServiceError("Ironic is gone")
    site.stops_at(2, *[gone] * (POLLS_THAT_MAY_FAIL + 1))

    with pytest.raises(ServiceError, match="go on in Ironic"):
        site.introspect(method=Method.AGENT)

    assert settings(site.node("a"))[1] == "agent"
    assert site.notes()[-1].startswith("a keeps settings of this run (Ironic is gone)")
    assert site.introspect()["a"].result.startswith("done")
    assert settings(site.node("a")) == (None, "redfish", None)


def test_ctrl_c_while_nodes_are_set_up_gives_settings_back() -> None:
    site = Site("a", "b")
    update = site.ironic.update

    def stopped(node: NodeId, changes: Any) -> None:
        if node == site.node("b").id:
            raise KeyboardInterrupt
        update(node, changes)

    site.ironic.update = stopped  # type: ignore[method-assign]

    with pytest.raises(PartialFailureError, match="stopped by Ctrl-C"):
        site.introspect(benchmarks=ALL)

    assert site.ironic.calls.count("update") == 2
    assert settings(site.node("a")) == (None, "agent", None)


def test_settings_that_cannot_be_given_back_are_a_failure_that_says_so() -> None:
    site = Site("a")
    update = site.ironic.update

    def once(node: NodeId, changes: Any) -> None:
        if site.node("a").extra:
            raise ServiceError("Ironic is gone")
        update(node, changes)

    site.ironic.update = once  # type: ignore[method-assign]

    outcome = site.introspect(benchmarks=ALL)["a"]

    assert outcome.error.endswith("were not given back: Ironic is gone")
    assert outcome.remedy == "openstack overcloud node introspect a"
    assert site.notes() == ["a keeps settings of this run: Ironic is gone"]


def test_an_inspection_that_cannot_begin_says_what_to_try() -> None:
    site = Site("a")
    refusal = ServiceError("Missing the following Redfish properties")
    site.ironic.refuses("a", "set_provision_state", refusal)

    outcome = site.introspect(method=Method.REDFISH)["a"]

    assert outcome.error == "Missing the following Redfish properties"
    assert "openstack baremetal node validate a" in outcome.remedy
    assert settings(site.node("a")) == (None, "agent", None)


def test_a_node_in_use_is_not_touched() -> None:
    site = Site("a", state=S.ACTIVE)

    outcome = site.introspect(benchmarks=ALL)["a"]

    assert "in use" in outcome.error
    assert "update" not in site.ironic.calls


def test_machines_that_did_not_measure_are_named() -> None:
    site = Site("a", "b")
    site.ironic.will_find("a", MEASURED)
    outcomes = list(site.introspect(benchmarks=ALL).values())

    note_missing_benchmarks(site.travel(), site.cloud.inspection, outcomes)

    [note] = site.notes()
    assert note.startswith("no benchmarks came from b: ")


def test_only_a_sample_is_looked_at() -> None:
    site = Site(*(f"n{number}" for number in range(45)))
    outcomes = list(site.introspect().values())

    note_missing_benchmarks(site.travel(), site.cloud.inspection, outcomes)

    assert site.cloud.inspection.calls.count("inventory") == 10
