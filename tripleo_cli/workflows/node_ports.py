"""What configuring an overcloud needs from its nodes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from tripleo_cli.domain.overcloud.outcome import (
    CheckOutcome,
    NodeRecord,
    OnOutcome,
    PrepareOutcome,
    StepOutcome,
    Target,
    unwatched,
)


class Nodes(Protocol):
    """Overcloud nodes that configure themselves with what they are sent.

    A node that cannot be reached has an outcome that says why; nothing is raised for
    it. Every method works on all its targets at once, and gives an entry for each.

    Raises:
        HostError: This machine lacks what it takes to talk to nodes at all.
        KeyboardInterrupt: Ctrl-C; what runs on nodes goes on there, and the next
            call for such a node waits for it.
    """

    def reach(self, targets: Sequence[Target]) -> Mapping[str, str]:
        """Try to log in once, in seconds; the reason for those where it is in vain.

        Nodes that let us in have an empty reason.
        """

    def prepare(self, bundles: Mapping[Target, str]) -> Mapping[str, PrepareOutcome]:
        """Send each node its bundle (JSON) and the program, and look whether it fits.

        What is there already is not sent again. Nothing is applied. An outcome may
        have what the node remembers of its steps, which then need not be asked for.
        """

    def states(self, targets: Sequence[Target]) -> Mapping[str, NodeRecord]:
        """Ask nodes what they remember; one that was never prepared knows no steps."""

    def apply(
        self,
        targets: Sequence[Target],
        step: int,
        *,
        check: bool = False,
        force: bool = False,
        on_outcome: OnOutcome = unwatched,
    ) -> Mapping[str, StepOutcome]:
        """Apply a step of the bundles that were sent, on all nodes at once.

        A node where the step's hash was applied before does nothing, except with
        ``force``. With ``check`` nothing is changed; the outcomes hold the diff.
        """

    def check(
        self, targets: Sequence[Target], *steps: int, within_s: float | None = None
    ) -> Mapping[str, Sequence[CheckOutcome]]:
        """Make the checks of steps that are made on nodes, each in its time limit.

        With ``within_s`` none takes longer than that, whatever its own limit is.

        A node that cannot be reached has one check, failed, that says so.
        """


class Orders(Protocol):
    """What servers of a stack are asked to do by way of Heat, and what they tell.

    Texts of orders may hold passwords: they are in Heat until they are taken back,
    where only the stack's owner and the server itself can read them.

    Raises:
        NotFoundError: The stack has no such server, or it is not one that pulls.
        UnreachableError: Heat does not answer.
        ServiceError: Heat refuses it.
    """

    def put(self, server: str, text: str) -> str:
        """Let a server find an order; gives the order's id."""

    def left(self, server: str) -> Collection[str]:
        """Give the ids of the orders that the server finds."""

    def take_back(self, server: str, order: str) -> None:
        """Let the server not find an order any more; harmless if it does not."""

    def sweep(self) -> None:
        """Delete texts of orders that no server finds: killed runs have left them.

        Not while a run of the stack puts orders: one that is half made is no other.
        """

    def report(self, server: str) -> str:
        """Give what the server told last; empty where it has told nothing yet."""
