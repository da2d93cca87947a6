"""Places of machines, as operators write them."""

from __future__ import annotations

import pytest

from tests.builders import a_node
from tripleo_cli.domain.matching import Pin
from tripleo_cli.domain.pinning import pin_from, pinned, place_of, with_pin, without_pin
from tripleo_cli.domain.role import Role

ROLES = {
    "Controller": Role(name="Controller", profile_aliases=("control",)),
    "Compute": Role(name="Compute"),
    "Compute-2": Role(name="Compute-2", profile="gpu"),
    "Odd": Role(name="Odd", profile="compute"),
}


@pytest.mark.parametrize(
    ("text", "pin"),
    [
        ("Controller-0", Pin(role="Controller", index=0)),
        ("controller-12", Pin(role="Controller", index=12)),
        (" control-1 ", Pin(role="Controller", index=1)),
        ("CONTROLLER", Pin(role="Controller")),
        ("compute-2", Pin(role="Compute-2")),
        ("compute-2-3", Pin(role="Compute-2", index=3)),
        ("gpu-3", Pin(role="Compute-2", index=3)),
        ("compute-3", Pin(role="Compute", index=3)),
        ("contoller-0", None),
        ("controller-", None),
        ("controller-x", None),
        ("controller-\u0663", None),
        ("0", None),
        ("", None),
    ],
)
def test_a_place_is_a_role_and_a_number(text: str, pin: Pin | None) -> None:
    assert pin_from(text, ROLES) == pin


@pytest.mark.parametrize(
    "pin", [Pin(role="Controller", index=3), Pin(role="Compute-2"), Pin(role="Compute")]
)
def test_a_pin_comes_back_from_the_node_as_it_was(pin: Pin) -> None:
    node = a_node("a", capabilities={"boot_mode": "uefi"})

    assert pin_from(place_of(pin), ROLES) == pin
    assert pinned([with_pin(node, pin)], ROLES).pins == {node.id: pin}
    assert without_pin(with_pin(node, pin)) == node


def test_nodes_in_use_are_apart_and_unknown_places_of_free_ones_are_told() -> None:
    nodes = [
        a_node("used", capabilities={"node": "controller-0"}, instance_id="server"),
        a_node("strange", capabilities={"node": "rack-6"}, instance_id="server"),
        a_node("odd", capabilities={"node": "rack-7"}),
        a_node("plain"),
    ]

    found = pinned(nodes, ROLES)

    assert (found.pins, found.unknown) == ({}, {"odd": "rack-7"})
    assert found.in_use == {nodes[0].id: Pin(role="Controller", index=0)}


def test_the_pins_of_another_cloud_do_not_count() -> None:
    pin = {"node": "controller-0"}
    other = a_node("theirs", capabilities=pin, resource_class="theirs")
    unset = a_node("new", capabilities=pin, resource_class="")

    found = pinned([other, unset, a_node("ours", capabilities=pin)], ROLES)

    assert list(found.pins) == ["uuid-new", "uuid-ours"]
    assert not found.unknown
