from __future__ import annotations

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
