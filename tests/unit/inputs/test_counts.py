"""Counts of nodes on the command line."""

from __future__ import annotations

import pytest

from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.counts import SCALE_FLAGS, parse_counts
from tripleo_cli.inputs.roles import load_roles
from tripleo_cli.resources import shipped

ROLES = ["Controller", "Compute", "CephStorage"]


def test_both_forms_are_read() -> None:
    counts = parse_counts(
        ["Compute=20", " CephStorage = 0 "], {"--control-scale": "3"}, ROLES
    )

    assert counts == {"Compute": 20, "CephStorage": 0, "Controller": 3}


def test_saying_the_same_twice_does_no_harm() -> None:
    assert parse_counts(["Compute=2"], {"--compute-scale": "2"}, ROLES) == {
        "Compute": 2
    }


@pytest.mark.parametrize(
    ("role_counts", "scales", "expected"),
    [
        (["Compute=-1"], {}, "--role-count Compute=-1: must be at least 0, not -1"),
        (
            ["Compute=two"],
            {},
            '--role-count Compute=two: must be a whole number, not "two"',
        ),
        (
            ["Compute"],
            {},
            "--role-count Compute: must be NAME=NUMBER (--role-count Compute=3)",
        ),
        (
            ["Contoller=1"],
            {},
            '--role-count Contoller=1: there is no role "Contoller" '
            '(did you mean "Controller"?)',
        ),
        (
            ["Zebra=1"],
            {},
            '--role-count Zebra=1: there is no role "Zebra" '
            "(there are CephStorage, Compute, Controller)",
        ),
        (
            [],
            {"--compute-scale": "-3"},
            "--compute-scale -3: must be at least 0, not -3",
        ),
        (
            ["Compute=1"],
            {"--compute-scale": "2"},
            "--compute-scale 2: Compute was given 1 already",
        ),
    ],
)
def test_bad_counts_are_refused(
    role_counts: list[str], scales: dict[str, str], expected: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_counts(role_counts, scales, ROLES)

    assert [str(problem) for problem in caught.value.problems] == [expected]


def test_all_bad_counts_are_reported_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_counts(["Compute", "Zebra=1"], {"--control-scale": "x"}, ROLES)

    assert len(caught.value.problems) == 3
    assert caught.value.hint == "openstack overcloud role list"


def test_tripleo_s_flags_count_roles_that_are_shipped() -> None:
    assert set(SCALE_FLAGS.values()) <= set(load_roles([shipped("roles")]))


def test_without_roles_any_name_is_one() -> None:
    assert parse_counts(["Nope=1"], {}, None) == {"Nope": 1}
    with pytest.raises(InvalidInputError, match="must be a whole number"):
        parse_counts(["Nope=x"], {}, None)
