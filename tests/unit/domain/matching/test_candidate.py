"""Sizes as Ironic keeps them: whatever somebody once wrote there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import a_node
from tripleo_cli.domain.matching.candidate import candidate_from_node


@pytest.mark.parametrize(
    ("written", "size"),
    [
        (8192, 8192),
        ("8192", 8192),
        (8192.5, 8192),
        ("", None),
        ("8 GiB", None),
        ([], None),
        (None, None),
        (1e999, None),
        (-1e999, None),
        (float("nan"), None),
        ("9" * 5000, None),
    ],
)
def test_a_size_that_is_none_is_not_known(written: Any, size: int | None) -> None:
    properties = {"memory_mb": written, "local_gb": written}

    found = candidate_from_node(replace(a_node("a"), properties=properties))

    assert (found.memory_mb, found.disk_gb) == (size, size)
