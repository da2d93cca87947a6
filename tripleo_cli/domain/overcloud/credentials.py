"""How an operator's shell and programs sign in to an overcloud."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tripleo_cli.domain.overcloud.access import Access

HIDDEN = "***"


def cloud_entry(access: Access) -> Mapping[str, Any]:
    """Describe the overcloud as an entry of clouds.yaml."""
    return {
        "auth": {
            "auth_url": f"{access.auth_url}/v3",
            "username": access.user,
            "password": access.password,
            "project_name": access.project,
            "user_domain_name": access.domain,
            "project_domain_name": access.domain,
        },
        "region_name": access.region,
        "interface": "public",
        "identity_api_version": "3",
    }


def rc_name(stack: str) -> str:
    """Name the file that a shell sources, as TripleO does: ``overcloudrc``."""
    return f"{stack}rc"


def rc_marker(stack: str) -> str:
    """Give the first line of such a file, by which we know it as ours."""
    return f"# Sign in to overcloud {stack!r}; written by `openstack overcloud deploy`"


def shown(stack: str, access: Access, *, is_open: bool) -> Mapping[str, str]:
    """Give what an operator may see; the password only if it is asked for."""
    entry = cloud_entry(access)
    auth: dict[str, str] = {**entry["auth"]}
    if not is_open:
        auth["password"] = HIDDEN
    return {
        "cloud": stack,
        **auth,
        "region_name": access.region,
        "rc_file": f"~/{rc_name(stack)}",
    }


def rc_text(stack: str, access: Access) -> str:
    """Write what a shell sources to sign in.

    Settings of another cloud go first: with ``OS_CLOUD`` left, the others would not
    count. Nothing of an overcloud is reached through a proxy.
    """
    values = {
        "OS_AUTH_TYPE": "password",
        "OS_AUTH_URL": f"{access.auth_url}/v3",
        "OS_USERNAME": access.user,
        "OS_PASSWORD": access.password,
        "OS_PROJECT_NAME": access.project,
        "OS_USER_DOMAIN_NAME": access.domain,
        "OS_PROJECT_DOMAIN_NAME": access.domain,
        "OS_REGION_NAME": access.region,
        "OS_INTERFACE": "public",
        "OS_IDENTITY_API_VERSION": "3",
    }
    host = urlsplit(access.auth_url).hostname or ""
    lines = [
        rc_marker(stack),
        "unset $(env | sed -n 's/^\\(OS_[A-Z0-9_]*\\)=.*/\\1/p')",
        *(f"export {name}={shlex.quote(value)}" for name, value in values.items()),
        f'export no_proxy="${{no_proxy:+$no_proxy,}}{host}"',
    ]
    return "\n".join(lines) + "\n"
