"""Following a stack while the services that know of it come and go."""

from __future__ import annotations

import pytest

from tests.unit.workflows.stacks import World
from tripleo_cli.domain.events import Noted
from tripleo_cli.errors import UnreachableError
from tripleo_cli.workflows.follow import PATIENCE_SECONDS, POLL_SECONDS


def test_heat_may_be_restarted_meanwhile() -> None:
    world = World()
    world.cloud.stacks.will_not_answer(5)

    world.deploy(Compute=1)

    assert str(world.stack().status) == "CREATE_COMPLETE"
    waits = [event for event in world.events if isinstance(event, Noted)]
    assert sum("no answer from Heat; waiting" in event.text for event in waits) == 1


def test_heat_that_stays_away_is_an_error() -> None:
    world = World()
    world.cloud.stacks.will_not_answer(10_000)

    with pytest.raises(UnreachableError, match="no answer from Heat"):
        world.deploy(Compute=1)

    assert world.clock.slept <= PATIENCE_SECONDS + 2 * POLL_SECONDS
