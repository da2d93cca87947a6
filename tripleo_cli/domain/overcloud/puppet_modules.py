"""Which puppet modules use which others: whose parameters their classes can read.

Puppet looks a class's parameters up under the class's name, and a class may include
classes of the modules that its own module depends on, never of others.
"""

from __future__ import annotations

from collections.abc import Iterable

LIBRARIES = ("inifile", "keystone", "openstacklib", "oslo", "stdlib")
"""What modules of OpenStack's services have in common."""

USES: dict[str, tuple[str, ...]] = {
    "apache": ("concat", "stdlib"),
    "apt": ("stdlib",),
    "archive": ("stdlib",),
    "chrony": ("stdlib",),
    "concat": ("stdlib",),
    "firewall": ("stdlib",),
    "glance": (*LIBRARIES, "swift"),
    "haproxy": ("concat", "stdlib"),
    "heat": LIBRARIES,
    "inifile": ("stdlib",),
    "keystone": ("apache", "concat", "inifile", "openstacklib", "oslo", "stdlib"),
    "kmod": (),
    "memcached": ("firewall", "stdlib"),
    "mysql": ("stdlib", "translate"),
    "neutron": (*LIBRARIES, "vswitch"),
    "nova": (*LIBRARIES, "ironic"),
    "ironic": (*LIBRARIES, "apache", "xinetd"),
    "openstacklib": (
        *("apache", "inifile", "mysql", "postgresql", "rabbitmq"),
        "stdlib",
    ),
    "oslo": ("openstacklib", "stdlib"),
    "placement": LIBRARIES,
    "postgresql": ("apt", "concat", "stdlib"),
    "rabbitmq": ("archive", "stdlib", "systemd"),
    "rsync": ("concat", "stdlib", "xinetd"),
    "stdlib": (),
    "swift": (*LIBRARIES, "concat", "memcached", "rsync", "xinetd"),
    "sysctl": (),
    "systemd": ("inifile", "stdlib"),
    "translate": (),
    "vswitch": ("kmod", "openstacklib", "stdlib"),
    "xinetd": ("stdlib",),
}
"""``dependencies`` of each module's ``metadata.json``, as Debian 12 packages them.

A module that is not here may use any other.
"""


def used_by(modules: Iterable[str]) -> frozenset[str] | None:
    """Name modules, those they use, and so on; ``None`` where that may be any."""
    found: set[str] = set()
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name not in USES:
            return None
        if name not in found:
            found.add(name)
            waiting.extend(USES[name])
    return frozenset(found)
