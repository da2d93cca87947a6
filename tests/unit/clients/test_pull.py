from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contract.test_nodes import BOTH, ONE, TWO, bundle
from tests.fakes.pulling_node import PullingNode, PullingNodes
from tripleo_cli.clients.pull import REACH_S, SILENT_S, HeatNodes
from tripleo_cli.domain.overcloud.outcome import StepOutcome, StepState, Target


@pytest.fixture
def world(tmp_path: Path) -> PullingNodes:
    made = PullingNodes(tmp_path, BOTH)
    for node in made.nodes.values():
        node.machine.packages = {"glance-api"}
    return made


@pytest.fixture
def node(world: PullingNodes) -> PullingNode:
    return world.nodes["one"]


def prepare(world: PullingNodes) -> None:
    found = world.client.prepare({one: bundle(one) for one in BOTH})
    assert all(one.is_ready for one in found.values())


def words(node: PullingNode) -> list[str]:
    return [one[0] for one in node.ran]


def test_what_a_node_has_is_not_sent_again(world: PullingNodes) -> None:
    sent: list[bool] = []
    prepare(world)
    heat = world.heat
    heat.on_put = lambda server: sent.extend(
        "zlib" in text for text in heat.servers[server].orders.values()
    )

    prepare(world)

    assert sent == [False, False]


def test_no_order_is_left_in_heat(world: PullingNodes) -> None:
    prepare(world)
    world.nodes["two"].is_silent = True
    world.client.apply(BOTH, 1)

    assert not world.heat.left(ONE.identity)
    assert not world.heat.left(TWO.identity)


def test_what_a_run_that_was_killed_left_is_taken_back(world: PullingNodes) -> None:
    world.heat.put(ONE.identity, "a damaged order of a run that is gone")

    assert world.client.reach([ONE]) == {"one": ""}
    assert not world.heat.left(ONE.identity)


def test_what_a_killed_run_made_for_no_server_is_swept_away(
    world: PullingNodes,
) -> None:
    world.heat.halves.append("half an order")
    world.heat.is_down = True
    assert world.client.reach([ONE])["one"].startswith("Heat does not answer")

    world.heat.is_down = False
    again = HeatNodes(orders=lambda: world.heat, clock=world.clock)
    assert again.reach([ONE]) == {"one": ""}

    assert not world.heat.halves


def test_a_step_that_was_left_behind_is_found_done(
    world: PullingNodes, node: PullingNode
) -> None:
    prepare(world)
    node.holds = True
    world.clock.on_sleep = stop_at_third()
    with pytest.raises(KeyboardInterrupt):
        world.client.apply([ONE], 1)
    assert not world.heat.left(ONE.identity)

    node.go_on()
    node.holds = False
    world.clock.on_sleep = lambda: None
    outcome = world.client.apply([ONE], 1)["one"]

    assert outcome.state is StepState.UNCHANGED


def stop_at_third() -> Callable[[], None]:
    """Give what presses Ctrl-C at the third look."""
    looks = iter(range(10))

    def stop() -> None:
        if next(looks) == 2:
            raise KeyboardInterrupt

    return stop


def test_silence_of_heat_is_waited_out(world: PullingNodes, node: PullingNode) -> None:
    prepare(world)
    node.holds = True
    before = world.clock.now()

    def outage() -> None:
        passed = world.clock.now() - before
        world.heat.is_down = 10 < passed < 10 + 3 * SILENT_S
        if passed > SILENT_S:
            node.go_on()

    world.clock.on_sleep = outage
    outcome = world.client.apply([ONE], 1)["one"]

    assert outcome.state is StepState.APPLIED
    assert words(node).count("apply") == 1


def test_an_agent_that_falls_silent_is_given_up(
    world: PullingNodes, node: PullingNode
) -> None:
    prepare(world)
    node.is_silent = True
    before = world.clock.now()

    outcome = world.client.apply([ONE], 1)["one"]

    assert outcome.state is StepState.UNREACHABLE
    assert "has told nothing for 150 s" in outcome.reason
    assert "journalctl -u tripleo-pull" in outcome.hint
    assert world.clock.now() - before < SILENT_S + 5


def test_a_long_step_is_no_silence(world: PullingNodes, node: PullingNode) -> None:
    prepare(world)
    node.holds = True
    before = world.clock.now()

    def work() -> None:
        if world.clock.now() - before > 3 * SILENT_S:
            node.go_on()

    world.clock.on_sleep = work

    assert world.client.apply([ONE], 1)["one"].state is StepState.APPLIED


def test_an_order_that_heat_does_not_take_is_an_outcome(world: PullingNodes) -> None:
    stranger = Target("three", "192.0.2.13", identity="server-3", pulls=True)
    told: dict[str, StepOutcome] = {}
    prepare(world)

    found = world.client.apply([stranger, ONE], 1, on_outcome=told.__setitem__)

    assert found["three"].state is StepState.UNREACHABLE
    assert "no server server-3" in found["three"].reason
    assert found["one"].is_done
    assert told.keys() == {"one", "three"}


def test_a_node_without_the_program_remembers_nothing(world: PullingNodes) -> None:
    record = world.client.states([ONE])["one"]

    assert (record.steps, record.reason) == ({}, "")


def test_reaching_takes_seconds(world: PullingNodes, node: PullingNode) -> None:
    node.is_silent = True
    before = world.clock.now()

    reason = world.client.reach([ONE])["one"]

    assert "did not answer" in reason
    assert "journalctl -u tripleo-pull" in reason
    assert world.clock.now() - before <= REACH_S + 1


def test_another_thread_can_stop_it(world: PullingNodes, node: PullingNode) -> None:
    node.holds = True
    world.clock.on_sleep = world.client.stop

    with pytest.raises(KeyboardInterrupt):
        world.client.states([ONE])


def test_nobodys_orders_are_nobodys_matter(world: PullingNodes) -> None:
    assert world.client.reach([]) == {}
