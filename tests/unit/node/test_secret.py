from __future__ import annotations

from typing import Any

import pytest

from tripleo_cli.node.secret import Secrets


def test_passwords_are_hidden_wherever_they_are() -> None:
    secrets = Secrets({"passwords": {"A": "abcd1234", "Keys": {"0": "fernet=="}}})

    assert secrets.hide("mysql://glance:abcd1234@host") == "mysql://glance:***@host"
    assert secrets.hide({"a": ["fernet==", 3], "b": None}) == {
        "a": ["***", 3],
        "b": None,
    }


def test_the_longer_of_two_is_hidden_whole() -> None:
    secrets = Secrets({"passwords": {"A": "abcd", "B": "abcdefgh"}})

    assert secrets.hide("abcdefgh abcd") == "*** ***"


def test_passwords_in_urls_are_hidden_in_their_other_form() -> None:
    assert Secrets({"passwords": {"A": "a/b@c"}}).hide("x:a%2Fb%40c@h") == "x:***@h"


def test_an_operators_own_secrets_are_known_by_their_keys() -> None:
    hiera = {
        "role": {"swift::admin_password": "mine-alone", "swift::name": "plain-text"},
        "service_configs": {"x::password": "%{lookup('XPassword')}"},
    }

    hidden = Secrets(hiera).hide("mine-alone plain-text %{lookup('XPassword')}")

    assert hidden == "*** plain-text %{lookup('XPassword')}"


def test_keys_of_several_lines_are_hidden_line_by_line() -> None:
    secrets = Secrets({"passwords": {"Key": "BEGIN-1\nline-2\nEND-3"}})

    assert secrets.hide("+line-2\n END-3") == "+***\n ***"


def test_short_words_and_no_secrets_leave_texts_alone() -> None:
    assert Secrets({"passwords": {"A": "on"}}).hide("one on") == "one on"
    assert Secrets({}).hide("one") == "one"


@pytest.mark.parametrize(
    "value",
    [
        {"nova::config::nova_config": {"vmware/host_password": {"value": "hush-1"}}},
        {"a": {"b": [{"name": "plain-text", "auth_token": "hush-1"}]}},
        {"a": {"vmware/host_password": {"value": "hush-1", "ensure": "plain-text"}}},
        {"a::secret": {"first": "hush-1", "second": ["hush-1"]}},
        {"a": {"DEFAULT/x": {"value": "rabbit://me:hush-1@h:5672,me:other@h2//"}}},
        {"a::connection": "mysql+pymysql://me:hush-1@192.0.2.1/nova?charset=utf8"},
    ],
)
def test_an_operators_own_secrets_are_found_at_any_depth(value: Any) -> None:
    hidden = Secrets({"role": value}).hide("me hush-1 plain-text /nova present")

    assert hidden == "me *** plain-text /nova present"


def test_all_servers_of_an_address_have_their_passwords_hidden() -> None:
    url = "rabbit://me:first@h1:5672,you:s%2Fcond@h2:5672/v"
    secrets = Secrets({"role": {"x::transport_url": url}})

    assert secrets.hide(url) == "rabbit://me:***@h1:5672,you:***@h2:5672/v"
    assert secrets.hide("first s/cond") == "*** ***"


def test_passwords_of_unknown_addresses_are_hidden_too() -> None:
    told = "x mysql://me:abc@h/x http://192.0.2.1:80/a@b ssh://me@h [fd00::1]:80"

    assert Secrets({}).hide(told) == told.replace(":abc@", ":***@")


@pytest.mark.parametrize(
    "value",
    [
        {"a": {"x_key": {"value": "absent"}, "y_token": "True"}},
        {"a::password": "<SERVICE DEFAULT>", "b::password": "undef"},
        {"a::connection": "mysql://nova:nova@h/nova", "b": "amqp://x:guest@h"},
        {"a::connection": "mysql://nova:%{lookup('NovaPassword')}@h/nova"},
    ],
)
def test_words_that_anybody_uses_are_left_alone(value: Any) -> None:
    told = "nova is absent: True, undef, <SERVICE DEFAULT>, guest, lookup('Nova"

    assert Secrets({"role": value}).hide(told) == told
