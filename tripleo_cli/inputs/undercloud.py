"""Read and check ``undercloud.conf``; every problem is found in one reading."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations
from pathlib import Path
from typing import Any

from oslo_config import cfg

from tripleo_cli.domain.events import Noted, Reporter, silent
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.domain.undercloud.config import (
    DEFAULT_PORTS,
    Subnet,
    UndercloudConfig,
)
from tripleo_cli.errors import InvalidInputError, Problem
from tripleo_cli.inputs import undercloud_options as options

FILE_VARIABLE = "TRIPLEO_UNDERCLOUD_CONF"
LONGEST_STATE_DIR = 80
"""Sockets live below it, and a socket's path ends at 107 characters."""

_SYSTEM_FOLDERS = frozenset(
    f"/{name}"
    for name in (
        "",
        *("bin", "boot", "dev", "etc", "home", "lib", "lib64", "media", "mnt", "opt"),
        *("proc", "root", "run", "sbin", "srv", "sys", "tmp", "usr", "usr/local"),
        *("var", "var/lib", "var/log", "var/tmp"),
    )
)
"""Never a state folder: an undercloud's is removed as a whole."""

Sections = Mapping[str, Mapping[str, object]]


def load_undercloud(
    path: Path | None = None, report: Reporter = silent
) -> UndercloudConfig:
    """Read the undercloud's file, or take the defaults where there is none.

    Without ``path`` it is what the variable ``TRIPLEO_UNDERCLOUD_CONF`` names, else
    ``~/undercloud.conf``. Options of TripleO that have no effect any more are noted.

    Raises:
        InvalidInputError: It cannot be read or is wrong; lists every problem.
    """
    source = path or find_undercloud_file()
    sections = _sections(source) if source else {}
    reading = _Reading(source, sections)
    if reading.obsolete:
        named = "; ".join(reading.obsolete)
        report(Noted(f"{source}: these options have no effect any more: {named}"))
    return reading.config()


def find_undercloud_file() -> Path | None:
    """Find the file to read when no option names one."""
    named = os.environ.get(FILE_VARIABLE)
    if named:
        return Path(named)
    usual = Path.home() / "undercloud.conf"
    return usual if usual.exists() else None


def _sections(source: Path) -> Sections:
    sections: dict[str, dict[str, object]] = {}
    try:
        cfg.ConfigParser(str(source), sections).parse()
    except cfg.ParseError as error:
        line = f"line {error.lineno}"
        what = f"{error.msg}: {error.line!r}" if error.line else error.msg
        remedy = "write [section] or option = value"
        raise InvalidInputError(str(source), [Problem(line, what, remedy)]) from error
    except UnicodeDecodeError as error:
        what = f"not UTF-8 text: {error.reason} at byte {error.start}"
        raise InvalidInputError(str(source), [Problem("", what)]) from error
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        hint = "openstack undercloud config sample > undercloud.conf"
        raise InvalidInputError(str(source), [Problem("", what)], hint=hint) from error
    return sections


class _Reading:
    """One reading of a file; collects problems until the end."""

    def __init__(self, source: Path | None, sections: Sections) -> None:
        self.source = str(source or "undercloud.conf (defaults)")
        self.problems: list[Problem] = []
        self.obsolete: list[str] = []
        self._conf = cfg.ConfigOpts()
        self._conf.register_opts(options.default_options())
        self._conf.register_opts(options.port_options(), "ports")
        files = [str(source)] if source else []
        self._conf(args=[], default_config_files=files, use_env=False)
        self._subnets = self._subnet_names()
        self._check_names(sections)

    def config(self) -> UndercloudConfig:
        """Give the checked values.

        Raises:
            InvalidInputError: Something is wrong; lists every problem.
        """
        values = {
            opt.dest: self._value("DEFAULT", opt) for opt in options.default_options()
        }
        subnets = [self._subnet(name) for name in self._subnets]
        values["ports"] = self._ports(values.pop("port_offset"))
        values["subnets"] = tuple(subnet for subnet in subnets if subnet)
        self.problems += _path_problems(values)
        self.problems += _overlaps(values["subnets"])
        self.problems += _own_address(values["local_ip"], values["subnets"])
        self.problems += _service_problems(values)
        if self.problems:
            raise InvalidInputError(self.source, self.problems)
        hardware_types = tuple(values.pop("enabled_hardware_types"))
        return UndercloudConfig(enabled_hardware_types=hardware_types, **values)

    def _value(self, section: str, opt: cfg.Opt) -> Any:
        try:
            group = self._conf if section == "DEFAULT" else self._conf[section]
            return group[opt.dest]
        except (cfg.Error, ValueError) as error:
            cause = _cause(error)
            remedy = f"for example: {_example(opt)}"
            self.problems.append(Problem(f"[{section}] {opt.dest}", cause, remedy))
            return None

    def _subnet_names(self) -> list[str]:
        named: list[str] = self._conf.subnets
        where = "[DEFAULT] subnets"
        if not named:
            self.problems.append(
                Problem(
                    where, "none is named", f"for example: {options.DEFAULT_SUBNET}"
                )
            )
        for name in sorted({name for name in named if named.count(name) > 1}):
            self.problems.append(Problem(where, f"names {name!r} more than once"))
        fit = [name for name in dict.fromkeys(named) if _is_section_name(name)]
        for name in sorted(set(named) - set(fit)):
            what = f"{name!r} is not a name for a subnet"
            remedy = "lower-case letters, digits, - and _; not default, ports or auth"
            self.problems.append(Problem(where, what, remedy))
        for name in fit:
            self._conf.register_opts(options.subnet_options(name), name)
        return fit

    def _check_names(self, sections: Sections) -> None:
        known = {"DEFAULT", "ports", *self._subnets}
        for section, assigned in sections.items():
            name = section if section == "DEFAULT" else section.lower()
            if name == "auth":
                self.obsolete.append("[auth] (passwords are generated)")
            elif name in known:
                self._check_options(name, assigned)
            else:
                remedy = did_you_mean(name, known) or "name it in subnets, or remove it"
                what = "no such section, and no subnet of that name in subnets"
                self.problems.append(Problem(f"[{section}]", what, remedy))

    def _check_options(self, section: str, assigned: Mapping[str, object]) -> None:
        known = {opt.dest for opt in _options_of(section)}
        if section == "DEFAULT":
            known |= options.OLD_SUBNET_NAMES
        for name in assigned:
            if name in known:
                continue
            if section != "ports" and name in options.OBSOLETE:
                self.obsolete.append(f"{name} ({options.OBSOLETE[name]})")
            else:
                remedy = did_you_mean(name, known)
                where = f"[{section}] {name}"
                self.problems.append(Problem(where, "no such option", remedy))

    def _ports(self, offset: int | None) -> Mapping[str, int]:
        chosen = {
            name: self._value("ports", opt)
            for name, opt in zip(DEFAULT_PORTS, options.port_options(), strict=True)
        }
        ports = {
            name: port or DEFAULT_PORTS[name] + (offset or 0)
            for name, port in chosen.items()
        }
        self.problems += _port_problems(ports)
        return ports

    def _subnet(self, name: str) -> Subnet | None:
        before = len(self.problems)
        values = {
            opt.dest: self._value(name, opt) for opt in options.subnet_options(name)
        }
        if len(self.problems) > before:
            return None
        missing = [key for key, value in values.items() if value is None]
        self.problems += [
            Problem(f"[{name}] {key}", "is missing", "set it in this section")
            for key in missing
        ]
        if missing:
            return None
        values["dns_nameservers"] = tuple(values["dns_nameservers"])
        subnet = Subnet(name=name, **values)
        self.problems += _subnet_problems(subnet)
        return subnet


def _cause(error: Exception) -> str:
    if isinstance(error, cfg.NoSuchOptError | cfg.TemplateSubstitutionError):
        return "$ refers to an option that does not exist; write $$ for the sign"
    text = str(error)
    return text.partition("is not valid: ")[2] or text


def _example(opt: cfg.Opt) -> str:
    value = opt.default if opt.default is not None else opt.sample_default
    if value is None:
        return f"{opt.dest} = {getattr(Subnet(), opt.dest, '')}"
    return f"{opt.dest} = {','.join(value) if isinstance(value, list) else value}"


def _is_section_name(name: str) -> bool:
    plain = name.replace("-", "").replace("_", "")
    reserved = {"default", "ports", "auth"}
    return plain.isalnum() and name == name.lower() and name not in reserved


def _options_of(section: str) -> list[cfg.Opt]:
    if section == "DEFAULT":
        return options.default_options()
    if section == "ports":
        return options.port_options()
    return options.subnet_options(section)


def _service_problems(values: Mapping[str, Any]) -> Iterator[Problem]:
    if values["enabled_hardware_types"] == []:
        where = "[DEFAULT] enabled_hardware_types"
        yield Problem(where, "none is named", "name at least one")
    driver, enabled = (
        values["discovery_default_driver"],
        values["enabled_hardware_types"],
    )
    if values["enable_node_discovery"] and enabled and driver not in enabled:
        where = "[DEFAULT] discovery_default_driver"
        remedy = f"one of enabled_hardware_types: {', '.join(enabled)}"
        yield Problem(where, f"{driver} is not enabled", remedy)
    if values["service_user"] == "root":
        remedy = "name a user of the services' own"
        yield Problem("[DEFAULT] service_user", "it must not be root", remedy)


def _path_problems(values: dict[str, Any]) -> Iterator[Problem]:
    """Make the paths of ``values`` absolute, and tell what is wrong with them."""
    for key in ("state_dir", "clouds_file"):
        if values[key] is not None:
            values[key] = os.path.normpath(Path(values[key]).expanduser())
    state_dir = values["state_dir"]
    where = "[DEFAULT] state_dir"
    if state_dir is None:
        return
    if state_dir in _SYSTEM_FOLDERS:
        remedy = f"a folder of its own, such as {state_dir}/tripleo-undercloud"
        yield Problem(where, f"{state_dir} holds other things too", remedy)
    if len(state_dir) > LONGEST_STATE_DIR:
        what = f"has {len(state_dir)} characters, the limit is {LONGEST_STATE_DIR}"
        yield Problem(where, what, "sockets are in it: give a shorter path")


def _port_problems(ports: Mapping[str, int]) -> Iterator[Problem]:
    users: dict[int, list[str]] = {}
    for name, port in ports.items():
        users.setdefault(port, []).append(name.replace("-", "_"))
    for port, names in users.items():
        if port > 65535:  # noqa: PLR2004 - the last TCP port
            what = f"moves {names[0]} to port {port}, the last is 65535"
            yield Problem("[DEFAULT] port_offset", what, "give a smaller offset")
        if len(names) > 1:
            what = f"port {port} is also that of {', '.join(names[1:])}"
            yield Problem(f"[ports] {names[0]}", what, "give each its own")


def _subnet_problems(subnet: Subnet) -> Iterator[Problem]:
    network = IPv4Network(subnet.cidr)
    for key in ("dhcp_start", "dhcp_end", "gateway"):
        address = IPv4Address(getattr(subnet, key))
        ends = {network.network_address, network.broadcast_address}
        where = f"[{subnet.name}] {key}"
        if address not in network:
            what = f"{address} is outside {network}"
            yield Problem(where, what, f"an address of {network}, or change cidr")
        elif address in ends and network.num_addresses > 2:  # noqa: PLR2004 - /31, /32
            yield Problem(where, f"{address} is no host's address in {network}")
    start, end = IPv4Address(subnet.dhcp_start), IPv4Address(subnet.dhcp_end)
    if start > end:
        what = f"{start} comes after dhcp_end {end}"
        yield Problem(f"[{subnet.name}] dhcp_start", what, "swap them")
    if start <= IPv4Address(subnet.gateway) <= end:
        what = f"{subnet.gateway} lies between dhcp_start and dhcp_end"
        yield Problem(f"[{subnet.name}] gateway", what, "leave it out of the range")


def _overlaps(subnets: tuple[Subnet, ...]) -> Iterator[Problem]:
    for one, other in combinations(subnets, 2):
        if IPv4Network(one.cidr).overlaps(IPv4Network(other.cidr)):
            what = f"{other.cidr} overlaps {one.cidr} of [{one.name}]"
            yield Problem(f"[{other.name}] cidr", what, "give each its own range")


def _own_address(
    local_ip: str | None, subnets: tuple[Subnet, ...]
) -> Iterator[Problem]:
    if local_ip is None:
        return
    where = "[DEFAULT] local_ip"
    address = IPv4Address(local_ip)
    if address.is_unspecified or address.is_multicast:
        what = f"{address} is no address of a machine"
        yield Problem(where, what, "give the address that services are reached at")
    for subnet in subnets:
        if IPv4Address(subnet.dhcp_start) <= address <= IPv4Address(subnet.dhcp_end):
            what = f"{address} lies between dhcp_start and dhcp_end of [{subnet.name}]"
            yield Problem(where, what, "leave it out of the range")
