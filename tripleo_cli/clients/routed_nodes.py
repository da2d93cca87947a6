"""Nodes of both kinds at once: those one logs in to, and those that ask for orders."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from tripleo_cli.domain.overcloud.outcome import (
    CHECKS_S,
    Account,
    CheckOutcome,
    NodeRecord,
    OnOutcome,
    PrepareOutcome,
    StepOutcome,
    Target,
    unwatched,
)

if TYPE_CHECKING:
    from tripleo_cli.clients.pull import HeatNodes
    from tripleo_cli.workflows.node_ports import Nodes

T = TypeVar("T")


class RoutedNodes:
    """Implements the ``Nodes`` port; each target says by which way it is reached."""

    def __init__(self, push: Nodes, pull: HeatNodes) -> None:
        self._push = push
        self._pull = pull

    def reach(self, targets: Sequence[Target]) -> Mapping[str, str]:
        """Try each by its way."""
        return self._both(targets, lambda nodes, some: nodes.reach(some))

    def host_keys(self, targets: Sequence[Target]) -> Mapping[str, Sequence[str]]:
        """Give the keys of those that one logs in to."""
        return self._both(targets, lambda nodes, some: nodes.host_keys(some))

    def prepare(
        self, bundles: Mapping[Target, str], *, check: bool = False
    ) -> Mapping[str, PrepareOutcome]:
        """Send each its bundle by its way."""
        return self._both(
            tuple(bundles),
            lambda nodes, some: nodes.prepare(
                {one: bundles[one] for one in some}, check=check
            ),
        )

    def states(self, targets: Sequence[Target]) -> Mapping[str, NodeRecord]:
        """Ask each by its way."""
        return self._both(targets, lambda nodes, some: nodes.states(some))

    def apply(
        self,
        targets: Sequence[Target],
        step: int,
        *,
        check: bool = False,
        force: bool = False,
        on_outcome: OnOutcome = unwatched,
    ) -> Mapping[str, StepOutcome]:
        """Apply a step on all at once, each by its way."""
        return self._both(
            targets,
            lambda nodes, some: nodes.apply(
                some, step, check=check, force=force, on_outcome=on_outcome
            ),
        )

    def check(
        self,
        targets: Sequence[Target],
        *steps: int,
        within_s: float | None = None,
        limit_s: float = CHECKS_S,
    ) -> Mapping[str, Sequence[CheckOutcome]]:
        """Let all make their checks, each by its way."""
        return self._both(
            targets,
            lambda nodes, some: nodes.check(
                some, *steps, within_s=within_s, limit_s=limit_s
            ),
        )

    def explain(
        self, asked: Mapping[Target, Collection[str]]
    ) -> Mapping[str, Mapping[str, Account]]:
        """Ask each by its way."""
        return self._both(
            tuple(asked),
            lambda nodes, some: nodes.explain({one: asked[one] for one in some}),
        )

    def _both(
        self,
        targets: Sequence[Target],
        call: Callable[[Nodes, Sequence[Target]], Mapping[str, T]],
    ) -> Mapping[str, T]:
        pushed = [one for one in targets if not one.pulls]
        pulled = [one for one in targets if one.pulls]
        if not pulled:
            return call(self._push, pushed)
        if not pushed:
            return call(self._pull, pulled)
        with ThreadPoolExecutor(1) as pool:
            apart = pool.submit(call, self._pull, pulled)
            try:
                # In this thread, which hears of Ctrl-C.
                found = call(self._push, pushed)
                return {**found, **apart.result()}
            except BaseException:
                # Ctrl-C included: the other thread would wait for its nodes.
                self._pull.stop()
                raise
