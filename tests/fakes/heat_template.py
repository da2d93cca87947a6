"""As much of Heat's template language as the fake needs: names and references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tripleo_cli.domain.stack import StackFiles
from tripleo_cli.errors import ServiceError

SECTIONS = {
    "heat_template_version",
    "description",
    "parameter_groups",
    "parameters",
    "resources",
    "outputs",
    "conditions",
}
TYPES = {
    "OS::Heat::CloudConfig",
    "OS::Heat::MultipartMime",
    "OS::Heat::None",
    "OS::Heat::RandomString",
    "OS::Heat::SoftwareConfig",
    "OS::Heat::SoftwareDeployment",
    "OS::Heat::StructuredConfig",
    "OS::Heat::StructuredDeployment",
    "OS::Heat::TestResource",
    "OS::Heat::Value",
    "OS::Heat::WaitConditionHandle",
    "OS::Neutron::Net",
    "OS::Neutron::Port",
    "OS::Neutron::Subnet",
    "OS::Nova::Server",
}
VIP = "192.0.2.250"
"""The address that the fake gives every port that asks for none."""
PSEUDO = {"OS::stack_name", "OS::stack_id", "OS::project_id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A resource as templates define it; ``template`` names a nested stack's file."""

    path: str
    type: str
    properties: Mapping[str, Any]
    metadata: Any = None
    template: str | None = None


def definitions(name: str, files: StackFiles) -> dict[str, Definition]:
    """Give all resources by path, nested ones after their parents.

    Raises:
        ServiceError: Heat would refuse the template.
    """
    environment = files.environment
    given = {
        **environment.get("parameter_defaults", {}),
        **environment.get("parameters", {}),
        "OS::stack_name": name,
        "OS::stack_id": f"id-of-{name}",
        "OS::project_id": "project",
    }
    top = _read(None, files)
    unknown = set(environment.get("parameters", {})) - set(top.get("parameters", {}))
    if unknown:
        raise ServiceError(f"The Parameter ({sorted(unknown)[0]}) was not defined")
    return {item.path: item for item in _walk(top, "", given, files)}


def outputs(files: StackFiles, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Resolve the top template's outputs; ``attributes`` are servers' by path."""
    given = {
        **files.environment.get("parameter_defaults", {}),
        **files.environment.get("parameters", {}),
    }
    return _scope(None, "", given, (files, attributes)).outputs()


def parse(text: str, where: str) -> dict[str, Any]:
    """Read one template and refuse what Heat refuses."""
    try:
        template = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ServiceError(f"{where}: Template format error: {error}") from error
    if not isinstance(template, dict) or "heat_template_version" not in template:
        raise ServiceError(f"{where}: Template format version not found")
    if unknown := set(template) - SECTIONS:
        raise ServiceError(f'{where}: "{sorted(unknown)[0]}" is not a valid section')
    names = set(template.get("resources") or {})
    declared = set(template.get("parameters") or {}) | PSEUDO
    for kind, target in _references(template):
        known = declared if kind == "get_param" else names
        if target not in known:
            raise ServiceError(f"{where}: {kind} refers to unknown {target!r}")
    return template


def attributes_of(definition: Definition) -> dict[str, Any]:
    """Give what a resource that is no server tells of itself."""
    given = definition.properties
    if definition.type == "OS::Heat::SoftwareConfig":
        return {"config": given.get("config")}
    if definition.type == "OS::Neutron::Port":
        return {"fixed_ips": given.get("fixed_ips") or [{"ip_address": VIP}]}
    return {}


def _read(name: str | None, files: StackFiles) -> dict[str, Any]:
    """Read the top template, or a nested one, with the files that it includes."""
    text = files.files[name] if name else files.template
    where = name or "template"
    template: dict[str, Any] = _included(parse(text, where), where, files)
    return template


def _included(value: Any, where: str, files: StackFiles) -> Any:
    if isinstance(value, list):
        return [_included(item, where, files) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"get_file"}:
        name = value["get_file"]
        if name not in files.files:
            raise ServiceError(f'{where}: No content found in the "files" for {name}')
        return files.files[name]
    return {key: _included(item, where, files) for key, item in value.items()}


def _references(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key in {"get_param", "get_attr", "get_resource"}:
                yield key, item[0] if isinstance(item, list) else str(item)
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def _parameters(
    template: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    values = {key: value for key, value in given.items() if key in PSEUDO}
    for name, schema in (template.get("parameters") or {}).items():
        if name in given:
            values[name] = given[name]
        elif "default" in schema:
            values[name] = schema["default"]
        else:
            raise ServiceError(f"The Parameter ({name}) was not provided")
    return values


def _walk(
    template: Mapping[str, Any],
    prefix: str,
    given: Mapping[str, Any],
    files: StackFiles,
) -> Iterator[Definition]:
    values = _parameters(template, given)
    for name, body in (template.get("resources") or {}).items():
        path = f"{prefix}{name}"
        properties = _resolve(body.get("properties") or {}, values)
        nested = _nested(body.get("type"), path, files)
        yield Definition(
            path=path,
            type=body["type"],
            properties=properties,
            metadata=_resolve(body.get("metadata"), values),
            template=nested,
        )
        if nested:
            child = _read(nested, files)
            inherited = files.environment.get("parameter_defaults", {})
            pseudo = {key: values[key] for key in PSEUDO if key in values}
            below = {**inherited, **properties, **pseudo}
            yield from _walk(child, f"{path}.", below, files)


def _nested(kind: str | None, path: str, files: StackFiles) -> str | None:
    registry = files.environment.get("resource_registry", {})
    target = str(registry.get(kind, kind))
    if target in files.files:
        return target
    if target in TYPES:
        return None
    raise ServiceError(f"resource {path}: Unknown resource Type : {kind}")


def _resolve(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_resolve(item, values) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"get_param"}:
        name, *keys = _listed(value["get_param"])
        return _dig(values[name], keys)
    return {key: _resolve(item, values) for key, item in value.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """One template of a nest with the values of its parameters."""

    template: Mapping[str, Any]
    prefix: str
    values: Mapping[str, Any]
    files: StackFiles
    attributes: Mapping[str, Any]

    def outputs(self) -> dict[str, Any]:
        declared = self.template.get("outputs") or {}
        return {
            name: self.read(_resolve(body.get("value"), self.values))
            for name, body in declared.items()
        }

    def read(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.read(item) for item in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"get_resource"}:
            value = {"get_attr": [value["get_resource"], "id"]}
        if set(value) == {"get_attr"}:
            name, *keys = value["get_attr"]
            return _dig(self.attribute(name), keys)
        return {key: self.read(item) for key, item in value.items()}

    def attribute(self, name: str) -> Any:
        body = self.template["resources"][name]
        nested = _nested(body["type"], name, self.files)
        path = f"{self.prefix}{name}"
        known = self.attributes.get(path, {})
        if not nested:
            return known
        given = {
            **self.files.environment.get("parameter_defaults", {}),
            **_resolve(body.get("properties") or {}, self.values),
        }
        scope = _scope(nested, f"{path}.", given, (self.files, self.attributes))
        return {**known, **scope.outputs()}


def _scope(
    name: str | None,
    prefix: str,
    given: Mapping[str, Any],
    world: tuple[StackFiles, Mapping[str, Any]],
) -> _Scope:
    files, attributes = world
    template = _read(name, files)
    return _Scope(
        template=template,
        prefix=prefix,
        values=_parameters(template, given),
        files=files,
        attributes=attributes,
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _dig(value: Any, keys: list[Any]) -> Any:
    for key in keys:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value
