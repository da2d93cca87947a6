"""Set up many registered machines at once: disks, volumes, BIOS, maintenance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tripleo_cli.domain.cleaning import CREATE_RAID, RESET_BIOS, CleanStep, apply_bios
from tripleo_cli.domain.configuration import Configuration, disk_changes
from tripleo_cli.domain.events import Began, Failed, Finished, Reporter, Skipped
from tripleo_cli.domain.facts import facts_from
from tripleo_cli.domain.facts.earlier import with_earlier
from tripleo_cli.domain.node import Node, NodeId, label
from tripleo_cli.domain.registration import Change
from tripleo_cli.domain.root_device import choose
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.domain.transition import Goal, unusable
from tripleo_cli.errors import InvalidInputError, Problem, TripleoError
from tripleo_cli.workflows.concurrency import DEFAULT_CONCURRENCY, each
from tripleo_cli.workflows.ports import Cloud, Images, NodeSetup
from tripleo_cli.workflows.travel import NodeOutcome, Travel

Work = Callable[[Node], str]
"""Does something to a node; gives what changed, nothing where nothing did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Many nodes to do the same to, and who is told."""

    nodes: Sequence[Node]
    report: Reporter
    concurrency: int = DEFAULT_CONCURRENCY

    def each(self, task: str, done: str, work: Work) -> Sequence[NodeOutcome]:
        """Do it; ``done`` is what the summary says of a node that was changed.

        Returns:
            One outcome per node, in their order.
        """
        self.report(Began(task, len(self.nodes)))

        def attempt(node: Node) -> NodeOutcome:
            changes = work(node)
            if not changes:
                self.report(Skipped(task, label(node), "unchanged"))
                return _outcome(node, "unchanged")
            self.report(Finished(task, label(node), changes))
            return _outcome(node, f"{done} ({changes})")

        return [
            outcome.result or self._failed(task, outcome.subject, outcome.error)
            for outcome in each(self.nodes, attempt, concurrency=self.concurrency)
        ]

    def _failed(self, task: str, node: Node, error: TripleoError | None) -> NodeOutcome:
        self.report(Failed(task, label(node), str(error)))
        remedy = ((error.hint if error else "") or "").replace("{node}", label(node))
        return replace(_outcome(node, "failed"), error=str(error), remedy=remedy)


def _outcome(node: Node, result: str) -> NodeOutcome:
    return NodeOutcome(
        id=node.id, name=label(node), result=result, state=node.provision
    )


def configure(
    cloud: Cloud, crowd: Crowd, wanted: Configuration
) -> Sequence[NodeOutcome]:
    """Set the boot mode, the deployment images and the root device of nodes.

    Raises:
        InvalidInputError: An image is not known; nothing was changed.
    """
    if wanted.kernel or wanted.ramdisk:
        wanted = _with_ids(cloud.images, wanted)

    def work(node: Node) -> str:
        if stuck := unusable(node):
            raise TripleoError(stuck.why, hint=stuck.remedy)
        changes = [*wanted.changes(node), *_chosen_disk(cloud, node, wanted)]
        cloud.baremetal.update(node.id, {one.path: one.new for one in changes})
        return ", ".join(map(str, changes))

    return crowd.each("configure", "configured", work)


def _chosen_disk(cloud: Cloud, node: Node, wanted: Configuration) -> Sequence[Change]:
    if not wanted.root_disk or not wanted.wants_disk(node):
        return []
    found = cloud.inspection.inventory(node.id)
    if not found:
        raise TripleoError(
            "it was never inspected, so its disks are not known",
            hint="openstack overcloud node introspect {node}",
        )
    facts = with_earlier(facts_from(*found), node.extra)
    disk = choose(facts, wanted.root_disk)
    if isinstance(disk, str):
        hint = "another --root-device, or a lower --root-device-minimum-size"
        raise TripleoError(f"no disk to install on: {disk}", hint=hint)
    return list(disk_changes(node, disk, facts.disks))


def _with_ids(images: Images, wanted: Configuration) -> Configuration:
    """Replace names of images by ids; URLs are Ironic's business."""
    listed = images.images()
    problems: list[Problem] = []

    def find(option: str, value: str) -> str:
        if not value or "://" in value:
            return value
        found = [image for image in listed if value in (image.id, image.name)]
        if len(found) == 1:
            return found[0].id
        what = (
            "more than one image has this name" if found else "there is no such image"
        )
        likely = "" if found else did_you_mean(value, [one.name for one in listed])
        problems.append(Problem(f"{option} {value}", what, likely))
        return value

    kernel = find("--deploy-kernel", wanted.kernel)
    ramdisk = find("--deploy-ramdisk", wanted.ramdisk)
    if problems:
        hint = "openstack overcloud image list"
        raise InvalidInputError("deployment images", problems, hint=hint)
    return replace(wanted, kernel=kernel, ramdisk=ramdisk)


def set_maintenance(
    setup: NodeSetup, crowd: Crowd, reason: str
) -> Sequence[NodeOutcome]:
    """Put nodes under maintenance; deployments and moves leave them alone."""

    def work(node: Node) -> str:
        state = node.state
        if state.maintenance and state.maintenance_reason == reason:
            return ""
        setup.set_maintenance(node.id, reason)
        return reason

    return crowd.each("set maintenance", "under maintenance", work)


def unset_maintenance(setup: NodeSetup, crowd: Crowd) -> Sequence[NodeOutcome]:
    """Take nodes out of maintenance."""

    def work(node: Node) -> str:
        if not node.state.maintenance:
            return ""
        setup.unset_maintenance(node.id)
        return node.state.maintenance_reason or "no reason was given"

    return crowd.each("unset maintenance", "out of maintenance", work)


def clean(
    travel: Travel,
    nodes: Sequence[Node],
    steps: tuple[CleanStep, ...],
    *,
    provide: bool,
) -> Sequence[NodeOutcome]:
    """Clean nodes; they end manageable, or available with ``provide``."""
    goal = Goal(clean=steps, provide=provide)
    return travel.go("clean", [(node, goal) for node in nodes])


def create_raid(
    travel: Travel, setup: NodeSetup, nodes: Sequence[Node], config: Mapping[str, Any]
) -> Sequence[NodeOutcome]:
    """Replace the volumes of nodes; what was on them is lost."""
    free = [node for node in nodes if not unusable(node)]
    crowd = Crowd(
        nodes=free, report=travel.report, concurrency=travel.limits.concurrency
    )

    def tell(node: Node) -> str:
        setup.set_target_raid(node.id, config)
        return "wanted volumes"

    told = crowd.each("set volumes", "set", tell)
    failed = {outcome.id: outcome for outcome in told if outcome.error}
    goal = Goal(clean=CREATE_RAID)
    rest = [(node, goal) for node in nodes if node.id not in failed]
    return _joined(nodes, failed, travel.go("create volumes", rest))


def apply_settings(
    travel: Travel, setup: NodeSetup, nodes: Sequence[Node], settings: Mapping[str, str]
) -> Sequence[NodeOutcome]:
    """Give the BIOS of nodes these settings; those that have them are left alone."""

    def has_them(node: Node) -> bool:
        known = setup.bios_settings(node.id)
        return all(known.get(name) == value for name, value in settings.items())

    goal = Goal(clean=apply_bios(settings))
    ended: dict[NodeId | None, NodeOutcome] = {}
    for look in each(nodes, has_them, concurrency=travel.limits.concurrency):
        # A question that failed is asked again by the cleaning, and told there.
        if look.result:
            travel.report(Skipped("apply BIOS settings", label(look.subject)))
            ended[look.subject.id] = _outcome(look.subject, "unchanged")
    rest = [(node, goal) for node in nodes if node.id not in ended]
    return _joined(nodes, ended, travel.go("apply BIOS settings", rest))


def reset_settings(travel: Travel, nodes: Sequence[Node]) -> Sequence[NodeOutcome]:
    """Give the BIOS of nodes the settings of its maker."""
    goal = Goal(clean=RESET_BIOS)
    return travel.go("reset BIOS settings", [(node, goal) for node in nodes])


def abort(travel: Travel, nodes: Sequence[Node]) -> Sequence[NodeOutcome]:
    """End what Ironic does with nodes, whatever it is."""
    return travel.go("abort", [(node, Goal(abort=True)) for node in nodes])


def _joined(
    nodes: Sequence[Node],
    first: Mapping[NodeId | None, NodeOutcome],
    then: Sequence[NodeOutcome],
) -> Sequence[NodeOutcome]:
    by_id = {**first, **{outcome.id: outcome for outcome in then}}
    return [by_id[node.id] for node in nodes]
