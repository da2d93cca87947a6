"""An overcloud's layout as bundles: all that each node is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tripleo_cli.domain.overcloud.bundle import Bundle, BundleStep
from tripleo_cli.domain.overcloud.interpolation import dig, resolve
from tripleo_cli.domain.overcloud.layers import Layers, layers_of
from tripleo_cli.domain.overcloud.layout import DeployedNode, Layout
from tripleo_cli.domain.overcloud.service import STEPS, Check, CheckPlace, Service
from tripleo_cli.domain.overcloud.work import (
    digest,
    names_of,
    seen_in,
    work_of,
)
from tripleo_cli.rendering.hosts import hosts_of
from tripleo_cli.rendering.puppet import manifest_of


def make_bundles(layout: Layout, passwords: Mapping[str, str]) -> tuple[Bundle, ...]:
    """Make the bundle of every node, in the plan's order.

    ``known_hosts`` stay empty: nobody has met the nodes yet. Who has puts them in
    (:mod:`tripleo_cli.workflows.reach`).

    Args:
        layout: The overcloud as it stands.
        passwords: All of them; each node gets those that it needs.

    Raises:
        ValueError: A check names a key that is not known.
    """
    layers = layers_of(layout, passwords)
    hosts = hosts_of(layout)
    return tuple(
        Bundle(
            hostname=node.hostname,
            role=node.role,
            address=node.address,
            hiera=layers[node.hostname].only(held),
            packages=_packages(layout.configurations[node.role].services),
            package_services=_owners(layout.configurations[node.role].services),
            hosts=hosts,
            steps=dict(_steps(layout, node, layers[node.hostname], held)),
        )
        for node in layout.nodes
        for held in [_held(layout, node, layers[node.hostname])]
    )


def resolved_check(check: Check, layers: Layers) -> dict[str, Any]:
    """Give the values of a check with what its texts name put in.

    Raises:
        ValueError: They name a key that is not known.
    """
    values = layers.values()
    try:
        return dict(resolve(check.values, lambda name: dig(name, values)))
    except KeyError as error:
        raise ValueError(f'check "{check.name}" names no known key: {error}') from error


def with_resolved_checks(layout: Layout) -> Layout:
    """Put into checks made from here what they name, as a node of the service sees it.

    Passwords are no part of it: what such a check looks for is shown when it fails.

    Raises:
        ValueError: A check names a key that is not known, or a password.
    """
    layers = layers_of(layout, {})
    of_role = {node.role: layers[node.hostname] for node in reversed(layout.nodes)}
    configurations = {
        role: replace(
            one,
            services=tuple(
                _with_resolved_checks(service, of_role[role])
                for service in one.services
            ),
        )
        for role, one in layout.configurations.items()
        if role in of_role
    }
    return replace(layout, configurations={**layout.configurations, **configurations})


def _with_resolved_checks(service: Service, layers: Layers) -> Service:
    checks = {
        step: tuple(
            replace(check, values=resolved_check(check, layers))
            if check.on is CheckPlace.DEPLOYER
            else check
            for check in listed
        )
        for step, listed in service.checks.items()
    }
    return replace(service, checks=checks)


def _held(layout: Layout, node: DeployedNode, layers: Layers) -> frozenset[str]:
    """Name the keys that a node is given."""
    always = (*layers.by_layer["node"], "node_role", "node_services")
    everywhere = ("enabled_services", "vip", "bootstrap_node")
    names = names_of(layout, node)
    return layers.reach({*names, *always, *everywhere})


def _packages(services: tuple[Service, ...]) -> tuple[str, ...]:
    named = {name for one in services for name in (*one.packages, *one.puppet)}
    return tuple(sorted(named))


def _owners(services: tuple[Service, ...]) -> dict[str, str]:
    """Name by package the first service that needs it."""
    pairs = [(name, s.name) for s in services for name in (*s.packages, *s.puppet)]
    return dict(reversed(pairs))


def _steps(
    layout: Layout, node: DeployedNode, layers: Layers, held: frozenset[str]
) -> Iterator[tuple[int, BundleStep]]:
    for step in STEPS:
        works = work_of(layout, node, step)
        manifest = manifest_of(step, works)
        data = seen_in(layers, held, works) if works else {}
        checks = tuple(_checks(layout, node, layers, step))
        if manifest or checks:
            told = digest(manifest, data)
            yield step, BundleStep(hash=told, manifest=manifest, checks=checks)


def _checks(
    layout: Layout, node: DeployedNode, layers: Layers, step: int
) -> Iterator[dict[str, Any]]:
    for service in layout.configurations[node.role].services:
        for check in service.checks.get(step, ()):
            if check.on is CheckPlace.NODE:
                values = resolved_check(check, layers)
                if check.kind == "cluster":
                    size = len(layout.members(values["size"]))
                    values = {"of": values["size"], "size": size}
                yield {
                    "name": check.name,
                    "service": service.name,
                    "timeout_s": check.timeout_s,
                    check.kind: values,
                }
