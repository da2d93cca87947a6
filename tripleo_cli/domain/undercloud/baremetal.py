"""Which driver interfaces Ironic has to enable for its hardware types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# By interface kind, in the order in which Ironic prefers them for a new node.
_EVERY = {
    "bios": ("no-bios",),
    "boot": ("ipxe",),
    "console": ("no-console",),
    "deploy": ("direct", "custom-agent"),
    "firmware": ("no-firmware",),
    "inspect": ("agent", "no-inspect"),
    "management": ("noop",),
    "network": ("noop", "flat"),
    "power": (),
    "raid": ("no-raid", "agent"),
    "rescue": ("no-rescue",),
    "storage": ("noop",),
    "vendor": ("no-vendor",),
}
_BY_HARDWARE_TYPE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "fake-hardware": {
        kind: ("fake",) for kind in _EVERY if kind not in {"network", "storage"}
    },
    "ipmi": {
        "management": ("ipmitool",),
        "power": ("ipmitool",),
        "vendor": ("ipmitool",),
    },
    "redfish": {
        "bios": ("redfish",),
        "boot": ("redfish-virtual-media",),
        "firmware": ("redfish",),
        "inspect": ("redfish",),
        "management": ("redfish",),
        "power": ("redfish",),
        "raid": ("redfish",),
        "vendor": ("redfish",),
    },
}
HARDWARE_TYPES = tuple(_BY_HARDWARE_TYPE)


def interfaces(hardware_types: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """List, by kind, the interfaces that the hardware types need."""
    chosen = [_BY_HARDWARE_TYPE.get(name, {}) for name in hardware_types]
    return {
        kind: (*(name for own in chosen for name in own.get(kind, ())), *common)
        for kind, common in _EVERY.items()
    }
