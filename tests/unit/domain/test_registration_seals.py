"""Credentials: what is sent again, tried, sealed, and never shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.domain.registrations import SEALER, a_definition, an_ipmi_node, decided
from tripleo_cli.domain.definition import NodeDefinition
from tripleo_cli.domain.node import (
    Node,
    NodeState,
    ProvisionState,
)
from tripleo_cli.domain.registration import (
    Change,
    Unchanged,
    Update,
)
from tripleo_cli.domain.seal import SEAL_FIELD, Sealer


def sealed(password: str, sealer: Sealer = SEALER) -> Node:
    seal = sealer.seal("x", {"ipmi_password": password})
    return an_ipmi_node("a", extra={SEAL_FIELD: seal})


def with_password(password: str) -> NodeDefinition:
    return a_definition(name="a", driver_info={"ipmi_password": password})


def test_a_known_password_is_not_sent_again() -> None:
    assert isinstance(decided(with_password("p"), sealed("p")), Unchanged)


@pytest.mark.parametrize(
    "known",
    [sealed("old"), an_ipmi_node("a"), sealed("new", Sealer(b"other", "s"))],
    ids=["another", "never sealed", "sealed elsewhere"],
)
def test_a_password_that_may_be_new_is_sent_and_never_shown(known: Node) -> None:
    decision = decided(with_password("new"), known)

    assert isinstance(decision, Update)
    assert decision.patch["/driver_info/ipmi_password"] == "new"
    assert SEALER.matches(decision.seal, {"ipmi_password": "new"})
    assert str(decision) == "driver_info.ipmi_password changed"


@pytest.mark.parametrize("info", [{"ipmi_password": "new"}, {"ipmi_address": "other"}])
def test_what_leads_to_the_bmc_is_to_be_tried_before_it_is_sealed(
    info: dict[str, Any],
) -> None:
    info = {"ipmi_password": "old", **info}
    known = sealed("old")

    decision = decided(a_definition(name="a", driver_info=info), known)

    assert isinstance(decision, Update)
    assert decision.is_untried
    assert decision.patch[f"/extra/{SEAL_FIELD}"] is None
    assert list(decision.patch_once_tried) == [f"/extra/{SEAL_FIELD}"]
    seal = decision.patch_once_tried[f"/extra/{SEAL_FIELD}"]
    assert SEALER.matches(seal, {"ipmi_password": info["ipmi_password"]})


def test_what_ironic_tries_by_itself_or_is_no_way_to_the_bmc_is_sealed_at_once() -> (
    None
):
    known = sealed("old")
    enrolled = replace(known, state=NodeState(provision=ProvisionState.ENROLL))
    first = decided(with_password("new"), enrolled)
    image = {"deploy_kernel": "k", "ipmi_password": "old"}
    second = decided(a_definition(name="a", driver_info=image), known)

    assert isinstance(first, Update)
    assert isinstance(second, Update)
    assert not first.is_untried
    assert not second.is_untried
    assert first.patch[f"/extra/{SEAL_FIELD}"] == first.seal
    assert second.patch == {"/driver_info/deploy_kernel": "k"}
    assert first.patch_once_tried == second.patch_once_tried == {}


def test_seals_tell_nothing() -> None:
    secrets = {"ipmi_password": "p"}
    one, other = SEALER.seal("nodes[0]", secrets), SEALER.seal("nodes[1]", secrets)

    assert one != other
    assert SEALER.matches(one, secrets)
    assert not SEALER.matches(one, {"ipmi_password": "q"})
    assert not SEALER.matches("", {})
    assert not SEALER.matches(None, secrets)
    assert "key" not in repr(SEALER)


@pytest.mark.parametrize(
    ("old", "shown"),
    [
        ("https://joe:hush@bmc/redfish", "https://***@bmc/redfish"),
        ("https://joe:hu/sh@bmc", "https://***@bmc"),
        ("joe:hush@bmc", "***@bmc"),
    ],
)
def test_credentials_in_an_address_are_not_shown(old: str, shown: str) -> None:
    change = Change(
        path="/driver_info/redfish_address",
        old=old,
        new="https://bmc",
    )

    assert str(change) == f"driver_info.redfish_address: {shown} -> https://bmc"
