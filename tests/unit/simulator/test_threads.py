"""Work beside the event loop."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest

from tripleo_cli.simulator.threads import in_thread


def test_what_comes_of_it_is_given() -> None:
    assert asyncio.run(in_thread(divmod, 7, 2)) == (3, 1)


def test_what_fails_is_raised_where_it_is_waited_for() -> None:
    with pytest.raises(ZeroDivisionError):
        asyncio.run(in_thread(divmod, 7, 0))


def test_nobody_waits_for_work_that_is_no_longer_wanted() -> None:
    release = Event()

    async def begin_and_leave() -> None:
        task = asyncio.create_task(in_thread(release.wait))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(begin_and_leave())

    # The work went on; nothing is left that it could disturb.
    release.set()
