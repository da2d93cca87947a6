"""The same work for many subjects, some of them at a time.

One failure never hides or stops the others. Ctrl-C starts nothing new, lets what is
under way end, and tells what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from tripleo_cli.domain.events import Failed, Reporter
from tripleo_cli.errors import PartialFailureError, TripleoError

DEFAULT_CONCURRENCY = 20
AGAIN = "run the same command again to complete it"


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
    on_stop: Callable[[], None] = lambda: None,
) -> Sequence[Outcome[S, R]]:
    """Do ``work`` for every subject, at most ``concurrency`` at a time.

    Args:
        subjects: Whatever ``work`` takes.
        work: Is called in several threads.
        concurrency: How many of them there are at most.
        on_stop: Asks what is under way to end early; called after Ctrl-C.

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
        _wait(pool, futures, on_stop)
        return [future.result() for future in futures]


def require_all(
    task: str,
    done: Sequence[tuple[str, TripleoError | None]],
    report: Reporter,
    what: str,
    hint: str = AGAIN,
) -> None:
    """Tell of each node that failed; goes on only where none did.

    Args:
        task: What is done, for reports.
        done: Each node's name, and its error.
        report: Whom to tell.
        what: What nodes that failed are, or are not: "could not be tagged".
        hint: The remedy.

    Raises:
        PartialFailureError: Some failed; names each.
    """
    failed = [(name, error) for name, error in done if error]
    for name, error in failed:
        report(Failed(task, name, str(error)))
    if failed:
        listed = "\n".join(f"  {name}: {error}" for name, error in failed)
        raise PartialFailureError(
            f"{len(failed)} of {len(done)} nodes {what}:\n{listed}", hint=hint
        )


def _wait(
    pool: ThreadPoolExecutor,
    futures: Sequence[Future[Outcome[S, R]]],
    on_stop: Callable[[], None],
) -> None:
    try:
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
    except KeyboardInterrupt:
        on_stop()
        pool.shutdown(wait=True, cancel_futures=True)
        left = sum(future.cancelled() for future in futures)
        raise StoppedError(
            f"stopped by Ctrl-C: {len(futures) - left} of {len(futures)} were begun "
            f"and have ended, {left} were not begun",
            hint=AGAIN,
        ) from None
    except BaseException:
        # A mistake of ours: begin nothing more, and let it be seen.
        pool.shutdown(wait=True, cancel_futures=True)
        raise
