"""Which passwords an overcloud has, and where they come from."""

from __future__ import annotations

from tests.unit.domain.overcloud.examples import GLANCE, KEYSTONE
from tripleo_cli.domain.overcloud.passwords import (
    PARAMETER,
    passwords_in,
    passwords_named,
    with_passwords,
    without_passwords,
)
from tripleo_cli.domain.overcloud.service import PasswordKind

BOTH = (KEYSTONE, GLANCE)


def made(kind: PasswordKind) -> str:
    return f"new-{kind.value}"


def test_what_is_missing_is_made_by_its_kind() -> None:
    given = with_passwords({"CloudDomain": "x"}, BOTH, {}, made)

    assert given == {
        "CloudDomain": "x",
        PARAMETER: {
            "AdminPassword": "new-random",
            "GlancePassword": "new-random",
            "KeystoneFernetKey0": "new-fernet",
        },
    }


def test_what_the_stack_has_stays_even_when_nobody_needs_it() -> None:
    known = {PARAMETER: {"GlancePassword": "old", "GonePassword": "old"}}

    found = passwords_in(with_passwords({}, (GLANCE,), known, made))

    assert found == {"GlancePassword": "old", "GonePassword": "old"}


def test_what_an_operator_gives_wins_and_is_kept() -> None:
    known = {PARAMETER: {"GlancePassword": "old"}}

    once = with_passwords({"GlancePassword": 123456}, (GLANCE,), known, made)
    later = with_passwords({}, (GLANCE,), once, made)

    assert passwords_in(once) == {"GlancePassword": "123456"}
    assert passwords_in(later) == {"GlancePassword": "123456"}


def test_the_same_again_changes_nothing() -> None:
    once = with_passwords({}, BOTH, {}, made)

    assert with_passwords({}, BOTH, once, lambda _kind: "another") == once


def test_people_see_no_password() -> None:
    given = with_passwords({"GlancePassword": "mine", "a": 1}, BOTH, {}, made)

    shown = without_passwords({"parameter_defaults": given, "resource_registry": {}})

    assert shown == {
        "parameter_defaults": {
            "a": 1,
            "GlancePassword": "***",
            PARAMETER: {
                "AdminPassword": "***",
                "GlancePassword": "***",
                "KeystoneFernetKey0": "***",
            },
        },
        "resource_registry": {},
    }
    assert without_passwords({"parameter_defaults": {"a": 1}}) == {
        "parameter_defaults": {"a": 1}
    }


def test_kinds_go_by_name() -> None:
    assert passwords_named(BOTH) == {
        "AdminPassword": PasswordKind.RANDOM,
        "GlancePassword": PasswordKind.RANDOM,
        "KeystoneFernetKey0": PasswordKind.FERNET,
    }
