"""Leaving nodes out for their hardware, and taking them back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.builders import a_node
from tests.fakes.baremetal import FakeBaremetal
from tripleo_cli.domain.events import Event, Failed, Finished, Noted, Skipped
from tripleo_cli.domain.facts import HardwareFacts
from tripleo_cli.domain.node import (
    EXCLUDED_KEY,
    EXCLUDED_TRAIT,
    Node,
    NodeId,
    exclusion,
)
from tripleo_cli.domain.outliers.survey import survey
from tripleo_cli.domain.outliers.tolerance import Tolerances
from tripleo_cli.errors import InvalidInputError, PartialFailureError
from tripleo_cli.workflows.hardware import (
    BY_HAND,
    exclude_nodes,
    include_nodes,
    reasons_to_exclude,
    require_minority,
    summary,
)

METRIC = "cpu.logical.loops_per_sec"


def measured(values: Iterable[float], cpus: int = 8) -> list[Node]:
    return [
        a_node(
            f"n{index}",
            traits=frozenset({"CUSTOM_OTHER"}),
            facts=HardwareFacts(cpus=cpus, benchmarks={METRIC: value}),
        )
        for index, value in enumerate(values)
    ]


NODES = measured([100, 100, 100, 100, 60, 140])
FOUND = survey(NODES, Tolerances())


def without_facts(nodes: Iterable[Node]) -> list[Node]:
    """Give nodes as Ironic lists them."""
    return [replace(node, facts=None) for node in nodes]


@pytest.fixture
def baremetal() -> FakeBaremetal:
    return FakeBaremetal(without_facts(NODES))


def excluded(baremetal: FakeBaremetal) -> dict[str, str]:
    return {n.name: exclusion(n) or "" for n in baremetal.nodes() if exclusion(n)}


def test_slow_nodes_are_left_out_and_fast_ones_are_not() -> None:
    [(node, reason)] = reasons_to_exclude(FOUND, NODES, [])

    assert node.name == "n4"
    assert reason.startswith(f"{METRIC} is 40% below the median of 6 like machines")


def test_a_node_that_is_named_is_left_out_whatever_was_found() -> None:
    pairs = reasons_to_exclude(FOUND, NODES, ["n0", "uuid-n4"])

    assert [(node.name, reason == BY_HAND) for node, reason in pairs] == [
        ("n0", True),
        ("n4", False),
    ]
    with pytest.raises(InvalidInputError, match="there is no such node"):
        reasons_to_exclude(FOUND, NODES, ["n0", "n44"])


def test_an_excluded_node_keeps_its_other_traits(baremetal: FakeBaremetal) -> None:
    pairs = reasons_to_exclude(FOUND, baremetal.nodes(), [])
    events: list[Event] = []

    exclude_nodes(baremetal, pairs, events.append)

    assert list(excluded(baremetal)) == ["n4"]
    [node] = [node for node in baremetal.nodes() if node.name == "n4"]
    assert "CUSTOM_OTHER" in node.traits
    assert [event for event in events if isinstance(event, Finished)]


def test_excluding_again_changes_nothing(baremetal: FakeBaremetal) -> None:
    exclude_nodes(baremetal, [(NODES[4], "first")], lambda _event: None)
    events: list[Event] = []

    again = [(node, "second") for node in baremetal.nodes() if node.name == "n4"]
    exclude_nodes(baremetal, again, events.append)

    assert excluded(baremetal) == {"n4": "first"}
    assert [event for event in events if isinstance(event, Skipped)]


def test_a_node_is_taken_back_with_no_trace_left(baremetal: FakeBaremetal) -> None:
    exclude_nodes(baremetal, [(NODES[4], "slow")], lambda _event: None)
    events: list[Event] = []

    for _ in range(2):
        include_nodes(baremetal, baremetal.nodes(), events.append)

    assert excluded(baremetal) == {}
    assert all(EXCLUDED_KEY not in node.extra for node in baremetal.nodes())
    assert all("CUSTOM_OTHER" in node.traits for node in baremetal.nodes())
    assert Finished("include", "n4", "was: slow") in events
    assert len([event for event in events if isinstance(event, Finished)]) == 1


def test_a_node_that_carries_a_server_is_told_of() -> None:
    busy = a_node("busy", instance_id="server")
    events: list[Event] = []

    exclude_nodes(FakeBaremetal([busy]), [(busy, "slow")], events.append)

    assert [e for e in events if isinstance(e, Noted) and "carries a server" in e.text]


def test_one_failure_does_not_stop_the_others(baremetal: FakeBaremetal) -> None:
    gone = a_node("gone")
    events: list[Event] = []

    with pytest.raises(PartialFailureError, match="1 of 2 nodes could not be excluded"):
        exclude_nodes(baremetal, [(gone, "x"), (NODES[0], "y")], events.append)

    assert excluded(baremetal) == {"n0": "y"}
    assert [event.subject for event in events if isinstance(event, Failed)] == ["gone"]


def test_the_summary_says_what_could_not_be_judged() -> None:
    nodes = [*NODES, a_node("new"), a_node("bare", facts=HardwareFacts())]

    assert summary(FOUND) == "of 6 inspected nodes: 1 slow, 1 fast, 0 differs"
    assert summary(survey(nodes, Tolerances())).endswith(
        "not all could be judged: 1 not inspected, 1 without benchmarks"
    )


def test_the_summary_counts_what_is_unstable() -> None:
    values = {"1": 100, "2": 200, "3": 300, "4": 400}
    metrics = {f"network.eth{key}.bandwidth": value for key, value in values.items()}
    nodes = [
        a_node(
            f"n{index}",
            facts=HardwareFacts(
                benchmarks={name: value * index for name, value in metrics.items()}
            ),
        )
        for index in range(1, 5)
    ]

    assert summary(survey(nodes, Tolerances())) == (
        "of 4 inspected nodes: 0 slow, 0 fast, 0 differs; unstable metrics: 4"
    )


def test_a_majority_is_not_left_out() -> None:
    pairs = reasons_to_exclude(FOUND, NODES, ["n0", "n1", "n2"])

    require_minority(FOUND, [node for node, _ in pairs[:2]])
    with pytest.raises(InvalidInputError) as caught:
        require_minority(FOUND, [node for node, _ in pairs])

    assert str(caught.value).splitlines()[1:] == [
        "  n0, n1, n2: are 3 of 6 like machines (unknown product, 8 CPUs): of so many "
        "nobody can say that they are odd"
    ]
    assert caught.value.hint == (
        "openstack overcloud hardware outliers --exclude NAME leaves out whom you name"
    )


def test_nodes_that_are_left_out_already_are_no_reason_to_refuse() -> None:
    out = [replace(n, traits=frozenset({EXCLUDED_TRAIT})) for n in NODES[:3]]
    found = survey([*out, *NODES[3:]], Tolerances())

    require_minority(found, out)
    with pytest.raises(InvalidInputError, match="n0, n1, n2, n3: are 4 of 6"):
        require_minority(found, [*out, NODES[3]])


def test_what_else_is_slow_is_named_by_the_hint() -> None:
    other = [
        replace(node, name=f"x{node.name}", id=NodeId(f"x{node.id}"))
        for node in measured([100, 100, 100, 60], cpus=16)
    ]
    found = survey([*NODES, *other], Tolerances())

    with pytest.raises(InvalidInputError) as caught:
        require_minority(found, [*NODES[:3], other[3]])

    assert str(caught.value.hint).endswith("--exclude xn3")


def test_the_summary_says_of_how_many_results_are_older() -> None:
    facts = HardwareFacts(cpus=8, measured_at={"cpu": "2026-01-01"})
    nodes = [a_node("old", facts=facts), *NODES]

    assert summary(survey(nodes, Tolerances())).endswith(
        "; 1 by results of an earlier inspection"
    )
