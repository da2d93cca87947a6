"""Every implementation of nodes keeps bundles and steps the same way.

The fake is held against the real program on machines in memory, and against nodes that
pull: the real agent there, the real client here, a fake of Heat between. Over SSH the
same program answers; the end-to-end tests see that.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.fakes.node_machine import FakeMachine
from tests.fakes.nodes import FakeNodes
from tests.fakes.program_nodes import ProgramNodes
from tests.fakes.pulling_node import PullingNodes
from tripleo_cli.clients.pull import HeatNodes
from tripleo_cli.domain.overcloud.outcome import (
    Account,
    StepOutcome,
    StepState,
    Target,
)
from tripleo_cli.workflows.node_ports import Nodes

ONE = Target("one", "192.0.2.11", identity="server-1", pulls=True)
TWO = Target("two", "192.0.2.12", identity="server-2", pulls=True)
BOTH = (ONE, TWO)
REFUSED = "Connection refused"
SSH = {
    "name": "SSH runs",
    "service": "sshd",
    "timeout_s": 1,
    "systemd": {"unit": "ssh"},
}


class Place(Protocol):
    """Nodes, and what can befall them."""

    @property
    def nodes(self) -> Nodes:
        """The nodes to test."""

    @property
    def silence(self) -> str:
        """What is said of a node that does not answer."""

    def switch_off(self, hostname: str) -> None:
        """Let a node not answer any more."""

    def lack(self, hostname: str, package: str) -> None:
        """Let a package not be there."""

    def break_step(self, hostname: str, step: int) -> None:
        """Let a step fail, whatever its bundle says."""

    def fall_sick(self, hostname: str, step: int) -> None:
        """Let the check of a step fail."""


@dataclass
class Fake:
    """The fake."""

    nodes: FakeNodes
    silence: str = REFUSED

    def switch_off(self, hostname: str) -> None:
        self.nodes.unreachable.add(hostname)

    def lack(self, hostname: str, package: str) -> None:
        self.nodes.lacking[hostname] = {package}

    def break_step(self, hostname: str, step: int) -> None:
        self.nodes.failing[hostname, step] = "it fails"

    def fall_sick(self, hostname: str, step: int) -> None:
        self.nodes.sick[hostname, step] = "SSH runs"


def break_bundle(machine: FakeMachine, step: int) -> None:
    """Let a step of a node's own bundle fail; its hash stays what it is."""
    bundle = json.loads(machine.layout.bundle.read_text())
    bundle["steps"][str(step)]["manifest"] = "fails one\n"
    machine.layout.bundle.write_text(json.dumps(bundle))


@dataclass
class Program:
    """The real program."""

    nodes: ProgramNodes
    silence: str = REFUSED

    def __post_init__(self) -> None:
        for one in BOTH:
            machine = self.nodes.machine(one.hostname)
            machine.packages = {"glance-api"}
            machine.units["ssh"] = ("active", 0)

    def switch_off(self, hostname: str) -> None:
        self.nodes.unreachable.add(hostname)

    def lack(self, hostname: str, package: str) -> None:
        self.nodes.machine(hostname).packages.discard(package)

    def break_step(self, hostname: str, step: int) -> None:
        break_bundle(self.nodes.machine(hostname), step)

    def fall_sick(self, hostname: str, step: int) -> None:
        assert step
        self.nodes.machine(hostname).units["ssh"] = ("failed", 0)


@dataclass
class Pull:
    """The real program, its agent, and the client that orders things of it."""

    world: PullingNodes
    silence: str = "its agent"

    def __post_init__(self) -> None:
        for node in self.world.nodes.values():
            node.machine.packages = {"glance-api"}
            node.machine.units["ssh"] = ("active", 0)

    @property
    def nodes(self) -> HeatNodes:
        return self.world.client

    def switch_off(self, hostname: str) -> None:
        self.world.nodes[hostname].is_silent = True

    def lack(self, hostname: str, package: str) -> None:
        self.world.nodes[hostname].machine.packages.discard(package)

    def break_step(self, hostname: str, step: int) -> None:
        break_bundle(self.world.nodes[hostname].machine, step)

    def fall_sick(self, hostname: str, step: int) -> None:
        assert step
        self.world.nodes[hostname].machine.units["ssh"] = ("failed", 0)


@pytest.fixture(params=["fake", "program", "pull"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "fake":
        return Fake(FakeNodes())
    if request.param == "pull":
        return Pull(PullingNodes(tmp_path, BOTH))
    return Program(ProgramNodes(tmp_path))


def bundle(target: Target, digest: str = "h1") -> str:
    step = {"hash": digest, "manifest": "changes one\n", "checks": [SSH]}
    data: dict[str, Any] = {
        "format": 1,
        "hostname": target.hostname,
        "role": "Controller",
        "address": target.address,
        "hiera": {"passwords": {}},
        "packages": ["glance-api"],
        "hosts": "",
        "known_hosts": "",
        "steps": {"1": step, "2": {"hash": "", "manifest": "", "checks": []}},
    }
    return json.dumps(data)


def prepare(place: Place, targets: Sequence[Target] = BOTH, digest: str = "h1") -> None:
    outcomes = place.nodes.prepare({one: bundle(one, digest) for one in targets})
    assert all(one.is_ready for one in outcomes.values())


def test_nodes_let_us_in_or_say_why_not(place: Place) -> None:
    place.switch_off("two")

    found = place.nodes.reach(BOTH)

    assert found["one"] == ""
    assert place.silence in found["two"]


def test_a_bundle_is_new_once(place: Place) -> None:
    first = place.nodes.prepare({ONE: bundle(ONE)})
    second = place.nodes.prepare({ONE: bundle(ONE)})

    assert first["one"].changed
    assert second["one"].changed == ()


def test_a_node_that_lacks_a_package_is_not_ready(place: Place) -> None:
    place.lack("two", "glance-api")

    outcomes = place.nodes.prepare({one: bundle(one) for one in BOTH})

    assert outcomes["one"].is_ready
    assert not outcomes["two"].is_ready
    assert outcomes["two"].is_reached
    assert outcomes["two"].problems[0].where == "package glance-api"


def test_a_node_tells_of_services_in_trouble(place: Place) -> None:
    prepare(place, [ONE])
    place.fall_sick("one", 1)

    told = place.nodes.explain({ONE: ["sshd", "another"]})["one"]

    assert told["sshd"].unit == "ssh"
    assert told["another"] == Account()


def test_a_node_that_is_off_tells_of_nothing(place: Place) -> None:
    prepare(place)
    place.switch_off("two")

    told = place.nodes.explain({one: ["sshd"] for one in BOTH})

    assert told["one"]["sshd"].unit == "ssh"
    assert told["two"] == {}


def test_a_step_is_applied_once(place: Place) -> None:
    prepare(place)
    told: dict[str, StepOutcome] = {}

    first = place.nodes.apply(BOTH, 1, on_outcome=told.__setitem__)
    second = place.nodes.apply(BOTH, 1)

    assert {one.state for one in first.values()} == {StepState.APPLIED}
    assert {one.state for one in second.values()} == {StepState.UNCHANGED}
    assert first["one"].changed == 1
    assert second["one"].changed == 0
    assert second["one"].hash == "h1"
    assert told == first


def test_another_hash_and_force_apply_it_again(place: Place) -> None:
    prepare(place)
    place.nodes.apply(BOTH, 1)

    assert place.nodes.apply([ONE], 1, force=True)["one"].state is StepState.APPLIED
    prepare(place, digest="h2")
    assert place.nodes.apply([ONE], 1)["one"].state is StepState.APPLIED


def test_a_step_without_work_is_unchanged(place: Place) -> None:
    prepare(place)

    assert place.nodes.apply([ONE], 2)["one"].state is StepState.UNCHANGED
    assert place.nodes.apply([ONE], 5)["one"].state is StepState.UNCHANGED


def test_one_nodes_failure_is_its_own(place: Place) -> None:
    prepare(place)
    place.break_step("two", 1)

    outcomes = place.nodes.apply(BOTH, 1)

    assert outcomes["one"].is_done
    assert outcomes["two"].state is StepState.FAILED
    assert outcomes["two"].failures[0].resource
    assert place.nodes.apply(BOTH, 1)["two"].state is StepState.FAILED


def test_looking_is_not_doing(place: Place) -> None:
    looked_at(place, "h1")

    seen = place.nodes.apply([ONE], 1, check=True)["one"]

    assert (seen.state, seen.changed) == (StepState.PREVIEWED, 1)
    assert seen.diff
    assert place.nodes.states([ONE])["one"].steps == {}


def test_looking_at_another_bundle_leaves_the_one_that_is_there(place: Place) -> None:
    prepare(place)
    place.nodes.apply([ONE], 1)
    looked_at(place, "h2")

    assert place.nodes.apply([ONE], 1, check=True)["one"].hash == "h2"
    again = place.nodes.apply([ONE], 1)["one"]
    assert (again.state, again.hash) == (StepState.UNCHANGED, "h1")
    assert place.nodes.prepare({ONE: bundle(ONE)})["one"].changed == ()


def test_a_node_that_does_not_fit_is_not_looked_at(place: Place) -> None:
    place.lack("one", "glance-api")

    outcome = place.nodes.prepare({ONE: bundle(ONE)}, check=True)["one"]

    assert outcome.problems[0].where == "package glance-api"


def looked_at(place: Place, digest: str) -> None:
    outcome = place.nodes.prepare({ONE: bundle(ONE, digest)}, check=True)["one"]
    assert outcome.is_ready
    assert outcome.changed == ()


def test_nobody_logs_in_to_nodes_that_pull_and_learns_their_keys(place: Place) -> None:
    place.nodes.reach(BOTH)

    found = place.nodes.host_keys(BOTH)

    assert {name: list(keys) for name, keys in found.items()} == {"one": [], "two": []}


def test_nodes_remember_their_steps(place: Place) -> None:
    assert place.nodes.states(BOTH)["one"].steps == {}
    prepare(place)
    place.break_step("two", 1)
    place.nodes.apply(BOTH, 1)

    found = place.nodes.states(BOTH)

    assert found["one"].steps[1].state is StepState.APPLIED
    assert found["one"].steps[1].hash == "h1"
    assert found["two"].steps[1].state is StepState.FAILED


def test_checks_are_made(place: Place) -> None:
    prepare(place)
    place.nodes.apply(BOTH, 1)
    place.fall_sick("two", 1)

    found = place.nodes.check(BOTH, 1)

    assert [(one.name, one.passed) for one in found["one"]] == [("SSH runs", True)]
    assert [one.passed for one in found["two"]] == [False]


def test_what_nodes_tell_of_their_steps_by_themselves_is_what_they_remember(
    place: Place,
) -> None:
    prepare(place)
    place.nodes.apply([ONE], 1)

    outcome = place.nodes.prepare({ONE: bundle(ONE)})["one"]

    assert outcome.record in (None, place.nodes.states([ONE])["one"])


def test_checks_of_several_steps_are_made_at_once(place: Place) -> None:
    prepare(place)
    place.fall_sick("two", 1)

    found = place.nodes.check(BOTH, 1, 2, within_s=1)

    outcomes = [(one.step, one.name, one.passed) for one in found["two"]]
    assert outcomes == [(1, "SSH runs", False)]
    assert [one.passed for one in found["one"]] == [True]


def test_silence_is_an_outcome_of_everything(place: Place) -> None:
    prepare(place)
    place.switch_off("two")

    assert not place.nodes.prepare({TWO: bundle(TWO)})["two"].is_reached
    outcomes = place.nodes.apply(BOTH, 1)
    assert outcomes["one"].is_done
    assert outcomes["two"].state is StepState.UNREACHABLE
    assert place.silence in outcomes["two"].reason
    assert place.silence in place.nodes.states(BOTH)["two"].reason
    (check,) = place.nodes.check([TWO], 1)["two"]
    assert (check.name, check.passed) == ("the node answers", False)
