"""How a node's settings are changed for an inspection, and given back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_node
from tripleo_cli.domain.introspection import (
    BEFORE,
    Benchmark,
    Method,
    Settings,
    changed,
    changes_to,
    failed_phase,
    own_settings,
    settings_for,
    settings_of,
)
from tripleo_cli.domain.node import Node

PARAMETERS = "/driver_info/kernel_append_params"
MEASURED = (
    "%default% ipa-inspection-collectors=default,extra-hardware,logs "
    "ipa-inspection-benchmarks=cpu,disk"
)
TWO = (Benchmark.DISK, Benchmark.CPU)


def node(parameters: str | None = None, interface: str = "agent") -> Node:
    info = {} if parameters is None else {"kernel_append_params": parameters}
    return a_node(driver_info=info, interfaces={"inspect_interface": interface})


def set_up(
    plain: Node, method: Method | None, benchmarks: Collection[Benchmark]
) -> Node:
    return changed(plain, settings_for(own_settings(plain), method, benchmarks))


def test_a_plain_inspection_changes_nothing() -> None:
    plain = node("nosmt")

    assert changes_to(plain, settings_for(settings_of(plain), None, ())) == {}


def test_benchmarks_are_asked_for_by_kernel_parameters() -> None:
    plain = node()

    changes = changes_to(plain, settings_for(settings_of(plain), None, TWO))

    assert changes == {
        PARAMETERS: MEASURED,
        f"/extra/{BEFORE}": {"parameters": None, "interface": "agent"},
    }


def test_an_operators_own_parameters_stay_in_front() -> None:
    wanted = settings_for(Settings(parameters="nosmt"), None, [Benchmark.MEMORY])

    assert str(wanted.parameters).startswith("nosmt ipa-inspection-collectors=")
    assert str(wanted.parameters).endswith(" ipa-inspection-benchmarks=mem")


def test_a_method_is_an_interface() -> None:
    plain = node()

    changes = changes_to(plain, settings_for(own_settings(plain), Method.REDFISH, ()))

    assert changes["/inspect_interface"] == "redfish"


def test_settings_are_given_back() -> None:
    ready = set_up(node(), Method.REDFISH, ())

    assert changes_to(ready, own_settings(ready)) == {
        "/inspect_interface": "agent",
        f"/extra/{BEFORE}": None,
    }


settings = st.builds(
    node,
    st.none() | st.sampled_from(["", "nosmt", "%default% a=b"]),
    st.sampled_from(["agent", "redfish", "fake"]),
)
asked = st.tuples(
    st.none() | st.sampled_from(Method), st.sets(st.sampled_from(Benchmark))
)


@given(settings, st.lists(asked, max_size=3))
def test_a_node_gets_its_own_back_after_any_runs_that_were_killed(
    plain: Node, runs: list[tuple[Method | None, set[Benchmark]]]
) -> None:
    ready = plain
    for method, benchmarks in runs:
        ready = set_up(ready, method, benchmarks)

    assert own_settings(ready) == settings_of(plain)
    assert changed(ready, own_settings(ready)) == plain


@given(settings, asked)
def test_a_second_run_like_the_first_changes_nothing(
    plain: Node, run: tuple[Method | None, set[Benchmark]]
) -> None:
    ready = set_up(plain, *run)

    assert changes_to(ready, settings_for(own_settings(ready), *run)) == {}


def test_what_others_wrote_in_its_place_is_no_memory() -> None:
    odd = replace(node("nosmt"), extra={BEFORE: "yesterday"})

    assert own_settings(odd) == Settings(parameters="nosmt", interface="agent")


@pytest.mark.parametrize(
    ("last_error", "phase", "remedy"),
    [
        (
            "Failed to inspect hardware. Reason: failed to run inspection hooks: "
            "Error in preprocess hook ramdisk-error: Failed to inspect hardware. "
            "Reason: Ramdisk reported error: no disks",
            "while the ramdisk collected facts",
            "ramdisk's log",
        ),
        (
            "Failed to finish inspection: Failed to apply rule 1 to node 2: '<' not "
            "supported between instances of 'str' and 'int'",
            "while inspection rules were applied",
            "overcloud rule list",
        ),
        (
            "Failed to finish inspection: Failed to inspect hardware. Reason: failed "
            "to run inspection hooks: Unexpected exception KeyError",
            "while Ironic read what the ramdisk sent",
            "undercloud logs ironic",
        ),
        (
            "Async execution of continue_inspection failed with error: Failed to "
            "inspect hardware. Reason: too many CPUs",
            "by a rule that refuses such a machine",
            "overcloud rule list",
        ),
        (
            "timeout reached while inspecting the node",
            "while waiting for the ramdisk",
            "--node-timeout",
        ),
        (
            "Inspection was aborted by request.",
            "while waiting for the ramdisk",
            "boots from the network",
        ),
        (
            "Failed to inspect hardware. Reason: unable to start inspection: Redfish "
            "exception occurred. Error: no answer",
            "while the machine was started",
            "check the BMC",
        ),
        ("it went wrong", "", "node history list"),
    ],
)
def test_a_failure_names_its_phase_and_what_to_try(
    last_error: str, phase: str, remedy: str
) -> None:
    found = failed_phase(last_error)

    assert found.name == phase
    assert remedy in found.remedy
