from __future__ import annotations

import pytest

from tripleo_cli.domain.url import host_part


@pytest.mark.parametrize(
    ("address", "part"),
    [("192.0.2.1", "192.0.2.1"), ("fd00::1", "[fd00::1]"), ("oc-0", "oc-0")],
)
def test_only_ipv6_needs_brackets(address: str, part: str) -> None:
    assert host_part(address) == part
