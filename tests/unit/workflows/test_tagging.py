"""Tags and the note of whose they are: neither order nor crash parts them."""

from __future__ import annotations

import pytest

from tests.builders import a_node
from tests.fakes.baremetal import FakeBaremetal
from tripleo_cli.domain.events import silent
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.profile import (
    TAGGED_BY,
    profile_traits,
    tagged_for_stack,
    untagged,
)
from tripleo_cli.errors import PartialFailureError, ServiceError
from tripleo_cli.workflows.tagging import write_tags

CUT = ServiceError("the connection was cut")
STACK = "overcloud"


def fresh() -> tuple[FakeBaremetal, Node]:
    node = a_node("one")
    return FakeBaremetal([node]), node


def test_tags_that_could_not_be_written_whole_are_the_stacks() -> None:
    ironic, node = fresh()
    ironic.refuses("one", "set_traits", CUT)

    with pytest.raises(PartialFailureError):
        write_tags(ironic, [(node, tagged_for_stack(node, "compute", STACK))], silent)

    (left,) = ironic.nodes()
    assert left.extra[TAGGED_BY] == STACK


def test_tags_that_could_not_be_taken_off_stay_the_stacks() -> None:
    ironic, node = fresh()
    write_tags(ironic, [(node, tagged_for_stack(node, "compute", STACK))], silent)
    (tagged,) = ironic.nodes()
    ironic.refuses("one", "set_traits", CUT)

    with pytest.raises(PartialFailureError):
        write_tags(ironic, [(tagged, untagged(tagged))], silent)

    (left,) = ironic.nodes()
    assert profile_traits(left)
    assert left.extra[TAGGED_BY] == STACK


def test_what_could_not_be_forgotten_has_no_tags_any_more() -> None:
    ironic, node = fresh()
    write_tags(ironic, [(node, tagged_for_stack(node, "compute", STACK))], silent)
    (tagged,) = ironic.nodes()
    ironic.refuses("one", "update", CUT)

    with pytest.raises(PartialFailureError):
        write_tags(ironic, [(tagged, untagged(tagged))], silent)

    (left,) = ironic.nodes()
    assert not left.traits
    assert left.extra[TAGGED_BY] == STACK
