"""What a node does in a step, and what of hiera's data the step can see."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tripleo_cli.domain.overcloud.layers import OPTIONS, Layers, module_of
from tripleo_cli.domain.overcloud.layout import DeployedNode, Layout
from tripleo_cli.domain.overcloud.puppet_code import Sight, sight_of
from tripleo_cli.domain.overcloud.puppet_modules import USES, used_by
from tripleo_cli.domain.overcloud.service import STEPS, Service, StepWork

FORMAT = 1
"""Counts in the hash of every step.

One more where equal manifests and data come to something else on a node than before:
other options of puppet, another hierarchy. Every node then does all its steps once
more. No other change of the program on nodes needs that.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceWork:
    """What one service has a node do in a step; never nothing.

    ``work`` has no bootstrap parts where the node is not the service's first.
    """

    service: Service
    work: StepWork

    @property
    def sight(self) -> Sight:
        """What its classes and its code can see."""
        work = self.work
        classes = (*work.classes, *work.bootstrap_classes)
        named = (name.removeprefix("::").partition("::")[0] for name in classes)
        found = Sight(modules=frozenset(named))
        return found | sight_of(work.manifest) | sight_of(work.bootstrap_manifest)


def work_of(layout: Layout, node: DeployedNode, step: int) -> tuple[ServiceWork, ...]:
    """Give what a node does in a step, in the order of its role's services."""
    return tuple(
        ServiceWork(service=service, work=work)
        for service in layout.configurations[node.role].services
        if (work := _work(layout, node, service, step)) != StepWork()
    )


def names_of(layout: Layout, node: DeployedNode) -> frozenset[str]:
    """Name every key that a node needs: what services give it, and look up."""
    configuration = layout.configurations[node.role]
    names = {OPTIONS, *configuration.extra}
    for service in configuration.services:
        names |= service.hiera.keys()
    for service in layout.services.values():
        names |= service.all_nodes.keys()
    for step in STEPS:
        for one in work_of(layout, node, step):
            names |= one.sight.names
    return frozenset(names)


def seen_in(
    layers: Layers, held: Iterable[str], works: Iterable[ServiceWork]
) -> dict[str, Any]:
    """Give the data that a step can see.

    Puppet finds the parameters of a class by its name, so a key ``glance::api::x`` is
    seen in every step that names ``glance``, or a module that may use it, outside of
    calls of ``lookup``; of a module that nobody knows in every step. Plain keys are
    seen where they are looked up, and in the steps of the service that gives them.

    Args:
        layers: The node's data.
        held: The keys that the node is given.
        works: What it does in this step.
    """
    works = tuple(works)
    sight = Sight()
    for one in works:
        sight |= one.sight
    if not sight.is_bounded:
        return _values(layers, frozenset(held))
    reached = used_by(sight.modules)
    own = {key for one in works for key in one.service.hiera if not module_of(key)}
    keys = {
        key
        for key in layers.values()
        if (module := module_of(key))
        and (reached is None or module in reached or module not in USES)
    }
    return _values(layers, layers.reach({*keys, *own, *sight.names, OPTIONS}))


def digest(manifest: str, data: Mapping[str, Any]) -> str:
    """Give the hash of a step's work; of no work it is always the same."""
    content = [manifest, data, FORMAT] if manifest else []
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _values(layers: Layers, keys: frozenset[str]) -> dict[str, Any]:
    values = layers.values()
    return {key: values[key] for key in sorted(keys)}


def _work(layout: Layout, node: DeployedNode, service: Service, step: int) -> StepWork:
    work = service.steps.get(step, StepWork())
    if layout.first(service.name) == node:
        return work
    return StepWork(classes=work.classes, manifest=work.manifest)
