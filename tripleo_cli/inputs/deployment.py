"""Read a deployment file, and join it with flags and environment files.

A deployment file is either a mapping, ``stack: NAME`` and ``roles: {Controller: 1}``,
or a list of roles as in TripleO's ``baremetal_deployment.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tripleo_cli.domain.deployment import DeploymentRequest, GivenCount, Instance
from tripleo_cli.domain.role import Role
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.inputs.document import Problems, at, load_document
from tripleo_cli.inputs.environment import Environment

DEFAULT_STACK = "overcloud"
# What TripleO knows and is for later: read, so that it is not called unknown, and
# refused, so that nobody believes that it has been done.
LATER = frozenset(
    {
        "ansible_playbooks",
        "conductor_group",
        "config_drive",
        "management_ip",
        "managed",
        "netboot",
        "network_config",
        "networks",
        "nics",
        "passwordless_sudo",
        "root_size_gb",
        "ssh_public_keys",
        "swap_size_mb",
        "user_name",
    }
)
_DEFAULTS = frozenset({"image", "profile", "resource_class", "flavor", "traits"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentFile:
    """What a deployment file says; ``roles`` are all roles with its changes.

    ``source`` is its path, for messages.
    """

    roles: Mapping[str, Role]
    source: str = ""
    stack: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    instances: Mapping[str, tuple[Instance, ...]] = field(default_factory=dict)


def load_deployment(path: Path, roles: Mapping[str, Role]) -> DeploymentFile:
    """Read a deployment file.

    Raises:
        InvalidInputError: It lists everything that is wrong with it.
    """
    document = load_document(path)
    problems = Problems(str(path))
    stack = ""
    where = ""
    if isinstance(document, Mapping):
        problems.unknown_keys("", document, {"stack", "roles"})
        if "stack" in document:
            stack = problems.text("stack", document["stack"]) or ""
        where, document = "roles", document.get("roles")
    entries = _entries(problems, where, document)
    reader = _Reader(problems, dict(roles))
    for place, entry in entries:
        reader.read(place, entry)
    problems.check(hint="openstack overcloud role list")
    return DeploymentFile(
        source=str(path),
        stack=stack,
        roles=reader.roles,
        counts=reader.counts,
        instances=reader.instances,
    )


def make_request(
    stack: str,
    flags: Mapping[str, int],
    document: DeploymentFile,
    environment: Environment,
) -> tuple[DeploymentRequest, dict[str, Role]]:
    """Join all that was given; flags win over the file, it wins over environments.

    ``<Role>Count``, ``<Role>HostnameFormat``, ``<Role>Image`` and
    ``Overcloud<Role>Flavor`` in environment files mean what they mean in TripleO.

    Raises:
        InvalidInputError: A parameter that is read here has no usable value.
    """
    problems = Problems("parameter_defaults")
    roles = {
        name: _with_parameters(problems, role, environment.parameters)
        for name, role in document.roles.items()
    }
    counts = _counts(problems, roles, environment.parameters)
    problems.check()
    request = DeploymentRequest(
        stack=stack or document.stack or DEFAULT_STACK,
        counts={**counts, **document.counts, **flags},
        instances=document.instances,
        parameters=environment.parameters,
        registry=environment.registry,
        files=environment.files,
        given=tuple(_given(flags, document, environment)),
        places=environment.places,
    )
    return request, roles


def _given(
    flags: Mapping[str, int], document: DeploymentFile, environment: Environment
) -> Iterator[GivenCount]:
    """Say who counts which role, the source that wins last."""
    for source, parameters in environment.sources:
        counted = {name: parameters.get(f"{name}Count") for name in document.roles}
        yield from _said(source, counted)
    yield from _said(document.source, document.counts)
    yield from _said("flags", flags)


def _said(source: str, counts: Mapping[str, object]) -> Iterator[GivenCount]:
    for role, number in counts.items():
        if isinstance(number, int) and not isinstance(number, bool):
            yield GivenCount(role=role, number=number, source=source)


def _entries(
    problems: Problems, where: str, document: Any
) -> list[tuple[str, Mapping[str, Any]]]:
    """Give each role with its place; the short form is ``Controller: 1``."""
    if isinstance(document, Mapping):
        return [
            (at(where, str(name)), {"name": str(name), "count": number})
            for name, number in document.items()
        ]
    return [
        (at(where, index), problems.mapping(at(where, index), entry))
        for index, entry in enumerate(problems.sequence(where, document))
    ]


class _Reader:
    """Reads one role after the other."""

    def __init__(self, problems: Problems, roles: dict[str, Role]) -> None:
        self._problems = problems
        self.roles = roles
        self.counts: dict[str, int] = {}
        self.instances: dict[str, tuple[Instance, ...]] = {}

    def read(self, where: str, entry: Mapping[str, Any]) -> None:
        known = {"name", "count", "hostname_format", "defaults", "instances"}
        self._check_keys(where, entry, known)
        name = self._problems.text(at(where, "name"), entry.get("name"))
        if name is None:
            return
        if name not in self.roles:
            remedy = did_you_mean(name, self.roles)
            self._problems.add(where, f'there is no role "{name}"', remedy)
            return
        if name in self.counts:
            self._problems.add(where, f"{name} is given more than once")
        count = self._problems.whole_number(at(where, "count"), entry.get("count", 1))
        self.counts[name] = count or 0
        self.roles[name] = self._changed(where, self.roles[name], entry)
        self.instances[name] = self._instances(where, entry.get("instances") or [])
        if count is not None and len(self.instances[name]) > count:
            number = len(self.instances[name])
            text = f"{number} are given, but count is {count}"
            self._problems.add(at(where, "instances"), text, "raise count")

    def _changed(self, where: str, role: Role, entry: Mapping[str, Any]) -> Role:
        changes: dict[str, Any] = {}
        if "hostname_format" in entry:
            place = at(where, "hostname_format")
            changes["hostname_format"] = self._problems.text(
                place, entry["hostname_format"]
            )
        where = at(where, "defaults")
        defaults = self._problems.mapping(where, entry.get("defaults") or {})
        self._check_keys(where, defaults, _DEFAULTS)
        for key in sorted(_DEFAULTS & set(defaults)):
            changes |= self._default(at(where, key), key, role, defaults[key])
        usable = {key: value for key, value in changes.items() if value}
        return replace(role, **usable)

    def _default(
        self, where: str, key: str, role: Role, value: object
    ) -> dict[str, Any]:
        if key == "traits":
            listed = self._problems.sequence(where, value)
            traits = {str(trait) for trait in listed} | role.needs.traits
            return {"needs": replace(role.needs, traits=frozenset(traits))}
        if key == "image" and isinstance(value, Mapping):
            # TripleO's form: image: {href: overcloud-full}
            value = value.get("href")
        return {key: self._problems.text(where, value)}

    def _instances(self, where: str, listed: object) -> tuple[Instance, ...]:
        where = at(where, "instances")
        found = []
        for index, raw in enumerate(self._problems.sequence(where, listed)):
            place = at(where, index)
            item = self._problems.mapping(place, raw)
            self._check_keys(place, item, {"hostname", "name", "provisioned"})
            if item.get("provisioned", True) is not True:
                remedy = "openstack overcloud node remove NODE"
                text = "a node leaves a stack by a command of its own"
                self._problems.add(at(place, "provisioned"), text, remedy)
            found.append(self._instance(place, item))
        return tuple(found)

    def _instance(self, where: str, item: Mapping[str, Any]) -> Instance:
        hostname, node = (
            self._problems.text(at(where, key), item[key]) if key in item else ""
            for key in ("hostname", "name")
        )
        instance = Instance(hostname=hostname or "", node=node or "")
        if instance.node and not instance.hostname:
            remedy = "give it the hostname that it is to have"
            self._problems.add(where, "a chosen node needs a hostname", remedy)
        return instance

    def _check_keys(
        self, where: str, given: Mapping[str, Any], known: set[str] | frozenset[str]
    ) -> None:
        for key in sorted(LATER & set(given)):
            self._problems.add(at(where, key), "is not supported yet", "leave it out")
        others = [key for key in given if key not in LATER]
        self._problems.unknown_keys(where, others, known)


def _with_parameters(
    problems: Problems, role: Role, parameters: Mapping[str, Any]
) -> Role:
    names = {
        f"{role.name}HostnameFormat": "hostname_format",
        f"{role.name}Image": "image",
        f"Overcloud{role.name}Flavor": "flavor",
    }
    changes = {
        key: problems.text(name, parameters[name])
        for name, key in names.items()
        if name in parameters
    }
    usable: dict[str, Any] = {key: value for key, value in changes.items() if value}
    return replace(role, **usable)


def _counts(
    problems: Problems, roles: Mapping[str, Role], parameters: Mapping[str, Any]
) -> dict[str, int]:
    given = {name: f"{name}Count" for name in roles if f"{name}Count" in parameters}
    return {
        name: problems.whole_number(key, parameters[key]) or 0
        for name, key in given.items()
    }
