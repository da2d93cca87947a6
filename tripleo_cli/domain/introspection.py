"""How machines are asked for an inspection, and why one failed.

A node is set up for an inspection of a certain kind, and given back its own settings
afterwards. What they were is kept on the node meanwhile, so that a later run can
give them back where this one was killed.

Sources: https://docs.openstack.org/ironic/latest/admin/inspection/index.html and, for
the ramdisk, https://docs.openstack.org/ironic-python-agent/latest/admin/how_it_works.html
(kernel parameters ``ipa-inspection-collectors`` and ``ipa-inspection-benchmarks``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from tripleo_cli.domain.node import Node

BEFORE = "introspection_before"
"""The key of a node's ``extra`` that holds its own settings during an inspection."""
DEFAULT_PARAMETERS = "%default%"
"""Ironic's word for the kernel parameters of its own configuration."""
COLLECTORS = "ipa-inspection-collectors=default,extra-hardware,logs"
BENCHMARKS = "ipa-inspection-benchmarks="


class Method(Enum):
    """The ways to inspect that a node can be told to use."""

    AGENT = "agent"
    """A ramdisk boots on the machine and looks around."""
    REDFISH = "redfish"
    """The machine's BMC tells what it knows; nothing boots."""


class Benchmark(Enum):
    """What the ramdisk can measure; values are the words of its parameter."""

    CPU = "cpu"
    MEMORY = "mem"
    DISK = "disk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What decides how a node is inspected; ``None`` is Ironic's own default."""

    parameters: str | None = None
    """Kernel parameters of the ramdisk (driver_info/kernel_append_params)."""
    interface: str | None = None
    """The node's inspect_interface."""


def settings_of(node: Node) -> Settings:
    """Give the settings that a node has now."""
    return Settings(
        parameters=node.driver_info.get("kernel_append_params"),
        interface=node.interfaces.get("inspect_interface"),
    )


def own_settings(node: Node) -> Settings:
    """Give the settings that a node had before we changed them."""
    before = node.extra.get(BEFORE)
    if not isinstance(before, Mapping):
        return settings_of(node)
    return Settings(
        parameters=before.get("parameters"), interface=before.get("interface")
    )


def settings_for(
    own: Settings, method: Method | None, benchmarks: Collection[Benchmark]
) -> Settings:
    """Give the settings that an inspection needs.

    Args:
        own: The node's.
        method: How to inspect; ``None`` for the way that the node is set to.
        benchmarks: What to measure.
    """
    wanted = replace(own, interface=method.value) if method else own
    if not benchmarks:
        return wanted
    names = ",".join(kind.value for kind in Benchmark if kind in benchmarks)
    # The machine takes the last of several; an operator's own stay in front.
    words = [own.parameters or DEFAULT_PARAMETERS, COLLECTORS, BENCHMARKS + names]
    return replace(wanted, parameters=" ".join(words))


def changes_to(node: Node, wanted: Settings) -> dict[str, Any]:
    """Write what makes a node's settings the wanted ones, by JSON pointer.

    What the node had of its own is kept beside it, unless that is what it gets.
    """
    own, now = own_settings(node), settings_of(node)
    changes = dict(_differences(now, wanted))
    kept = None if wanted == own else _kept(own)
    if kept != node.extra.get(BEFORE):
        changes[f"/extra/{BEFORE}"] = kept
    return changes


def _differences(now: Settings, wanted: Settings) -> Iterator[tuple[str, Any]]:
    if wanted.parameters != now.parameters:
        yield "/driver_info/kernel_append_params", wanted.parameters
    if wanted.interface != now.interface:
        yield "/inspect_interface", wanted.interface


def _kept(own: Settings) -> dict[str, str | None]:
    return {"parameters": own.parameters, "interface": own.interface}


def changed(node: Node, wanted: Settings) -> Node:
    """Give the node as it is once :func:`changes_to` has been done to it."""
    own = own_settings(node)
    extra = {key: value for key, value in node.extra.items() if key != BEFORE}
    if wanted != own:
        extra[BEFORE] = _kept(own)
    info = {k: v for k, v in node.driver_info.items() if k != "kernel_append_params"}
    if wanted.parameters is not None:
        info["kernel_append_params"] = wanted.parameters
    interfaces = dict(node.interfaces)
    if wanted.interface is not None:
        interfaces["inspect_interface"] = wanted.interface
    return replace(node, extra=extra, driver_info=info, interfaces=interfaces)


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of an inspection, in words, and what to try when it failed there."""

    name: str
    remedy: str


_AGAIN = "then openstack overcloud node introspect {node}"
_PHASES: tuple[tuple[str, Phase], ...] = (
    (
        r"Ramdisk reported error",
        Phase(
            "while the ramdisk collected facts",
            "look at the machine's disks and its ramdisk's log "
            f"(openstack undercloud logs ironic), {_AGAIN}",
        ),
    ),
    (
        r"inspection rule|apply(ing)? rule|check(ing)? condition|\btrait\b"
        r"|(set|unset) capability|(set|extend|delete) attribute",
        Phase(
            "while inspection rules were applied",
            f"openstack overcloud rule list; correct or delete that rule, {_AGAIN}",
        ),
    ),
    (
        r"failed to run inspection hooks|Failed to finish inspection|preprocess hook",
        Phase(
            "while Ironic read what the ramdisk sent",
            f"openstack undercloud logs ironic, {_AGAIN}",
        ),
    ),
    (
        # Only a rule's action "fail" speaks without saying that it is a rule.
        r"continue_inspection failed with error: Failed to inspect hardware",
        Phase(
            "by a rule that refuses such a machine",
            f"openstack overcloud rule list; delete that rule, {_AGAIN}",
        ),
    ),
    (
        r"[Tt]imeout reached|gave no answer in time|aborted",
        Phase(
            "while waiting for the ramdisk",
            "see on its console whether the machine boots from the network and "
            "reaches Ironic; a slow one needs a longer --node-timeout",
        ),
    ),
    (
        r"[Rr]edfish|[Pp]ower|IPMI|ipmi|start inspection|boot device|credential",
        Phase(
            "while the machine was started",
            "check the BMC: openstack baremetal node validate {node}, and "
            f"openstack baremetal node power on {{node}}, {_AGAIN}",
        ),
    ),
)
_UNKNOWN = Phase("", f"openstack baremetal node history list {{node}}, {_AGAIN}")


def failed_phase(last_error: str) -> Phase:
    """Tell from Ironic's last error where an inspection failed."""
    found = (phase for pattern, phase in _PHASES if re.search(pattern, last_error))
    return next(found, _UNKNOWN)
