"""Pins and spreads on the command line."""

from __future__ import annotations

import pytest

from tripleo_cli.domain.matching import Pin
from tripleo_cli.domain.role import Role
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.matching import parse_pins, parse_spread, pinned_names

ROLES = {
    "Controller": Role(name="Controller"),
    "Compute": Role(name="Compute"),
}


def test_pins_are_read() -> None:
    assert parse_pins([" n-3 = Controller-0", "n-4=compute", "n-4=Compute"], ROLES) == {
        "n-3": Pin(role="Controller", index=0),
        "n-4": Pin(role="Compute"),
    }


def test_spreads_are_read() -> None:
    assert parse_spread(["Controller=extra.row", "Compute=nics.x"], ROLES) == {
        "Controller": "extra.row",
        "Compute": "nics.x",
    }


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("n-3", "--pin n-3: must be NODE=ROLE-NUMBER (--pin node-3=Controller-0)"),
        ("=Controller", "must be NODE=ROLE-NUMBER"),
        ("n-3=Contoller-0", '"Contoller" (did you mean "Controller"?)'),
        ("n-3=zebra-0", 'there is no role "zebra" (there are Compute, Controller)'),
    ],
)
def test_wrong_pins_are_told(value: str, told: str) -> None:
    with pytest.raises(InvalidInputError) as raised:
        parse_pins([value, "n-1=Compute-0", "n-1=Compute-1"], ROLES)

    assert told in str(raised.value)
    assert "--pin n-1=Compute-1: n-1 was pinned already" in str(raised.value)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("properties.rack", "must be ROLE=PATH (--spread Controller=properties.rack)"),
        ("Compte=product", '"Compte" (did you mean "Compute"?)'),
        ("Compte=produkt", '"Compte" (did you mean "Compute"?)'),
        ("Compte=produkt", 'no fact "produkt" (did you mean "product"?)'),
    ],
)
def test_wrong_spreads_are_told(value: str, told: str) -> None:
    with pytest.raises(InvalidInputError) as raised:
        parse_spread([value], ROLES)

    assert told in str(raised.value)


def test_without_roles_only_the_form_counts() -> None:
    assert parse_pins(["n-1=Nope-0", "n-2=Nope"], None) == {}
    assert parse_spread(["Nope=product"], None) == {"Nope": "product"}
    with pytest.raises(InvalidInputError, match="--pin n-3: must be"):
        parse_pins(["n-3"], None)


def test_nodes_are_named_by_pins_of_any_role() -> None:
    assert pinned_names(["b=Nope-0", "a = Compute", "a=Compute-1", "x", "=y"]) == [
        "b",
        "a",
    ]
