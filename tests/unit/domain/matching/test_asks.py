"""What roles ask for, in words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.requirement import HalfTheMedian
from tripleo_cli.domain.matching.asks import common_asks
from tripleo_cli.domain.role import Needs, Role

FAST = HalfTheMedian("loops")


def a_role(*, requires: HalfTheMedian | None = None, **needs: Any) -> Role:
    return Role(name="R", needs=Needs(**needs), requires=requires)


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        ([a_role()], ""),
        ([a_role(cpus=8), a_role()], ""),
        ([a_role(cpus=8), a_role(cpus=16)], "with at least 8 CPUs"),
        (
            [a_role(cpus=8, memory_mb=2048, disk_gb=9)],
            "with at least 8 CPUs, 2 GiB of memory and 9 GiB of disk",
        ),
        ([a_role(memory_mb=1000)], "with at least 1000 MiB of memory"),
        (
            [
                a_role(traits=frozenset({"CUSTOM_A", "CUSTOM_B"})),
                a_role(traits=frozenset({"CUSTOM_B"})),
            ],
            "with CUSTOM_B",
        ),
        (
            [a_role(requires=FAST, cpus=2), a_role(requires=FAST, cpus=2)],
            "with at least 2 CPUs that are fast in loops",
        ),
        ([a_role(requires=FAST), a_role()], ""),
        (
            [Role(name="R", resource_class="gold")],
            'of resource class "gold"',
        ),
    ],
)
def test_only_what_all_of_them_ask_for_is_said(roles: list[Role], words: str) -> None:
    assert common_asks(roles) == words
