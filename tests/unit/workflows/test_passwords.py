"""New passwords."""

from __future__ import annotations

import base64
import uuid

import pytest

from tripleo_cli.domain.overcloud.service import PasswordKind
from tripleo_cli.domain.plan import Plan
from tripleo_cli.workflows.passwords import complete, make_password


@pytest.mark.parametrize("kind", PasswordKind)
def test_no_two_are_alike(kind: PasswordKind) -> None:
    assert len({make_password(kind) for _ in range(20)}) == 20


def test_each_kind_has_its_form() -> None:
    random = make_password(PasswordKind.RANDOM)
    assert len(random) == 25
    assert random.isalnum()
    key = base64.urlsafe_b64decode(make_password(PasswordKind.FERNET))
    assert len(key) == 32
    assert len(bytes.fromhex(make_password(PasswordKind.HEX))) == 16
    assert uuid.UUID(make_password(PasswordKind.UUID)).version == 4


def test_a_stack_of_which_nothing_is_configured_gets_none() -> None:
    plan = Plan(stack="oc", parameters={"a": 1})

    assert complete(plan, None) == plan
