"""What one node gets: a file of JSON that the program on the node reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tripleo_cli.domain.overcloud.configuration import EXTRA
from tripleo_cli.domain.overcloud.service import Service

FORMAT = 1
"""The version of the bundle's data; the program refuses another one."""

LAYERS = ("node", "role", "service_configs", "network", "passwords", "all_nodes")
"""Hiera's layers after ``step``, which the node's program writes: first wins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleStep:
    """One step of one node.

    ``hash`` is of all that the step can see: where the one applied is equal, there
    is nothing to do. ``manifest`` is empty where puppet has nothing to do.
    ``checks`` are those made on the node, with their interpolation resolved, each
    ``{"name", "service", "timeout_s", "<kind>": {its values}}``; ``cluster`` is told
    ``{"of": "mysql" or "rabbitmq", "size": how many nodes}``.
    """

    hash: str
    manifest: str = ""
    checks: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """All that a node needs to know to configure itself.

    Holds passwords: files of it are 0600, and its ``repr`` does not show them.
    ``address`` is the one on the control plane. ``hiera`` is by layer
    (:data:`LAYERS`). ``packages`` must be there before step 1;
    ``package_services`` has by package which service needs it, ``service_files`` by
    service the file on this machine that says so. ``hosts`` and ``known_hosts`` are the
    texts of ``/etc/hosts`` and of SSH's file.
    """

    hostname: str
    role: str
    address: str
    hiera: Mapping[str, Mapping[str, Any]] = field(repr=False)
    packages: tuple[str, ...] = ()
    package_services: Mapping[str, str] = field(default_factory=dict)
    service_files: Mapping[str, str] = field(default_factory=dict)
    key_places: Mapping[str, str] = field(default_factory=dict)
    hosts: str = ""
    known_hosts: str = ""
    steps: Mapping[int, BundleStep] = field(default_factory=dict)


def without_checks(bundle: Bundle, names: Collection[str]) -> Bundle:
    """Leave checks out by name, in any case; what puppet does stays as it is."""
    if not names:
        return bundle
    unwanted = {name.casefold() for name in names}
    steps = {
        number: replace(
            step,
            checks=tuple(
                one for one in step.checks if one["name"].casefold() not in unwanted
            ),
        )
        for number, step in bundle.steps.items()
    }
    return replace(bundle, steps=steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """Where on the deploying machine things are written, as far as that is known.

    ``places`` are a file and a line by key of hiera, by the parameter that gives it.
    """

    services: Mapping[str, Service] = field(default_factory=dict)
    places: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def with_origins(bundle: Bundle, origins: Origins) -> Bundle:
    """Name the files of services that need packages, and of keys of operators.

    No step sees them: a file that is moved does no step again.
    """
    services, places = origins.services, origins.places
    names = sorted(set(bundle.package_services.values()) & services.keys())
    files = {name: services[name].source for name in names if services[name].source}
    keys = {**places.get(EXTRA, {}), **places.get(f"{bundle.role}{EXTRA}", {})}
    given = bundle.hiera.get("role", {})
    places_of_keys = {key: keys[key] for key in sorted(keys.keys() & given.keys())}
    return replace(bundle, service_files=files, key_places=places_of_keys)


def bundle_to_dict(bundle: Bundle) -> dict[str, Any]:
    """Write a bundle as JSON data; steps have texts as keys."""
    return {
        "format": FORMAT,
        "hostname": bundle.hostname,
        "role": bundle.role,
        "address": bundle.address,
        "hiera": {layer: dict(bundle.hiera.get(layer, {})) for layer in LAYERS},
        "packages": list(bundle.packages),
        "package_services": dict(bundle.package_services),
        "service_files": dict(bundle.service_files),
        "key_places": dict(bundle.key_places),
        "hosts": bundle.hosts,
        "known_hosts": bundle.known_hosts,
        "steps": {
            str(number): {
                "hash": step.hash,
                "manifest": step.manifest,
                "checks": [dict(check) for check in step.checks],
            }
            for number, step in sorted(bundle.steps.items())
        },
    }
