"""The options of ``undercloud.conf``: names, types, defaults, and what is no more.

Their sample is made by oslo.config's own generator through :func:`list_opts`
(entry point ``oslo.config.opts``, namespace ``tripleo_cli``).
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from oslo_config import cfg, types

from tripleo_cli.domain.undercloud.config import (
    DEFAULT_PORTS,
    Subnet,
    UndercloudConfig,
)

NAMESPACE = "tripleo_cli"
DEFAULT_SUBNET = Subnet().name
DEFAULT_CLOUDS_FILE = "~/.config/openstack/clouds.yaml"
LOWEST_PORT = 1024
HARDWARE_TYPES = (
    "fake-hardware",
    "idrac",
    "intel-ipmi",
    "ipmi",
    "manual-management",
    "redfish",
)
"""The entry points ``ironic.hardware.types`` of Ironic 39."""

_DEFAULTS = UndercloudConfig(clouds_file=DEFAULT_CLOUDS_FILE)


def _address(value: Any) -> str:
    try:
        return str(IPv4Address(str(value)))
    except ValueError as error:
        raise ValueError(f"{value!r} is not an IPv4 address") from error


class Address(types.ConfigType):
    """An IPv4 address."""

    def __init__(self) -> None:
        super().__init__(type_name="IPv4 address")

    def __call__(self, value: Any) -> str:
        """Check an address; raises ValueError."""
        return _address(value)

    def _formatter(self, value: Any) -> str:
        return str(value)


class HostAddress(Address):
    """An IPv4 address, also in TripleO's form with a prefix ("192.168.24.1/24")."""

    def __call__(self, value: Any) -> str:
        """Check an address and leave its prefix out; raises ValueError."""
        address, slash, prefix = str(value).partition("/")
        if slash and not (prefix.isdigit() and int(prefix) <= 32):  # noqa: PLR2004 - bits of an address
            raise ValueError(f"{value!r} is not an IPv4 address")
        return _address(address)


class Cidr(Address):
    """An IPv4 network such as 192.168.24.0/24."""

    def __call__(self, value: Any) -> str:
        """Check a network; raises ValueError."""
        try:
            return str(IPv4Network(str(value)))
        except ValueError as error:
            raise ValueError(f"{value!r} is not an IPv4 network: {error}") from error


class Text(types.ConfigType):
    """A text of one form; ``meaning`` names the form to an operator."""

    def __init__(self, meaning: str, pattern: str) -> None:
        super().__init__(type_name=meaning)
        self._pattern = re.compile(pattern)

    def __call__(self, value: Any) -> str:
        """Check a text; raises ValueError."""
        if not self._pattern.fullmatch(str(value)):
            raise ValueError(f"{str(value)!r} is not {self.type_name}")
        return str(value)

    def _formatter(self, value: Any) -> str:
        return str(value)


PATH = Text(
    "an absolute path of letters, digits and . _ + - /", r"~?(/[A-Za-z0-9._+-]+)+/?"
)
CLOUD_NAME = Text("a name of letters, digits and . _ -", r"[A-Za-z0-9][A-Za-z0-9._-]*")
USER_NAME = Text("the name of a system user", r"[a-z_][a-z0-9_-]{0,31}")


def default_options() -> list[cfg.Opt]:
    """Give the options of ``[DEFAULT]``."""
    return [*_places(), *_network(), *_services()]


def _places() -> list[cfg.Opt]:
    return [
        cfg.Opt(
            "state_dir",
            type=PATH,
            default=_DEFAULTS.state_dir,
            help="Folder of everything that the undercloud keeps: configuration, "
            "databases, images, logs, secrets.",
        ),
        cfg.Opt(
            "clouds_file",
            type=PATH,
            default=DEFAULT_CLOUDS_FILE,
            help="The clouds.yaml that gets the undercloud's entries; other clouds in "
            "it stay as they are.",
        ),
        cfg.Opt(
            "cloud_name",
            type=CLOUD_NAME,
            default=_DEFAULTS.cloud_name,
            help="Name of the undercloud in clouds.yaml, as in: openstack --os-cloud "
            "undercloud.",
        ),
        cfg.Opt(
            "service_user",
            type=USER_NAME,
            default=_DEFAULTS.service_user,
            help="System user that the services run as; made when it does not exist.",
        ),
    ]


def _network() -> list[cfg.Opt]:
    return [
        cfg.HostnameOpt(
            "undercloud_hostname",
            default=_DEFAULTS.undercloud_hostname,
            help="Name under which the services know this machine.",
        ),
        cfg.Opt(
            "local_ip",
            type=HostAddress(),
            default=_DEFAULTS.local_ip,
            help="Address that the services bind to and are reached at. With the "
            "default nothing is reachable from other machines. A prefix "
            "(192.168.24.1/24) is accepted and has no effect.",
        ),
        cfg.ListOpt(
            "subnets",
            default=[DEFAULT_SUBNET],
            help="Subnets of the provisioning network; each has a section of its own.",
        ),
        cfg.IntOpt(
            "port_offset",
            default=0,
            min=0,
            max=65535,
            help="Added to every default of section [ports], for a second undercloud "
            "on one machine. Ports that are set are taken as they are.",
        ),
    ]


def _services() -> list[cfg.Opt]:
    return [
        cfg.ListOpt(
            "enabled_hardware_types",
            item_type=types.String(choices=HARDWARE_TYPES),
            default=list(_DEFAULTS.enabled_hardware_types),
            help=f"Ironic hardware types to enable, of: {', '.join(HARDWARE_TYPES)}.",
        ),
        cfg.BoolOpt(
            "clean_nodes",
            default=_DEFAULTS.clean_nodes,
            help="Wipe the disks of a node before it becomes available and after it "
            "leaves an overcloud.",
        ),
        cfg.BoolOpt(
            "enable_node_discovery",
            default=_DEFAULTS.enable_node_discovery,
            help="Enroll every unknown machine that boots the inspection ramdisk.",
        ),
        cfg.StrOpt(
            "discovery_default_driver",
            default=_DEFAULTS.discovery_default_driver,
            choices=HARDWARE_TYPES,
            help="Hardware type of machines that are enrolled in that way.",
        ),
        cfg.BoolOpt(
            "undercloud_debug",
            default=_DEFAULTS.undercloud_debug,
            help="Let the services log at debug level.",
        ),
        cfg.IntOpt(
            "auth_token_lifetime",
            default=_DEFAULTS.auth_token_lifetime,
            min=60,
            help="Seconds for which a token is valid; longer than the longest deploy.",
        ),
        cfg.IntOpt(
            "scheduler_max_attempts",
            default=_DEFAULTS.scheduler_max_attempts,
            min=1,
            help="How often Nova tries to place a server on a node before it fails.",
        ),
    ]


def port_options() -> list[cfg.Opt]:
    """Give the options of ``[ports]``; unset, so that the offset can apply."""
    return [
        cfg.PortOpt(
            name.replace("-", "_"),
            min=LOWEST_PORT,
            help=f"TCP port of {name}.",
            sample_default=port,
        )
        for name, port in DEFAULT_PORTS.items()
    ]


def subnet_options(name: str) -> list[cfg.Opt]:
    """Give the options of one subnet's section; only the first has defaults.

    Newton had one subnet only, with its options in ``[DEFAULT]``: those names are
    still understood.
    """
    first = name == DEFAULT_SUBNET
    subnet = Subnet()

    def option(key: str, kind: types.ConfigType, text: str, old: str) -> cfg.Opt:
        return cfg.Opt(
            key,
            type=kind,
            default=getattr(subnet, key) if first else None,
            help=text,
            deprecated_opts=[cfg.DeprecatedOpt(old, "DEFAULT")] if first else None,
        )

    return [
        option("cidr", Cidr(), "The network, as address/prefix.", "network_cidr"),
        option("dhcp_start", Address(), "First address given to nodes.", "dhcp_start"),
        option("dhcp_end", Address(), "Last address given to nodes.", "dhcp_end"),
        option(
            "gateway", Address(), "Default gateway of the nodes.", "network_gateway"
        ),
        cfg.ListOpt(
            "dns_nameservers",
            item_type=Address(),
            default=[],
            help="Name servers of the nodes.",
        ),
    ]


OLD_SUBNET_NAMES = frozenset({"network_cidr", "dhcp_start", "dhcp_end"}) | {
    "network_gateway"
}
"""Options of ``[DEFAULT]`` that the first subnet's section still takes over."""


def list_opts() -> Sequence[tuple[str, list[cfg.Opt]]]:
    """List every option by section (oslo.config's entry point)."""
    return [
        ("DEFAULT", default_options()),
        ("ports", port_options()),
        (DEFAULT_SUBNET, subnet_options(DEFAULT_SUBNET)),
    ]


def sample() -> str:
    """Write an ``undercloud.conf`` with every option, commented out."""
    # Brings docutils, which is half a second that no other command needs.
    from oslo_config import generator  # noqa: PLC0415 - only for the sample

    conf = cfg.ConfigOpts()
    generator.register_cli_opts(conf)
    conf(args=["--namespace", NAMESPACE, "--wrap-width", "79"], use_env=False)
    out = io.StringIO()
    generator.generate(conf, out)
    return out.getvalue().rstrip("\n") + "\n"


_REASONS: Mapping[str, str] = {
    "services answer at local_ip": """
        undercloud_admin_host undercloud_admin_vip undercloud_public_host
        undercloud_public_vip""",
    "services speak plain HTTP on local_ip": """
        certificate_generation_ca generate_service_certificate service_principal
        undercloud_service_certificate""",
    "services do not run in containers": """
        container_cli container_healthcheck_disabled container_images_file
        container_insecure_registries container_registry_mirror
        heat_container_image""",
    "this undercloud has no such service": """
        enable_cinder enable_frr enable_mistral enable_novajoin enable_swift
        enable_swift_encryption enable_telemetry enable_tempest enable_ui
        enable_validations enable_zaqar ipa_otp store_events""",
    "always part of this undercloud": """
        enable_heat enable_ironic enable_ironic_inspector enable_keystone
        enable_neutron enable_nova heat_native""",
    "Ironic inspects nodes itself": """
        discovery_interface discovery_iprange discovery_runbench
        inspection_enable_uefi
        inspection_extras inspection_interface inspection_iprange
        inspection_runbench ipxe_enabled""",
    "services are configured from templates": """
        custom_env_files hieradata_override net_config_override networks_file
        roles_file templates""",
    "this machine's own network is left as it is": """
        dhcp_exclude enable_routed_networks host_routes ipv6_address_mode
        ironic_default_network_interface ironic_enabled_network_interfaces
        local_interface local_mtu local_subnet masquerade masquerade_network""",
    "a matter of the operating system": """
        undercloud_enable_selinux undercloud_ntp_servers undercloud_timezone""",
    "see dns_nameservers of each subnet": "undercloud_nameservers",
    "logs are in state_dir": "output_dir undercloud_log_file",
    "a matter of: openstack overcloud image upload": """
        additional_architectures image_path""",
    "a matter of the overcloud's deployment": "overcloud_domain_name",
    "see service_user": "deployment_user",
    "nothing temporary is left": "cleanup",
}

OBSOLETE: Mapping[str, str] = {
    name: reason for reason, names in _REASONS.items() for name in names.split()
}
"""Options of TripleO's file that have no effect here, each with the reason."""
