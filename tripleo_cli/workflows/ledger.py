"""The table of steps in the stack's folder."""

from __future__ import annotations

from tripleo_cli.domain.overcloud.ledger import (
    Ledger,
    ledger_from_json,
    ledger_to_json,
)
from tripleo_cli.errors import NotFoundError
from tripleo_cli.workflows.ports import Workdir

FILE = "steps.json"


def read_ledger(workdir: Workdir) -> Ledger:
    """Give what was kept; an empty one where there is nothing, or it is damaged."""
    return ledger_from_json(workdir.read(FILE))


def require_ledger(workdir: Workdir, stack: str) -> Ledger:
    """Give what was kept of a stack.

    Raises:
        NotFoundError: Nothing was: no nodes have been configured from here.
    """
    ledger = read_ledger(workdir)
    if not ledger.rows:
        raise NotFoundError(
            f'no steps of stack "{stack}" are known on this machine: its nodes are '
            "simulated, or were never configured from here",
            hint=f"openstack overcloud deploy --stack {stack} asks the nodes",
        )
    return ledger


def save_ledger(workdir: Workdir, ledger: Ledger) -> None:
    """Keep the table."""
    workdir.write(FILE, ledger_to_json(ledger))
