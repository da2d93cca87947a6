"""Every fact by the name that operators write, with its unit and its meaning.

The one table behind requirements, their documentation and their messages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter
from typing import Any, Final


class Kind(Enum):
    """What a fact's values are."""

    NUMBER = "number"
    TEXT = "text"
    YES_NO = "true or false"
    ADDRESS = "address"
    TEXTS = "set of texts"
    NUMBERS = "set of numbers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact of a machine, of a disk or of a network card.

    Attributes:
        name: As operators write it.
        kind: What its values are.
        noun: Its name in messages.
        meaning: For the documentation.
        unit: What numbers are in, as the name says it; empty for counts and texts.
        attribute: Where it is, from the machine or the part on.
        base_unit: What the attribute is in, where that is not ``unit``.
        shown: How messages wrap a value; empty where the noun goes before it.
    """

    name: str
    kind: Kind
    noun: str
    meaning: str
    unit: str = ""
    attribute: str = ""
    base_unit: str = ""
    shown: str = ""

    @property
    def stored_unit(self) -> str:
        """The unit of the values that :meth:`read` gives."""
        return self.base_unit or self.unit

    def read(self, owner: Any) -> Any:
        """Give the value that a machine or part has, ``None`` if it is unknown."""
        return self.reader()(owner)

    def reader(self) -> Callable[[Any], Any]:
        """Give a function that does what :meth:`read` does, for many owners."""
        attribute = self.attribute or self.name
        part, _, inner = attribute.partition(".")
        if inner:
            return lambda owner: _inner(getattr(owner, part), inner) or None
        get = attrgetter(attribute)
        if self.kind in _NEVER_EMPTY:
            return get
        return lambda owner: get(owner) or None


def _inner(part: Any, key: str) -> Any:
    """Look up a firmware's name, or what a switch says, if it says anything."""
    return part.get(key) if isinstance(part, Mapping) else getattr(part, key, None)


_NEVER_EMPTY: Final = (Kind.NUMBER, Kind.YES_NO)
_N, _T, _Y = Kind.NUMBER, Kind.TEXT, Kind.YES_NO


def _fact(name: str, kind: Kind, noun: str, meaning: str, **more: str) -> Fact:
    return Fact(name=name, kind=kind, noun=noun, meaning=meaning, **more)


MACHINE_FACTS: Final = (
    _fact("cpus", _N, "number of CPUs", "Logical CPUs (threads).", shown="{} CPUs"),
    _fact("cpu_architecture", _T, "CPU architecture", "As the kernel names it."),
    _fact("cpu_model", _T, "CPU model", "As the CPU names itself."),
    _fact("cpu_mhz", _N, "CPU speed", "Nominal speed.", unit="MHz", shown="CPUs of {}"),
    _fact("cpu_flags", Kind.TEXTS, "CPU flags", "Features, as in /proc/cpuinfo."),
    _fact(
        "memory_mib",
        _N,
        "amount of memory",
        "Memory that is installed.",
        unit="MiB",
        shown="{} of memory",
    ),
    _fact(
        "memory_gib",
        _N,
        "amount of memory",
        "The same in larger units.",
        unit="GiB",
        attribute="memory_mib",
        base_unit="MiB",
        shown="{} of memory",
    ),
    _fact(
        "memory_gib_per_cpu",
        _N,
        "amount of memory per CPU",
        "Memory divided by logical CPUs.",
        unit="GiB",
        attribute="memory_mib_per_cpu",
        base_unit="MiB",
        shown="{} of memory per CPU",
    ),
    _fact("manufacturer", _T, "manufacturer", "Who made the machine."),
    _fact("product", _T, "product", "Its model."),
    _fact("serial", _T, "serial number", "Its serial number."),
    _fact("hostname", _T, "host name", "What it called itself while inspected."),
    _fact("boot_mode", _T, "boot mode", "How it booted then: uefi or bios."),
    _fact("bmc_address", Kind.ADDRESS, "BMC address", "As the BMC tells the machine."),
)
DISK_FACTS: Final = (
    _fact("name", _T, "name", "Its device, such as /dev/sda."),
    _fact("size_gib", _N, "size", "Its size.", unit="GiB", shown="of {}"),
    _fact(
        "size_gb",
        _N,
        "size",
        "The same in the units of labels (1000³ bytes).",
        unit="GB",
        attribute="size_gib",
        base_unit="GiB",
        shown="of {}",
    ),
    _fact("is_rotational", _Y, "that {is} rotational", "Whether it turns."),
    _fact("model", _T, "model", "Its model."),
    _fact("vendor", _T, "vendor", "Who made it."),
    _fact("serial", _T, "serial number", "Its serial number."),
    _fact("wwn", _T, "WWN", "Its world wide name."),
    _fact("by_path", _T, "path", "Where it is plugged in (/dev/disk/by-path/...)."),
)
NIC_FACTS: Final = (
    _fact("name", _T, "name", "Its interface, such as eno1."),
    _fact("mac", _T, "MAC address", "In lower case."),
    _fact("has_carrier", _Y, "that {is} connected", "Whether a cable leads somewhere."),
    _fact("speed_mbps", _N, "speed", "Of its link.", unit="Mbit/s", shown="of {}"),
    _fact("ipv4", Kind.ADDRESS, "IPv4 address", "What it had while inspected."),
    _fact("ipv6", Kind.ADDRESS, "IPv6 address", "What it had while inspected."),
    _fact("vendor", _T, "vendor", "PCI id of its maker, such as 0x8086."),
    _fact("product", _T, "product", "PCI id of its model."),
    _fact("driver", _T, "driver", "The kernel's driver for it."),
    _fact("switch.chassis", _T, "switch chassis", "Id of the switch, by LLDP."),
    _fact("switch.port", _T, "switch port", "Id of the switch's port, by LLDP."),
    _fact("switch.system_name", _T, "switch", "Name of the switch, by LLDP."),
    _fact("switch.vlans", Kind.NUMBERS, "VLANs", "Those of the port, by LLDP."),
)
PARTS: Final[Mapping[str, tuple[Fact, ...]]] = {"disks": DISK_FACTS, "nics": NIC_FACTS}
"""The lists of parts that a machine has, with the facts of each part."""
TOTALS: Final[Mapping[str, tuple[str, Fact]]] = {
    f"{part}.{fact.name}": (part, fact)
    for part, facts in PARTS.items()
    for fact in facts
    if fact.kind is Kind.NUMBER
}
"""The facts of parts that can be added up, by path, with the list of parts."""
PART_NOUNS: Final = {
    "disks": ("disk", "disks"),
    "nics": ("network card", "network cards"),
}
