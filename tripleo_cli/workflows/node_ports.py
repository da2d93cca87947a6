"""What configuring an overcloud needs from its nodes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

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

    def host_keys(self, targets: Sequence[Target]) -> Mapping[str, Sequence[str]]:
        """Give the SSH host keys ("ssh-ed25519 AAAA...") of nodes; asks none of them.

        They are known of nodes that have let us in, now or earlier; empty for others.
        """

    def prepare(
        self, bundles: Mapping[Target, str], *, check: bool = False
    ) -> Mapping[str, PrepareOutcome]:
        """Send each node its bundle (JSON) and the program, and look whether it fits.

        What is there already is not sent again. Nothing is applied. An outcome may
        have what the node remembers of its steps, which then need not be asked for.
        With ``check`` the bundle is only for ``apply`` with ``check``: the node stays
        as it is.
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
        """Apply a step of the bundles that were prepared, on all nodes at once.

        A node where the step's hash was applied before does nothing, except with
        ``force``. With ``check`` nothing is changed; the outcomes hold what the
        bundles would change that were prepared with ``check``.
        """

    def check(
        self,
        targets: Sequence[Target],
        *steps: int,
        within_s: float | None = None,
        limit_s: float = CHECKS_S,
    ) -> Mapping[str, Sequence[CheckOutcome]]:
        """Make the checks of steps that are made on nodes, each in its time limit.

        With ``within_s`` none takes longer than that, whatever its own limit is.
        ``limit_s`` is how long a node may take for all of them together
        (:func:`~tripleo_cli.domain.overcloud.checks.patience`).

        A node that cannot be reached has one check, failed, that says so.
        """

    def explain(
        self, asked: Mapping[Target, Collection[str]]
    ) -> Mapping[str, Mapping[str, Account]]:
        """Ask nodes about services that are in trouble: units, last lines, resources.

        Args:
            asked: Services by node.

        Returns:
            By host name, an account by service; a node that cannot tell has none.
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
