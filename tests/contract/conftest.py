"""The same claims about the fakes and about the live services.

Live things are named ``c-...`` (the prefix can be changed by CONTRACT_PREFIX) and
removed afterwards; nodes have a resource class of their own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from openstack import config

from tests.fakes.clock import FakeClock
from tests.fakes.cloud import FakeCloud
from tripleo_cli.clients.clock import LiveClock
from tripleo_cli.clients.cloud import LiveCloud

if TYPE_CHECKING:
    from tripleo_cli.workflows.ports import Clock, Cloud

PREFIX = os.environ.get("CONTRACT_PREFIX", "c")
RESOURCE_CLASS = f"{PREFIX}test"
PATIENCE = 600.0
"""Seconds that a live service gets to reach what a test waits for."""


@dataclass(kw_only=True)
class Stage:
    """One cloud to test, with what is undone when the test ends."""

    cloud: Cloud
    clock: Clock
    is_live: bool
    undo: ExitStack = field(default_factory=ExitStack)

    def name(self, what: str) -> str:
        """Make a name that no other run uses."""
        return f"{PREFIX}-{what}-{uuid4().hex[:6]}"

    def mac(self) -> str:
        """Make an address in the range of these tests."""
        digits = uuid4().hex
        return f"52:54:00:0{PREFIX}:{digits[:2]}:{digits[2:4]}"

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Poll until something is so."""
        deadline = self.clock.now() + PATIENCE
        while not is_so():
            assert self.clock.now() < deadline, "waited in vain"
            self.clock.sleep(0.5)


@pytest.fixture(scope="session")
def live_cloud() -> Cloud:
    """Connect once; a missing cloud is a failure, not a reason to skip."""
    name = os.environ.get("OS_CLOUD")
    if not name:
        pytest.fail("OS_CLOUD names no undercloud")
    region = config.OpenStackConfig().get_one(name)
    return LiveCloud(
        SimpleNamespace(
            session=region.get_session(),
            region_name=region.region_name,
            interface=region.config.get("interface"),
        )
    )


@pytest.fixture(params=["fake", pytest.param("live", marks=pytest.mark.functional)])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Give each test a fake cloud or the live one, and clean up after it."""
    if request.param == "live":
        cloud = request.getfixturevalue("live_cloud")
        made = Stage(cloud=cloud, clock=LiveClock(), is_live=True)
    else:
        made = Stage(cloud=FakeCloud(), clock=FakeClock(), is_live=False)
    with made.undo:
        yield made
