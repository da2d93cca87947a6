"""What an inspection has found is read for nodes, and of one node shown."""

from __future__ import annotations

import pytest

from tests.builders import a_node
from tests.unit.workflows.inspections import MEASURED, Site
from tripleo_cli.domain.facts import HardwareFacts, Nic
from tripleo_cli.domain.node import Verb
from tripleo_cli.errors import (
    InvalidInputError,
    NotFoundError,
    ServiceError,
)
from tripleo_cli.workflows.introspection import (
    data_of,
    nodes_with_facts,
    select_nic,
)


def test_facts_are_read_for_nodes_that_were_inspected() -> None:
    site = Site("a", "b")
    site.ironic.will_find("a", MEASURED)
    site.cloud.baremetal.set_provision_state(site.node("a").id, Verb.INSPECT)
    for _ in range(3):
        site.ironic.states()

    with_facts, without = nodes_with_facts(site.cloud, site.ironic.nodes())

    assert with_facts.facts
    assert with_facts.facts.cpus == 2
    assert without.facts is None


def test_a_node_that_is_deleted_meanwhile_is_left_out() -> None:
    site = Site("a", "b")
    listed = site.ironic.nodes()
    site.ironic.delete(listed[0].id)

    (left,) = nodes_with_facts(site.cloud, listed)

    assert left == listed[1]


def test_an_answer_that_does_not_come_is_no_missing_fact() -> None:
    site = Site("a")
    site.ironic.refuses("a", "inventory", ServiceError("Ironic is gone"))

    with pytest.raises(ServiceError, match="Ironic is gone"):
        nodes_with_facts(site.cloud, site.ironic.nodes())


def test_a_node_that_was_not_inspected_says_what_to_do() -> None:
    site = Site("a")

    with pytest.raises(NotFoundError, match="has not been inspected") as caught:
        data_of(site.cloud.inspection, site.node("a"))

    assert caught.value.hint == "openstack overcloud node introspect a"


@pytest.mark.parametrize("wanted", ["eno2", "52:54:00:0F:00:02"])
def test_an_interface_is_found_by_name_or_address(wanted: str) -> None:
    nics = tuple(Nic(name=f"eno{n}", mac=f"52:54:00:0f:00:0{n}") for n in (1, 2))

    assert select_nic(a_node("a"), HardwareFacts(nics=nics), wanted) == nics[1]


def test_an_unknown_interface_names_those_there_are() -> None:
    facts = HardwareFacts(nics=(Nic(name="eno1"),))

    with pytest.raises(InvalidInputError, match="known are eno1"):
        select_nic(a_node("a"), facts, "eth0")
