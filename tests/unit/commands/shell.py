"""Runs commands in the process of the test, on a fake undercloud."""

from __future__ import annotations

import argparse
import io
import json
from types import SimpleNamespace
from typing import Any

from tests.fakes.cloud import FakeCloud
from tripleo_cli.commands import base
from tripleo_cli.plugin import API_NAME


class Shell:
    """Runs commands as ``openstack`` does, and keeps what they print."""

    def __init__(self, cloud: FakeCloud) -> None:
        self.cloud = cloud
        self.printed = ""
        self.signed_in = 0
        """How often a command asked for the cloud."""

    def __call__(self, command: type[base.Command], *words: str) -> Any:
        stdout = io.StringIO()
        manager = SimpleNamespace(**{API_NAME: self.cloud})
        app: Any = SimpleNamespace(
            client_manager=manager,
            stdout=stdout,
            prepare_to_run_command=self._sign_in,
        )
        instance = command(app, argparse.Namespace())
        is_shown = issubclass(command, base.Lister | base.ShowOne)
        form = ["-f", "json"] if is_shown and "-f" not in words else []
        parsed = instance.get_parser("test").parse_args([*words, *form])
        try:
            instance.run(parsed)
        finally:
            self.printed = stdout.getvalue()
        return json.loads(self.printed) if form else None

    def _sign_in(self, _command: base.Command) -> None:
        self.signed_in += 1
