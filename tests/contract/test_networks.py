"""What workflows rely on of the networking service."""

from __future__ import annotations

from ipaddress import ip_network

from tests.contract.conftest import Stage
from tripleo_cli.domain.validation.facts import NETWORK


def test_the_provisioning_network_says_what_it_has_left(stage: Stage) -> None:
    subnets = stage.cloud.networks.subnets(NETWORK)

    assert subnets
    for subnet in subnets:
        assert ip_network(subnet.cidr).version == subnet.ip_version
        assert subnet.id
        assert subnet.used >= 0
        assert 0 < subnet.free <= subnet.total
    assert len({subnet.network_id for subnet in subnets}) == 1


def test_a_network_that_is_not_there_has_no_subnets(stage: Stage) -> None:
    assert not stage.cloud.networks.subnets(stage.name("nowhere"))


def test_ports_are_counted(stage: Stage) -> None:
    quotas = {quota.resource: quota for quota in stage.cloud.networks.quotas()}

    assert quotas["port"].used >= 0
    assert quotas["port"].free is None or quotas["port"].free >= 0
