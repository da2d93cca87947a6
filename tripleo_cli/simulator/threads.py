"""Work that blocks, done beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """Do something in a thread and wait for it.

    As ``asyncio.to_thread``, but a fleet that is told to stop does not wait for an
    image to be unpacked: the thread ends with the process.
    """
    future: Future[T] = Future()
    # From now on it cannot be cancelled: whoever waits may go, the work goes on.
    future.set_running_or_notify_cancel()

    def do() -> None:
        try:
            future.set_result(work(*args, **options))
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            future.set_exception(error)

    Thread(target=do, daemon=True).start()
    return await asyncio.wrap_future(future)
