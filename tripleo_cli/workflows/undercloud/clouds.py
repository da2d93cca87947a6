"""Read the operator's clouds.yaml, and take an undercloud's entries out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from tripleo_cli.domain.host import File
from tripleo_cli.domain.undercloud.catalog import url_of
from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.errors import InvalidInputError, NotFoundError, Problem
from tripleo_cli.rendering.clouds_file import render_clouds
from tripleo_cli.workflows.undercloud.ports import Host

Cloud = Mapping[str, Any]


def load_clouds(host: Host, path: str) -> dict[str, Any]:
    """Read a clouds.yaml; one that is not there is empty.

    Raises:
        InvalidInputError: It is not a clouds.yaml.
    """
    try:
        document = yaml.safe_load(host.read(path) or "") or {}
    except yaml.YAMLError as error:
        problem = Problem("", f"is not YAML: {error}", "correct it, or move it away")
        raise InvalidInputError(path, [problem]) from error
    if not isinstance(document, dict) or not isinstance(
        document.get("clouds") or {}, dict
    ):
        problem = Problem("clouds", "is not a mapping of clouds")
        raise InvalidInputError(path, [problem])
    return document


def own_clouds(config: UndercloudConfig, document: Mapping[str, Any]) -> Sequence[str]:
    """Name the entries that are this undercloud's: by name and by address."""
    clouds = document.get("clouds") or {}
    names = (config.cloud_name, f"{config.cloud_name}-system")
    return [name for name in names if _is_ours(config, clouds.get(name))]


def find_cloud(config: UndercloudConfig, host: Host) -> Cloud:
    """Give the undercloud's entry.

    Raises:
        NotFoundError: It is not in clouds.yaml.
    """
    document = load_clouds(host, config.clouds_file)
    if config.cloud_name not in own_clouds(config, document):
        raise NotFoundError(
            f"{config.clouds_file} has no cloud {config.cloud_name!r} of this"
            f" undercloud ({url_of(config, 'keystone')})",
            hint="openstack undercloud install",
        )
    cloud: Cloud = document["clouds"][config.cloud_name]
    return cloud


def remove_clouds(config: UndercloudConfig, host: Host) -> None:
    """Take the undercloud's entries out; a file that only had those goes."""
    path = config.clouds_file
    if not host.exists(path):
        return
    with host.turn(path):
        _remove_clouds(config, host, path)


def _remove_clouds(config: UndercloudConfig, host: Host, path: str) -> None:
    document = load_clouds(host, path)
    ours = own_clouds(config, document)
    if not ours:
        return
    others = {
        name: cloud for name, cloud in document["clouds"].items() if name not in ours
    }
    if not others and document.keys() == {"clouds"}:
        host.remove(path)
        return
    wanted = {**document, "clouds": others}
    text = render_clouds(host.read(path) or "", wanted)
    host.put(File(path=path, text=text, mode=0o600))


def _is_ours(config: UndercloudConfig, cloud: object) -> bool:
    auth = cloud.get("auth") if isinstance(cloud, dict) else None
    url = auth.get("auth_url") if isinstance(auth, dict) else None
    return str(url).startswith(url_of(config, "keystone"))
