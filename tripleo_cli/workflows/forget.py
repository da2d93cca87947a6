"""Take nodes that leave a stack out of their overcloud, before and after they go."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tripleo_cli.domain.events import Began, Failed, Finished, Noted, Skipped
from tripleo_cli.domain.overcloud.access import Access
from tripleo_cli.domain.overcloud.layout import PULL
from tripleo_cli.domain.plan import PlannedNode
from tripleo_cli.errors import ConflictError, PartialFailureError, ServiceError
from tripleo_cli.workflows.observe import Observed, require
from tripleo_cli.workflows.overcloud_access import access_in
from tripleo_cli.workflows.overcloud_ports import OvercloudServices
from tripleo_cli.workflows.run import Run
from tripleo_cli.workflows.saved import has_leaving, read_leaving, save_leaving

TASK = "forget nodes"
Connect = Callable[[Access], OvercloudServices]


def retire_nodes(
    run: Run, connect: Connect | None, observed: Observed, hostnames: Sequence[str]
) -> OvercloudServices | None:
    """Let nodes that are to go take no new servers, and see that they have none.

    Returns:
        The overcloud that has to forget them later; ``None`` where there is none, or
        where it does not answer: one that is broken must not keep its machines.

    Raises:
        ConflictError: Servers of users are on them; names all.
    """
    access = access_in(observed)
    if connect is None or access is None:
        return None
    services = connect(access)
    try:
        busy = {name: services.retire(name) for name in hostnames}
    except ServiceError as error:
        run.report(Noted(f"the overcloud is not asked for servers there: {error}"))
        return None
    listed = [f"  {name}: {server}" for name in hostnames for server in busy[name]]
    if listed:
        raise ConflictError(
            f"{len(listed)} servers of users are on nodes that are to go; those get no "
            "new ones from now on:\n" + "\n".join(listed),
            hint=f"move or delete them: openstack --os-cloud {observed.stack.name} "
            "server migrate --live-migration SERVER",
        )
    return services


def reinstate_nodes(
    run: Run, services: OvercloudServices | None, hostnames: Sequence[str]
) -> None:
    """Let nodes that stay after all take servers again."""
    if services is None:
        return
    for name in hostnames:
        try:
            services.reinstate(name)
        except ServiceError as error:
            run.report(Noted(f"{name} still takes no new servers of users: {error}"))


def reinstate_returned(run: Run, connect: Connect | None, stack: str) -> None:
    """Let nodes take servers again that were to go, and were deployed again instead."""
    if connect is None or not has_leaving(run.workdir):
        return
    observed = require(run.cloud, stack)
    leaving = read_leaving(run.workdir, observed.stack.id)
    there = {node.hostname for node in observed.plan.nodes}
    back = [node.hostname for node in leaving if node.hostname in there]
    access = access_in(observed)
    if back and access:
        reinstate_nodes(run, connect(access), back)
    others = [node for node in leaving if node.hostname not in back]
    save_leaving(run.workdir, observed.stack.id, others)


def drop_orders(run: Run, observed: Observed, leaving: Sequence[PlannedNode]) -> None:
    """Take back what nodes that are gone were ordered: it may hold passwords."""
    names = {node.hostname for node in leaving if node.transport == PULL}
    if not names:
        return
    try:
        orders = run.cloud.orders(observed.stack.name)
        for server in observed.server_ids(names):
            for order in orders.left(server):
                orders.take_back(server, order)
        orders.sweep()
    except ServiceError as error:
        run.report(Noted(f"orders to nodes that are gone stay in Heat: {error}"))


def forget_nodes(
    run: Run, services: OvercloudServices | None, hostnames: Sequence[str]
) -> None:
    """Take nodes that are gone out of the overcloud's lists.

    Raises:
        PartialFailureError: It still lists some of them; names each with the reason.
    """
    if services is None:
        return
    run.report(Began(TASK, len(hostnames)))
    failed: dict[str, str] = {}
    for name in hostnames:
        try:
            gone = services.forget(name)
        except ServiceError as error:
            failed[name] = str(error)
            run.report(Failed(TASK, name, str(error)))
            continue
        event = Finished if gone else Skipped
        run.report(event(TASK, name, ", ".join(gone) or "it was not listed"))
    if failed:
        listed = "\n".join(f"  {name}: {why}" for name, why in failed.items())
        raise PartialFailureError(
            f"the machines are free, but the overcloud still lists them:\n{listed}",
            hint="run the same command again; or openstack compute service delete ID, "
            "openstack network agent delete ID",
        )
