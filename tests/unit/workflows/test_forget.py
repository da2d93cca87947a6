"""Nodes that leave a stack leave the lists of its overcloud, too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.overcloud import FakeOvercloudServices
from tests.unit.workflows.stacks import a_removal
from tests.unit.workflows.test_deploy_configured import a_world, deployed
from tripleo_cli.domain.events import Finished
from tripleo_cli.domain.node import ProvisionState
from tripleo_cli.domain.overcloud.access import Access
from tripleo_cli.domain.overcloud.passwords import passwords_in
from tripleo_cli.errors import (
    ConflictError,
    InterruptedRunError,
    InvalidInputError,
    NotFoundError,
    PartialFailureError,
    StackFailedError,
    UnreachableError,
)
from tripleo_cli.workflows.forget import TASK
from tripleo_cli.workflows.overcloud_access import require_access
from tripleo_cli.workflows.remove import remove_nodes

COMPUTE = "oc-compute-1"
LISTED = {COMPUTE: ["nova-compute of Nova"], "oc-compute-0": ["nova-compute of Nova"]}


class Overcloud:
    """What the removal is told, and whom it asked."""

    def __init__(self) -> None:
        self.world = a_world()
        self.plan = deployed(self.world)
        self.services = FakeOvercloudServices(LISTED)
        self.asked: list[Access] = []

    def remove(self, name: str = COMPUTE) -> None:
        removal = replace(a_removal(name), connect=self.connect)
        remove_nodes(self.world.run, removal)

    def is_given_back(self) -> bool:
        """Whether the machine is free, and carries no tag of the stack."""
        (node,) = (one for one in self.plan.nodes if one.hostname == COMPUTE)
        nodes = {one.id: one for one in self.world.cloud.baremetal.nodes()}
        found = nodes[node.node_id]
        return found.provision is ProvisionState.AVAILABLE and not found.extra

    def connect(self, access: Access) -> FakeOvercloudServices:
        self.asked.append(access)
        return self.services


def test_a_removed_node_is_gone_from_the_overclouds_lists() -> None:
    overcloud = Overcloud()

    overcloud.remove()

    assert list(overcloud.services.known) == ["oc-compute-0"]
    done = Finished(TASK, COMPUTE, "nova-compute of Nova")
    assert done in overcloud.world.events


def test_the_overcloud_is_found_from_the_stack_alone() -> None:
    overcloud = Overcloud()

    overcloud.remove()

    (access,) = overcloud.asked
    assert access == require_access(overcloud.world.cloud, "oc")
    assert access.password == passwords_in(overcloud.plan.parameters)["AdminPassword"]


def test_a_node_with_servers_of_users_stays_and_they_are_named() -> None:
    overcloud = Overcloud()
    overcloud.services.servers = {COMPUTE: ["web (uuid-1)", "db (uuid-2)"]}

    with pytest.raises(ConflictError, match=r"(?s)2 servers .*db \(uuid-2\)"):
        overcloud.remove()

    assert overcloud.services.retired == [COMPUTE]
    assert COMPUTE in overcloud.world.places()


def test_a_broken_overcloud_does_not_keep_its_machines() -> None:
    overcloud = Overcloud()
    overcloud.services.fault = UnreachableError("no answer from Keystone")

    overcloud.remove()

    assert COMPUTE not in overcloud.world.places()
    assert "no answer from Keystone" in overcloud.world.told()


def test_a_node_that_cannot_be_forgotten_is_told_of_after_its_machine_is_back() -> None:
    overcloud = Overcloud()
    overcloud.services.unforgettable = ConflictError("it has allocations")

    with pytest.raises(PartialFailureError, match="it has allocations"):
        overcloud.remove()

    assert COMPUTE not in overcloud.world.places()


def test_where_heat_takes_no_update_the_node_takes_servers_again() -> None:
    overcloud = Overcloud()

    def refuse() -> None:
        raise ConflictError("Heat takes no such template")

    overcloud.world.cloud.stacks.on_validate = refuse
    with pytest.raises(ConflictError, match="no such template"):
        overcloud.remove()

    assert overcloud.services.retired == []
    assert COMPUTE in overcloud.world.places()


def test_a_node_that_takes_no_servers_again_is_told_of() -> None:
    overcloud = Overcloud()

    def refuse() -> None:
        overcloud.services.fault = UnreachableError("no answer from Nova")
        raise ConflictError("Heat takes no such template")

    overcloud.world.cloud.stacks.on_validate = refuse
    with pytest.raises(ConflictError, match="no such template"):
        overcloud.remove()

    told = f"{COMPUTE} still takes no new servers of users: no answer from Nova"
    assert told in overcloud.world.told()


def test_a_removal_in_which_heat_failed_is_completed_by_the_same_command() -> None:
    overcloud = Overcloud()
    overcloud.world.cloud.stacks.will_fail(COMPUTE, "cannot power off")
    with pytest.raises(StackFailedError, match="cannot power off"):
        overcloud.remove()
    assert overcloud.services.retired == [COMPUTE]
    assert "run the same command again" in overcloud.world.told()

    overcloud.world.cloud.stacks.heal(COMPUTE)
    overcloud.remove()

    assert COMPUTE not in overcloud.services.known
    assert overcloud.is_given_back()
    assert str(overcloud.world.stack().status) == "UPDATE_COMPLETE"


def test_a_removal_that_was_interrupted_is_completed_by_the_same_command() -> None:
    overcloud = Overcloud()

    class Interrupted(FakeClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            raise KeyboardInterrupt

    clock, overcloud.world.clock = overcloud.world.clock, Interrupted()
    with pytest.raises(InterruptedRunError):
        overcloud.remove()

    overcloud.world.clock = clock
    overcloud.remove()

    assert COMPUTE not in overcloud.services.known
    assert overcloud.is_given_back()


def test_a_node_that_could_not_be_forgotten_is_forgotten_by_the_same_command() -> None:
    overcloud = Overcloud()
    overcloud.services.unforgettable = ConflictError("it has allocations")
    with pytest.raises(PartialFailureError):
        overcloud.remove()
    before = overcloud.world.changes()

    overcloud.services.unforgettable = None
    overcloud.remove()

    assert COMPUTE not in overcloud.services.known
    assert overcloud.world.changes() == before
    with pytest.raises(InvalidInputError, match="is not in the stack"):
        overcloud.remove()


def test_a_removal_that_failed_is_not_lost_where_another_is_made() -> None:
    overcloud = Overcloud()
    overcloud.services.unforgettable = ConflictError("it has allocations")
    for _ in range(2):
        with pytest.raises(PartialFailureError):
            overcloud.remove()
    overcloud.services.unforgettable = None
    overcloud.remove("oc-compute-0")

    overcloud.remove()

    assert overcloud.services.known == {}


@pytest.mark.parametrize("told", ["", "no answer from Nova"])
def test_a_node_that_is_deployed_again_takes_servers_again(told: str) -> None:
    overcloud = Overcloud()
    overcloud.services.unforgettable = ConflictError("it has allocations")
    for name in (COMPUTE, "oc-compute-0"):
        with pytest.raises(PartialFailureError):
            overcloud.remove(name)
    overcloud.services.fault = UnreachableError(told) if told else None

    deployed(overcloud.world, connect=overcloud.connect)
    overcloud.services.fault = None

    assert bool(overcloud.services.retired) is bool(told)
    assert told in overcloud.world.told()
    assert "leaving.json" not in overcloud.world.workdir.files


def test_a_node_that_is_deployed_again_is_not_on_its_way_out() -> None:
    overcloud = Overcloud()
    overcloud.services.unforgettable = ConflictError("it has allocations")
    with pytest.raises(PartialFailureError):
        overcloud.remove()
    deployed(overcloud.world)

    overcloud.services.unforgettable = None
    overcloud.remove()

    assert overcloud.is_given_back()
    assert overcloud.world.changes() == ["create", "update", "update", "update"]


def test_an_overcloud_of_simulated_machines_is_not_asked() -> None:
    overcloud = Overcloud()
    overcloud.world = a_world(simulated="boots nothing")
    deployed(overcloud.world)

    overcloud.remove()

    assert not overcloud.asked
    with pytest.raises(NotFoundError, match="no Keystone"):
        require_access(overcloud.world.cloud, "oc")
