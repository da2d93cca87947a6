"""Find out of a stack how to sign in to its overcloud."""

from __future__ import annotations

from tripleo_cli.domain.overcloud.access import KEYSTONE, Access, access_of
from tripleo_cli.domain.overcloud.layout import layout_from_outputs
from tripleo_cli.domain.overcloud.passwords import passwords_in
from tripleo_cli.errors import NotFoundError
from tripleo_cli.workflows.observe import Observed, require
from tripleo_cli.workflows.ports import Cloud


def access_in(observed: Observed) -> Access | None:
    """Read it from a stack; ``None`` where no node of it runs Keystone."""
    if not observed.plan.configurations or not observed.stack.outputs:
        return None
    try:
        layout = layout_from_outputs(observed.stack.outputs)
    except ValueError:
        # A stack that never came to its end has no outputs to sign in with.
        return None
    if KEYSTONE not in layout.services:
        return None
    return access_of(layout, passwords_in(observed.plan.parameters))


def require_access(cloud: Cloud, stack: str) -> Access:
    """Read it from a stack that has to be configured.

    Raises:
        NotFoundError: There is no such stack, or no Keystone in it.
    """
    access = access_in(require(cloud, stack))
    if access is None:
        raise NotFoundError(
            f'stack "{stack}" has no Keystone to sign in to: its machines are '
            "simulated, or it is not complete",
            hint=f"openstack overcloud status --stack {stack}",
        )
    return access
