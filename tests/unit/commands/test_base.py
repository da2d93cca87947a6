from __future__ import annotations

import argparse
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from keystoneauth1 import exceptions as keystone
from openstack.exceptions import ConfigException
from osc_lib.exceptions import CommandError

from tripleo_cli.commands.base import Command
from tripleo_cli.errors import ServiceError

NOBODY: Any = None


class Idle(Command):
    """A command that does nothing."""

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        """Do nothing."""


class Shell:
    """An ``openstack`` shell whose sign-in fails, or counts."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.client_manager = SimpleNamespace(tripleo="the cloud")
        self.failure = failure
        self.sign_ins = 0

    def prepare_to_run_command(self, command: Command) -> None:
        assert command.auth_required
        self.sign_ins += 1
        if self.failure:
            self._refuse(self.failure)

    def _refuse(self, failure: Exception) -> NoReturn:
        raise failure


@pytest.mark.parametrize(
    ("failure", "message", "hint"),
    [
        (keystone.Unauthorized(), "cannot sign in: .*HTTP 401", "password"),
        (
            keystone.ConnectFailure("refused at http://203.0.113.1:5000/v3"),
            "no answer from Keystone at http://203.0.113.1:5000/v3",
            "openstack undercloud status",
        ),
        (ConfigException("Missing value auth-url"), "auth-url", "export OS_CLOUD"),
    ],
    ids=["wrong password", "unreachable", "no cloud named"],
)
def test_a_failed_sign_in_says_what_to_do(
    failure: Exception, message: str, hint: str
) -> None:
    app: Any = Shell(failure)

    with pytest.raises(ServiceError, match=message) as caught:
        _ = Idle(app, NOBODY).cloud

    assert hint in (caught.value.hint or "")


def test_a_command_signs_in_once() -> None:
    app: Any = Shell()
    command = Idle(app, NOBODY)

    assert command.cloud is command.cloud
    assert app.sign_ins == 1


class Endless(Command):
    """A command that an operator loses patience with."""

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        """Be interrupted, whatever is asked."""
        assert parsed_args is not None
        raise KeyboardInterrupt


def test_ctrl_c_is_answered() -> None:
    app: Any = Shell()

    with pytest.raises(CommandError, match="interrupted; run the same command again"):
        Endless(app, NOBODY).run(argparse.Namespace())


def test_help_keeps_paragraphs() -> None:
    class Wordy(Idle):
        """Say what it does

        And more, in a paragraph of its own.
        """

    app: Any = SimpleNamespace()
    shown = Wordy(app, argparse.Namespace()).get_parser("test").format_help()

    assert "Say what it does\n\nAnd more, in a paragraph of its own.\n" in shown
