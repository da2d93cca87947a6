"""What workflows rely on of the compute service."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contract.conftest import RESOURCE_CLASS, Stage
from tests.contract.test_baremetal import enroll, go
from tripleo_cli.domain.compute import Flavor
from tripleo_cli.domain.node import ProvisionState, Verb
from tripleo_cli.errors import ServiceError

SPECS = {
    f"resources:CUSTOM_{RESOURCE_CLASS.upper()}": "1",
    "resources:VCPU": "0",
    "trait:CUSTOM_PROFILE_C": "required",
}


def save(stage: Stage, flavor: Flavor) -> None:
    stage.undo.callback(stage.cloud.compute.delete_flavor, flavor.name)
    stage.cloud.compute.save_flavor(flavor)


def show(stage: Stage, name: str) -> list[Flavor]:
    return [flavor for flavor in stage.cloud.compute.flavors() if flavor.name == name]


def test_a_flavor_becomes_what_it_is_saved_as(stage: Stage) -> None:
    name = stage.name("flavor")
    first = Flavor(name=name, memory_mb=2048, vcpus=2, disk_gb=20, extra_specs=SPECS)
    others = {"resources:VCPU": "1", "resources:DISK_GB": "0"}

    for flavor in (
        first,
        first,
        replace(first, extra_specs=others),
        replace(first, extra_specs={}),
        replace(first, memory_mb=4096),
    ):
        save(stage, flavor)
        assert show(stage, name) == [flavor]

    stage.cloud.compute.delete_flavor(name)
    assert show(stage, name) == []
    stage.cloud.compute.delete_flavor(name)


@pytest.mark.parametrize(
    "wrong",
    [
        Flavor(name=" spaced "),
        Flavor(name="c-wrong", vcpus=0),
        Flavor(name="c-wrong", memory_mb=0),
        Flavor(name="c-wrong", extra_specs={"ä": "1"}),
        Flavor(name="c-wrong", extra_specs={"trait:CUSTOM_C": "sure"}),
        Flavor(name="c-wrong", extra_specs={"resources:VCPU": "many"}),
    ],
    ids=["name", "vcpus", "memory", "key", "trait", "resources"],
)
def test_a_flavor_that_cannot_be_is_refused(stage: Stage, wrong: Flavor) -> None:
    with pytest.raises(ServiceError, match=wrong.name):
        save(stage, wrong)


def test_an_available_node_can_take_a_server(stage: Stage) -> None:
    compute = stage.cloud.compute
    node = enroll(stage)
    stage.cloud.baremetal.set_traits(node, ["CUSTOM_PROFILE_C"])
    go(stage, node, Verb.MANAGE, ProvisionState.MANAGEABLE)
    assert node not in compute.schedulable()
    go(stage, node, Verb.PROVIDE, ProvisionState.AVAILABLE)
    # While the power state is unknown, Nova keeps the node back.
    assert node not in compute.schedulable()
    assert node not in compute.offered([RESOURCE_CLASS])
    stage.cloud.baremetal.set_power(node, on=False)
    stage.wait(lambda: stage.cloud.baremetal.states()[node].power_on is False)

    stage.wait(lambda: node in compute.schedulable(["CUSTOM_PROFILE_C"]))

    assert node in compute.schedulable()
    assert node in compute.offered([RESOURCE_CLASS, "unheard-of"])
    assert node not in compute.offered(["unheard-of"])
    assert not compute.offered([])
    assert node not in compute.schedulable(["CUSTOM_PROFILE_C", "CUSTOM_PROFILE_D"])


def test_servers_are_listed(stage: Stage) -> None:
    for server in stage.cloud.compute.servers():
        assert server.id
        assert server.status


def test_servers_are_counted_against_a_quota(stage: Stage) -> None:
    quotas = {quota.resource: quota for quota in stage.cloud.compute.quotas()}

    assert set(quotas) == {"instances", "cores", "ram"}
    for quota in quotas.values():
        assert quota.used >= 0
        assert (quota.limit is None) is (quota.free is None)


KEY = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJlPTc0rh4rOdDnVVPJvdJ2E9vDq1XfpY9fN8gXy1w0C"
    " somebody"
)


def test_a_key_pair_is_there_once_however_often_it_is_saved(stage: Stage) -> None:
    compute, name = stage.cloud.compute, stage.name("key")
    stage.undo.callback(compute.delete_key, name)
    assert name not in compute.key_pairs()

    compute.save_key(name, KEY)
    compute.save_key(name, KEY)

    assert name in compute.key_pairs()
    compute.delete_key(name)
    compute.delete_key(name)
    assert name not in compute.key_pairs()


def test_what_is_no_public_key_is_refused(stage: Stage) -> None:
    name = stage.name("key")
    stage.undo.callback(stage.cloud.compute.delete_key, name)

    with pytest.raises(ServiceError, match=name):
        stage.cloud.compute.save_key(name, "not a key")
