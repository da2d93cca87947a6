"""The entries of an undercloud, or an overcloud, in clouds.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tripleo_cli.domain.undercloud.catalog import REGION, url_of
from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.undercloud.secrets import ADMIN
from tripleo_cli.errors import Problem

REMEDY = "correct it, or remove the entry"
_KINDS: Mapping[type, str] = {str: "a text", list: "a list"}


def cloud_entries(
    config: UndercloudConfig, secrets: Mapping[str, str]
) -> Mapping[str, Mapping[str, Any]]:
    """Describe the cloud, once in its project and once with system scope."""
    sign_in = {
        "auth_url": f"{url_of(config, 'keystone')}/v3",
        "username": "admin",
        "password": secrets[ADMIN],
        "user_domain_name": "Default",
    }
    common = {
        "region_name": REGION,
        "interface": "public",
        "identity_api_version": "3",
        "baremetal_api_version": "1.96",
        "placement_api_version": "1.39",
    }
    project = {"project_name": "admin", "project_domain_name": "Default"}
    return {
        config.cloud_name: {"auth": {**sign_in, **project}, **common},
        f"{config.cloud_name}-system": {
            "auth": {**sign_in, "system_scope": "all"},
            **common,
        },
    }


def merged(
    document: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Put our entries into a clouds.yaml; everything else in it stays.

    Keys that an operator added to our entries stay as well.
    """
    clouds = dict(document.get("clouds") or {})
    for name, entry in entries.items():
        clouds[name] = {**(clouds.get(name) or {}), **entry}
    return {**document, "clouds": clouds}


def entry_problems(
    document: Mapping[str, Any], names: Iterable[str]
) -> Iterator[Problem]:
    """Say which entries of these names nobody can sign in with.

    What they hold is not told: it may be a password.
    """
    clouds = document.get("clouds") or {}
    for name in names:
        where, found = f"clouds.{name}", clouds.get(name)
        if isinstance(found, Mapping):
            where, found = f"{where}.auth", found.get("auth")
        if found is not None and not isinstance(found, Mapping):
            kind = _KINDS.get(type(found), "a value")
            yield Problem(where, f"is {kind}, not a mapping", REMEDY)


def strangers(
    document: Mapping[str, Any], entries: Mapping[str, object]
) -> Sequence[str]:
    """Name the entries of other clouds that ours would replace.

    An entry is ours where its address or its password is: either may have changed.
    """
    clouds = document.get("clouds") or {}
    return [
        name
        for name, entry in entries.items()
        if name in clouds and not _agree(clouds[name], entry)
    ]


def _agree(found: object, entry: object) -> bool:
    there, ours = _auth(found), _auth(entry)
    keys = ("auth_url", "password")
    return any(key in ours and there.get(key) == ours[key] for key in keys)


def _auth(entry: object) -> Mapping[str, Any]:
    auth = entry.get("auth") if isinstance(entry, Mapping) else None
    return auth if isinstance(auth, Mapping) else {}
