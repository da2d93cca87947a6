"""When the stack is there: configure its nodes, where there is something to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tripleo_cli.domain.events import Noted
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.overcloud.access import KEYSTONE, access_of
from tripleo_cli.domain.overcloud.bundle import Origins, with_origins
from tripleo_cli.domain.overcloud.catalog import catalogue_of
from tripleo_cli.domain.overcloud.configuration import configuration_to_dict
from tripleo_cli.domain.overcloud.layout import Layout, layout_from_outputs
from tripleo_cli.domain.overcloud.machine import is_configurable
from tripleo_cli.domain.overcloud.offer import offer_of
from tripleo_cli.domain.overcloud.passwords import passwords_in
from tripleo_cli.domain.overcloud.ssh import SSH_SECONDS, SshAccess, key_name
from tripleo_cli.domain.overcloud.steps import TOLERATED_TAG, Choice, check_choice
from tripleo_cli.domain.plan import Plan
from tripleo_cli.errors import ConflictError, NotFoundError
from tripleo_cli.rendering.bundles import make_bundles, with_resolved_checks
from tripleo_cli.workflows.configure import configure
from tripleo_cli.workflows.credentials import (
    Places,
    check_credentials,
    save_credentials,
)
from tripleo_cli.workflows.overcloud import Configuring, Overcloud, Tools
from tripleo_cli.workflows.ports import KeyFiles
from tripleo_cli.workflows.run import Run

SIMULATED = "simulated machines boot nothing, so nothing is configured on them"
UNMADE_KEY = "tripleo-made-when-deployed"
"""What a dry run calls the key pair that there is not yet."""
STACK_ONLY = "only the stack was asked for: its nodes stay as they are"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeWish:
    """How the nodes of a stack are to be configured.

    ``tools`` connects, with the way into nodes, when there are nodes to configure.
    ``places`` is where the operator will find how to sign in.
    """

    keys: KeyFiles
    ssh: SshAccess
    tools: Callable[[SshAccess], Tools]
    choice: Choice = field(default_factory=Choice)
    ssh_seconds: float = SSH_SECONDS
    is_stack_only: bool = False
    places: Places | None = None

    def key(self) -> str:
        """Name the key that lets us in; makes it where there is none.

        Raises:
            HostError: It cannot be made or read.
        """
        return key_name(self.keys.ensure(Path(self.ssh.key)))

    def known_key(self) -> str:
        """Name the key that lets us in, without making one."""
        is_there = self.keys.exists(Path(self.ssh.key))
        return self.key() if is_there else UNMADE_KEY


def check_wish(wish: NodeWish | None, plan: Plan) -> None:
    """Refuse what cannot be done later, before anything is changed.

    Raises:
        InvalidInputError: A node or step that was named does not exist, or clouds.yaml
            has an entry of the stack's name that is none.
    """
    if wish:
        check_choice({node.hostname for node in plan.nodes}, wish.choice)
    if wish and wish.places and not (wish.is_stack_only or wish.choice.is_check):
        check_credentials(wish.places, plan.stack)


def register_key(run: Run, wish: NodeWish | None, plan: Plan) -> None:
    """Let Nova know the key of nodes that are made now.

    Raises:
        ServiceError: Nova refuses it.
    """
    named = {node.key for node in plan.nodes if node.key}
    if wish is None or not named:
        return
    public = wish.keys.ensure(Path(wish.ssh.key))
    if key_name(public) in named:
        run.cloud.compute.save_key(key_name(public), public)


def configure_nodes(
    run: Run,
    wish: NodeWish | None,
    plan: Plan,
    nodes: Sequence[Node],
    origins: Origins,
) -> None:
    """Configure the nodes of a stack that is complete.

    Args:
        run: What to work with.
        wish: How; nothing is done without.
        plan: The stack's plan.
        nodes: The machines, to know which of them boot something.
        origins: Where things are written, to name it where something is amiss.

    Raises:
        StepFailedError: A step, or a check, failed.
        PartialFailureError: Nodes that may fail have failed.
        InterruptedRunError: Ctrl-C; the next run goes on.
    """
    if wish is None:
        return
    if wish.is_stack_only:
        run.report(Noted(STACK_ONLY))
        return
    live = {node.id for node in nodes if is_configurable(node)}
    hostnames = {m.hostname for m in plan.nodes if m.key or m.node_id in live}
    if not plan.configurations or not hostnames:
        run.report(Noted(SIMULATED))
        return
    layout = _layout(run, plan, preview=wish.choice.is_check)
    there = tuple(node for node in layout.nodes if node.hostname in hostnames)
    overcloud = overcloud_of(plan, replace(layout, nodes=there), origins)
    tools = wish.tools(wish.ssh)
    is_told = _tell_access(run, overcloud, tools, wish.choice)
    configure(
        run,
        Configuring(
            overcloud=overcloud,
            tools=tools,
            choice=wish.choice,
            ssh_seconds=wish.ssh_seconds,
        ),
    )
    if is_told:
        run.report(Noted(f"sign in: openstack --os-cloud {plan.stack} token issue"))


def _tell_access(run: Run, overcloud: Overcloud, tools: Tools, choice: Choice) -> bool:
    """Say how to sign in, before all works: to look why it does not, if need be.

    Returns:
        Whether there is anything to sign in to.
    """
    if tools.places is None or overcloud.catalogue is None or choice.is_check:
        return False
    save_credentials(tools.places, overcloud.name, overcloud.access, run.report)
    return True


def overcloud_of(plan: Plan, layout: Layout, origins: Origins) -> Overcloud:
    """Work out all that nodes and Keystone are to be told."""
    passwords = passwords_in(plan.parameters)
    has_keystone = KEYSTONE in layout.services
    made = make_bundles(layout, passwords)
    bundles = [with_origins(bundle, origins) for bundle in made]
    return Overcloud(
        name=plan.stack,
        layout=with_resolved_checks(layout),
        bundles={bundle.hostname: bundle for bundle in bundles},
        access=access_of(layout, passwords),
        catalogue=catalogue_of(layout, passwords) if has_keystone else None,
        offer=offer_of(plan.parameters) if has_keystone else (),
        tolerated=frozenset(
            role.name for role in plan.roles if TOLERATED_TAG in role.tags
        ),
    )


def _layout(run: Run, plan: Plan, *, preview: bool) -> Layout:
    """Read where everything is out of the stack.

    What nodes are told comes from the stack, too, except for a look at what would
    be: the stack stays as it is then.

    Raises:
        NotFoundError: There is no stack.
        ConflictError: Its outputs are not those of ours.
    """
    stack = run.cloud.stacks.find(plan.stack)
    if stack is None:
        raise NotFoundError(f'there is no stack "{plan.stack}"')
    outputs: Mapping[str, object] = stack.outputs
    if preview:
        told = {
            name: configuration_to_dict(one)
            for name, one in plan.configurations.items()
        }
        outputs = {**outputs, "configuration": told}
    try:
        return layout_from_outputs(outputs)
    except ValueError as error:
        hint = f"openstack stack show {plan.stack}"
        raise ConflictError(f'stack "{plan.stack}": {error}', hint=hint) from error
