"""What is read out of a node's state; the ways of nodes are in test_travel."""

from __future__ import annotations

import pytest

from tripleo_cli.domain.transition import leaf_cause


@pytest.mark.parametrize(
    ("last_error", "expected"),
    [
        ("no power", "no power"),
        ("Failed. Reason: no power", "Failed. Reason: no power"),
        ("Async execution of do_it failed with error: no power", "no power"),
        (
            "Failed to inspect hardware. Reason: failed to run inspection hooks: "
            "Failed to inspect hardware. Reason: failures of node 1:\n  Error in hook: "
            "Failed to inspect hardware. Reason: Ramdisk reported error:\n no disk",
            "Ramdisk reported error: no disk",
        ),
    ],
)
def test_the_innermost_reason_is_told(last_error: str, expected: str) -> None:
    assert leaf_cause(last_error) == expected
