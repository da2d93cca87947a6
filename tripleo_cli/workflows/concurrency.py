"""The same work for many subjects, some of them at a time.

One failure never hides or stops the others. Ctrl-C starts nothing new, lets what is
under way end, and tells what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from tripleo_cli.errors import PartialFailureError, TripleoError

DEFAULT_CONCURRENCY = 20


class StoppedError(PartialFailureError):
    """The operator pressed Ctrl-C in the middle of the work."""


S = TypeVar("S")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[S, R]):
    """What came of one subject: a result, or the error that prevented it."""

    subject: S
    result: R | None = None
    error: TripleoError | None = None


def each(
    subjects: Iterable[S],
    work: Callable[[S], R],
    *,
    concurrency: int = DEFAULT_CONCURRENCY,
) -> Sequence[Outcome[S, R]]:
    """Do ``work`` for every subject, at most ``concurrency`` at a time.

    Returns:
        One outcome per subject, in their order.

    Raises:
        StoppedError: Ctrl-C; it says how many subjects are left.
        Exception: An error that is not one of ours is a bug and ends all.
    """
    todo = list(subjects)
    if not todo:
        return []

    def attempt(subject: S) -> Outcome[S, R]:
        try:
            return Outcome(subject=subject, result=work(subject))
        except TripleoError as error:
            return Outcome(subject=subject, error=error)

    with ThreadPoolExecutor(min(concurrency, len(todo))) as pool:
        futures = [pool.submit(attempt, subject) for subject in todo]
        _wait(pool, futures)
        return [future.result() for future in futures]


def _wait(pool: ThreadPoolExecutor, futures: Sequence[Future[Outcome[S, R]]]) -> None:
    try:
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
    except KeyboardInterrupt:
        pool.shutdown(wait=True, cancel_futures=True)
        left = sum(future.cancelled() for future in futures)
        raise StoppedError(
            f"stopped by Ctrl-C: {len(futures) - left} of {len(futures)} were begun "
            f"and have ended, {left} were not begun",
            hint="run the same command again to complete it",
        ) from None
    except BaseException:
        # A mistake of ours: begin nothing more, and let it be seen.
        pool.shutdown(wait=True, cancel_futures=True)
        raise
