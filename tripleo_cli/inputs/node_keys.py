"""The keys of a nodes file, as its reader and its schema know them.

They are those of TripleO's ``instackenv.json`` and ``nodes.yaml``.
"""

from __future__ import annotations

from types import MappingProxyType

from tripleo_cli.domain.definition import SECRET_WORDS
from tripleo_cli.domain.driver import DRIVERS

INTERFACES = frozenset(
    f"{interface}_interface"
    for interface in (
        "bios",
        "boot",
        "console",
        "deploy",
        "firmware",
        "inspect",
        "management",
        "network",
        "power",
        "raid",
        "rescue",
        "storage",
        "vendor",
    )
)
BMC_KEYS = frozenset(key for driver in DRIVERS.values() for key in driver.keys)
GONE = MappingProxyType(
    {
        "pm_vm_name": "of the removed ovirt driver",
        "pm_service_profile": "of the removed ucs driver",
        "pm_auth_method": "of the removed irmc driver",
        "pm_client_timeout": "of the removed irmc driver",
        "pm_sensor_method": "of the removed irmc driver",
        "pm_deploy_iso": "of the removed irmc driver",
        "pm_relay_id": "of the removed iboot driver",
        "pm_virt_type": "of the removed ssh driver",
    }
)
"""Keys of drivers that Ironic has no more."""
SIZES = MappingProxyType(
    {"cpu": ("cpus", 1), "memory": ("memory_mb", 1), "disk": ("local_gb", 0)}
)
"""Keys of numbers: Ironic's property, and the smallest value."""
IMAGES = MappingProxyType({"kernel_id": "kernel", "ramdisk_id": "ramdisk"})
TEXTS = frozenset({"name", "resource_class", "conductor_group", "platform", "profile"})
OTHERS = frozenset(
    {"pm_type", "uuid", "arch", "mac", "ports", "capabilities", "root_device", "extra"}
)
COMMENT = "_comment"
KNOWN_KEYS = (
    INTERFACES | BMC_KEYS | set(SIZES) | set(IMAGES) | TEXTS | OTHERS | {COMMENT}
)
"""All keys that an entry may have, whatever its driver."""

PORT_KEYS = frozenset({"address", "physical_network", "local_link_connection"})
HINTS = frozenset(
    {
        "by_path",
        "hctl",
        "model",
        "name",
        "rotational",
        "serial",
        "size",
        "vendor",
        "wwn",
        "wwn_vendor_extension",
        "wwn_with_extension",
    }
)
"""Ironic's hints for the disk to install on."""

ADDRESS, PORT, SECRET, WORD, FLAG, FLAG_OR_PATH = range(6)
SETTINGS = MappingProxyType(
    {
        ADDRESS: r"(.*_)?address$",
        PORT: r"(.*_)?port$",
        SECRET: f".*({'|'.join(SECRET_WORDS)})",
        WORD: r"(username|system_id)$",
        FLAG: r"force_boot_device$",
        FLAG_OR_PATH: r"verify_ca$",
    }
)
"""What the settings of drivers are, by their names without the driver's prefix."""
FLAG_PATTERN = r"(?:1|t|true|on|y|yes|0|f|false|off|n|no)"
"""What Ironic takes for true or false, in any case."""

NAME_PATTERN = r"[A-Za-z0-9._~-]{1,255}"
"""What Ironic takes for a node's name: RFC 3986's unreserved characters."""
LAST_PORT = 65535
