from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.contract.test_nodes import ONE, bundle
from tests.fakes.nodes import FakeNodes
from tests.fakes.pulling_node import PullingNodes
from tripleo_cli.clients.routed_nodes import RoutedNodes
from tripleo_cli.domain.overcloud.outcome import StepOutcome, StepState, Target

PUSHED = Target("pushed", "192.0.2.21")
BOTH = (PUSHED, ONE)


@pytest.fixture
def push() -> FakeNodes:
    return FakeNodes()


@pytest.fixture
def world(tmp_path: Path) -> PullingNodes:
    world = PullingNodes(tmp_path, [ONE])
    world.nodes["one"].machine.packages = {"glance-api"}
    return world


@pytest.fixture
def routed(push: FakeNodes, world: PullingNodes) -> RoutedNodes:
    return RoutedNodes(push, world.client)


def a_bundle(target: Target) -> str:
    data = json.loads(bundle(target))
    data["steps"]["1"]["checks"] = []
    return json.dumps(data)


def test_all_that_is_asked_goes_each_its_way(
    routed: RoutedNodes, push: FakeNodes, world: PullingNodes
) -> None:
    names = {"pushed", "one"}
    told: dict[str, StepOutcome] = {}

    assert routed.reach(BOTH) == {"pushed": "", "one": ""}
    keys = {name: len(known) for name, known in routed.host_keys(BOTH).items()}
    assert keys == {"pushed": 1, "one": 0}
    assert routed.prepare({one: a_bundle(one) for one in BOTH}).keys() == names
    applied = routed.apply(BOTH, 1, on_outcome=told.__setitem__)
    assert {one.state for one in applied.values()} == {StepState.APPLIED}
    assert told.keys() == names
    assert routed.check(BOTH, 1, 2, within_s=1).keys() == names
    records = routed.states(BOTH)
    assert {name: list(one.steps) for name, one in records.items()} == {
        "pushed": [1],
        "one": [1],
    }
    assert push.applied(1) == ["pushed"]
    assert [one[0] for one in world.nodes["one"].ran].count("apply") == 1


def test_both_kinds_can_be_looked_at(routed: RoutedNodes, world: PullingNodes) -> None:
    prepared = routed.prepare({one: a_bundle(one) for one in BOTH}, check=True)
    assert all(one.is_ready for one in prepared.values())

    seen = routed.apply(BOTH, 1, check=True)

    assert {one.state for one in seen.values()} == {StepState.PREVIEWED}
    layout = world.nodes["one"].machine.layout
    assert not layout.bundle.exists()
    assert not layout.confdir.exists()


@pytest.mark.parametrize("target", BOTH)
def test_one_kind_alone_does_not_ask_the_other(
    routed: RoutedNodes, push: FakeNodes, world: PullingNodes, target: Target
) -> None:
    assert routed.reach([target]) == {target.hostname: ""}

    assert bool(push.calls) == (target is PUSHED)
    assert bool(world.clock.slept) == (target is ONE)


def test_a_failure_on_one_side_ends_the_other(world: PullingNodes) -> None:
    class Broken(FakeNodes):
        def reach(self, targets: Sequence[Target]) -> Mapping[str, str]:
            raise KeyboardInterrupt(targets)

    world.nodes["one"].is_silent = True
    endless = replace(ONE)

    with pytest.raises(KeyboardInterrupt):
        RoutedNodes(Broken(), world.client).reach([PUSHED, endless])
    assert not world.heat.left(ONE.identity)
