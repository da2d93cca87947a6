"""Hiera's own interpolation, as hiera does it."""

from __future__ import annotations

from typing import Any

import pytest

from tripleo_cli.domain.overcloud.interpolation import (
    dig,
    names_in,
    names_in_manifest,
    resolve,
)

KEYS = {"port": 9292, "is_on": True, "host": "10.0.0.1", "list": [1, {"a": "x"}]}
KEYS |= {"url": "http://%{lookup('host')}:%{lookup('port')}", "a.b": "dotted"}


def resolved(value: Any) -> Any:
    return resolve(value, lambda name: dig(name, KEYS))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        (7, 7),
        ("%{lookup('host')}", "10.0.0.1"),
        ('%{lookup("host")}', "10.0.0.1"),
        ("%{ hiera('host') }", "10.0.0.1"),
        ("a %{lookup('port')} b", "a 9292 b"),
        ("%{lookup('is_on')}", "true"),
        ("%{alias('port')}", 9292),
        ("%{alias('list')}", [1, {"a": "x"}]),
        ("%{lookup('list.1.a')}", "x"),
        ("%{lookup('a.b')}", "dotted"),
        ("%{alias('url')}/v3", "http://10.0.0.1:9292/v3"),
        ("%{lookup('url')}", "http://10.0.0.1:9292"),
        ("100%{literal('%')}{x}", "100%{x}"),
        ("%{facts.os.name}", "%{facts.os.name}"),
        ({"%{lookup('host')}": ["%{alias('port')}"]}, {"10.0.0.1": [9292]}),
    ],
)
def test_values_stand_where_keys_are_named(value: Any, expected: Any) -> None:
    assert resolved(value) == expected


@pytest.mark.parametrize("name", ["nobody", "list.7", "list.x", "port.x"])
def test_an_unknown_key_is_an_error(name: str) -> None:
    with pytest.raises(KeyError):
        resolved(f"%{{lookup('{name}')}}")


def test_names_are_found_however_deep() -> None:
    data = {"a": ["%{lookup('x')}", {"%{alias('y')}": "%{literal('%')}%{hiera('z')}"}]}

    assert list(names_in(data)) == ["x", "y", "z"]


def test_names_are_found_in_puppet_code() -> None:
    code = """
      $a = lookup('one')
      $b = lookup("two", String, 'first', 'a default')
      $c = hiera ( 'six' )
      $d = "${lookup('three')['x']} ${lookup($dynamic)} ${lookup("${a}_ips")}"
      $e = hiera('four')
      $f = lookup({'name' => 'five', 'default_value' => 1})
      my_lookup('seven')
    """

    assert list(names_in_manifest(code)) == [
        ("one", True),
        ("two", False),
        ("six", True),
        ("three", True),
        ("four", True),
        ("five", False),
    ]
