"""Which checks the deploying machine makes, where, and whether an answer passes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from tripleo_cli.domain.overcloud.layout import DeployedNode, Layout
from tripleo_cli.domain.overcloud.outcome import Target
from tripleo_cli.domain.overcloud.probing import CallAnswer, HttpAnswer, Record
from tripleo_cli.domain.overcloud.service import Check, CheckPlace, Service
from tripleo_cli.domain.url import host_part

CALLS: Mapping[str, str] = {
    "token": "the administrator can sign in",
    "endpoint_list": "Keystone lists its endpoints",
    "image_list": "Glance lists images",
    "compute_services": "Nova lists its services",
    "hypervisors": "Nova can place servers on the service's nodes",
    "network_agents": "Neutron lists its agents",
    "network_list": "Neutron lists networks",
    "server_list": "Nova lists servers",
    "stack_list": "Heat lists stacks",
}
"""What check ``openstack`` can ask an overcloud for (``call``), and what that shows.

``compute_services`` and ``network_agents`` want all of those up that are on nodes of
the service. With ``expect: {binary: nova-compute}`` each node of the service must
have one of these, and the check is made node by node, as that of ``hypervisors`` is:
Nova lists a compute there when it has been discovered in a cell, and is up.
``expect: {names: [...]}`` wants things of these names, or types, in the list.
"""
AT_ONCE = 6
"""How many checks a node makes at a time."""
AROUND_S = 35.0
"""What a check may take besides: its last attempt, its unit's last words."""
SHOWN = 80
"""How many characters of an answer a failure quotes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A check of a service, and whom it asks.

    ``target`` is a node, or the service's host (its hostname is then the service's
    name). ``members`` are the host names of the nodes that run the service; ``step`` is
    the one after which it is made.
    """

    step: int = 0
    service: str
    check: Check
    target: Target
    members: tuple[str, ...] = ()


def deployer_checks(
    layout: Layout, step: int, *, skip: frozenset[str] = frozenset()
) -> Sequence[Asked]:
    """List the checks of a step that are made from here, for the right targets.

    Args:
        layout: Which node runs what.
        step: Its checks.
        skip: Names of checks that an operator leaves out; case does not matter.
    """
    unwanted = {name.casefold() for name in skip}
    return [
        asked
        for service in layout.services.values()
        for check in service.checks.get(step, ())
        if check.on is CheckPlace.DEPLOYER and check.name.casefold() not in unwanted
        for asked in _aimed(layout, service, check, step)
    ]


def patience(
    checks: Iterable[Mapping[str, Any]], within_s: float | None = None
) -> float:
    """Say how many seconds a node may take for checks, all of which fail.

    Args:
        checks: As its bundle has them.
        within_s: How long each may take at most, where that is less than its own time.
    """
    most = math.inf if within_s is None else within_s
    limits = [min(float(one["timeout_s"]), most) + AROUND_S for one in checks]
    # The last one to begin does so when the others have kept all places busy.
    return max(limits, default=0.0) + sum(limits) / AT_ONCE


def _aimed(
    layout: Layout, service: Service, check: Check, step: int
) -> Iterator[Asked]:
    """Aim a check at nodes, or at the service as its users see it."""
    nodes = layout.members(service.name)
    members = tuple(node.hostname for node in nodes)
    is_openstack = check.kind == "openstack"
    by_node = _is_by_node(check) if is_openstack else check.target == "node"
    if by_node:
        targets = [_target(node) for node in nodes]
    else:
        host = layout.host(service.name)
        targets = [Target(hostname=service.name, address=host)]
    for target in targets:
        yield Asked(
            step=step,
            service=service.name,
            check=check,
            target=target,
            members=members,
        )


def _target(node: DeployedNode) -> Target:
    return Target(hostname=node.hostname, address=node.address)


def _is_by_node(check: Check) -> bool:
    return bool(_binary(check)) or check.values.get("call") == "hypervisors"


def _binary(check: Check) -> str:
    """Name the program that each node of the service must have, if that is asked."""
    expect = check.values.get("expect")
    return str(expect.get("binary", "")) if isinstance(expect, Mapping) else ""


def url_of(asked: Asked) -> str:
    """Give the page that an ``http`` check gets."""
    address, values = asked.target.address, asked.check.values
    return f"http://{host_part(address)}:{values['port']}{values.get('path', '')}"


def judge_page(check: Check, answer: HttpAnswer) -> str:
    """Say why a page is not what it should be; nothing where it is."""
    if answer.failure:
        return answer.failure
    wanted = check.values.get("status", [HTTPStatus.OK.value])
    statuses = wanted if isinstance(wanted, Sequence) else [wanted]
    if answer.status not in statuses:
        listed = " or ".join(str(status) for status in statuses)
        return f"HTTP {answer.status}, wanted {listed}: {_short(answer.body)}"
    body = str(check.values.get("body", ""))
    if body not in answer.body:
        return f"{body!r} is not in the answer: {_short(answer.body)}"
    return ""


def judge_listing(asked: Asked, answer: CallAnswer) -> str:
    """Say why what an overcloud lists is not what it should be."""
    return answer.failure or _judge_records(asked, answer.records)


def _judge_records(asked: Asked, records: Sequence[Record]) -> str:
    if binary := _binary(asked.check):
        return _judge_program(asked.target.hostname, binary, records)
    match asked.check.values["call"]:
        case "hypervisors":
            return _judge_hypervisor(asked.target.hostname, records)
        case "compute_services" | "network_agents":
            return _judge_programs(asked, records)
        case _:
            return _judge_names(asked.check, records)


def _judge_names(check: Check, records: Iterable[Record]) -> str:
    expect = check.values.get("expect") or {}
    found = {str(record.get(key)) for record in records for key in ("name", "type")}
    missing = [str(name) for name in expect.get("names", ()) if str(name) not in found]
    return f"not listed: {', '.join(missing)}" if missing else ""


def _judge_program(hostname: str, binary: str, records: Iterable[Record]) -> str:
    found = [
        record
        for record in records
        if record.get("binary") == binary and _runs_on(record, [hostname])
    ]
    if not found:
        return f"{binary} of {hostname} is not listed"
    return "" if any(_is_up(record) for record in found) else f"{binary} is down"


def _judge_hypervisor(hostname: str, records: Iterable[Record]) -> str:
    wanted = short_name(hostname)
    found = [
        record
        for record in records
        if short_name(str(record.get("hypervisor_hostname", ""))) == wanted
    ]
    if not found:
        return f"{hostname} is in no cell of Nova's yet"
    return "" if any(_is_up(record) for record in found) else f"{hostname} is down"


def _judge_programs(asked: Asked, records: Sequence[Record]) -> str:
    """Look at those on the service's nodes; other services look at theirs."""
    if not records:
        return "none is listed"
    down = [
        f"{record.get('binary')} on {record.get('host')}"
        for record in records
        if _runs_on(record, asked.members) and not _is_up(record)
    ]
    return f"down: {', '.join(sorted(down))}" if down else ""


def _runs_on(record: Record, hostnames: Iterable[str]) -> bool:
    """Compare without domains: services may name either form."""
    return short_name(str(record.get("host", ""))) in map(short_name, hostnames)


def short_name(hostname: str) -> str:
    """Give a host name without its domain, in small letters."""
    return hostname.partition(".")[0].casefold()


def _is_up(record: Record) -> bool:
    """Read Nova's ``state``, or Neutron's ``alive``."""
    return record.get("state") == "up" or record.get("alive") is True


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f"{line[:SHOWN]}..." if len(line) > SHOWN else line
