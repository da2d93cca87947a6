"""Ctrl-C while nodes are configured."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.overcloud import FakeOvercloudIdentity
from tests.unit.workflows.overclouds import GLANCE, OvercloudWorld
from tripleo_cli.errors import (
    InterruptedRunError,
)


def test_ctrl_c_while_services_are_registered_applies_nothing_again() -> None:
    world = OvercloudWorld()
    world.configure()
    world.forget_calls()
    world.identity = FakeOvercloudIdentity()
    world.identity.refused[GLANCE.key] = KeyboardInterrupt()
    world.workdir.files.clear()

    with pytest.raises(InterruptedRunError, match="first unfinished step"):
        world.configure()

    assert world.applied() == []


def test_ctrl_c_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    world = OvercloudWorld()

    def interrupt(*_args: Any, **_kwargs: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(world.nodes, "apply", interrupt)

    with pytest.raises(InterruptedRunError, match="first unfinished step"):
        world.configure()
