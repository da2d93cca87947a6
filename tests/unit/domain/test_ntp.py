"""Time servers in environment files."""

from __future__ import annotations

from typing import Any

import pytest

from tripleo_cli.domain.ntp import servers_in


@pytest.mark.parametrize(
    ("parameters", "servers"),
    [
        ({}, ()),
        ({"NtpServer": "a"}, ("a",)),
        ({"NtpServer": "a, b,,a"}, ("a", "b")),
        ({"NtpServer": ["a", " b "], "NtpPool": ["b", "c"]}, ("a", "b", "c")),
        ({"NtpServer": None, "NtpPool": []}, ()),
    ],
)
def test_servers_are_named_once(
    parameters: dict[str, Any], servers: tuple[str, ...]
) -> None:
    assert servers_in(parameters) == servers
