"""What there is to say of a service that is in trouble: unit, last words, resource."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tripleo_cli.node import store
from tripleo_cli.node.bundle import Bundle
from tripleo_cli.node.errors import NodeError
from tripleo_cli.node.logs import last_lines
from tripleo_cli.node.system import Site

_INCLUDED = re.compile(r"^include (?P<module>\w+)", re.MULTILINE)

Account = Mapping[str, Any]


def account(site: Site, bundle: Bundle, service: str, unit: str = "") -> Account:
    """Tell what an operator wants to know of a service whose check has failed.

    Args:
        site: The node.
        bundle: The node's.
        service: Its name, as in its file.
        unit: The systemd unit in question; that of the service where it is empty.

    Returns:
        ``unit``, ``log`` (its last lines) and ``resource``: puppet's that looks after
        the unit, with file and line. Each is empty where there is none.
    """
    unit = unit or unit_of(bundle, service)
    return {
        "unit": unit,
        "log": last_lines(site, unit),
        "resource": _resource(site, bundle, service, unit),
    }


def unit_of(bundle: Bundle, service: str) -> str:
    """Name the unit that the service's own checks look at."""
    checks = (one for step in bundle.steps.values() for one in step.checks)
    units = (one["systemd"]["unit"] for one in checks if _is_about(one, service))
    return next(units, "")


def _is_about(check: Mapping[str, Any], service: str) -> bool:
    return check.get("service") == service and "systemd" in check


def _resource(site: Site, bundle: Bundle, service: str, unit: str) -> str:
    """Find it in what puppet has reported: by the unit's name, or else by the module.

    Modules may call a unit as they like; then theirs is it if they have but one.
    """
    if not unit:
        return ""
    managed = list(_managed(site))
    named = [one for one in managed if one["resource"] == f"Service[{unit}]"]
    modules = set(_modules(bundle, service))
    found = named or [one for one in managed if one["module"] in modules]
    return f"{found[0]['resource']} ({found[0]['place']})" if len(found) == 1 else ""


def _managed(site: Site) -> Iterator[Mapping[str, str]]:
    """Give the units that puppet has looked after, each once, from all steps."""
    try:
        records = store.records(site.layout)
    except NodeError:
        return
    found = {
        one["resource"]: one for r in records.values() for one in r.get("managed", ())
    }
    yield from found.values()


def _modules(bundle: Bundle, service: str) -> Iterator[str]:
    """Name the modules whose classes a service includes, in any step."""
    for step in bundle.steps.values():
        _, _, code = f"\n{step.manifest}".partition(f"\n# {service}\n")
        own = re.split(r"^# [\w-]+$", code, maxsplit=1, flags=re.MULTILINE)[0]
        yield from (found["module"] for found in _INCLUDED.finditer(own))
