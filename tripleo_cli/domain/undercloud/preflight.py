"""Is this machine fit for this undercloud? Facts in, every reason against it out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.errors import Problem

DISTRIBUTION = ("debian", "12")
OLDEST_PYTHON = (3, 11)
# A machine of 4 or 8 GiB reports less: firmware and kernel keep some.
LEAST_MEMORY_MB = 3700
RECOMMENDED_MEMORY_MB = 7600
FIRST_INSTALL_DISK_MB = 5 * 1024
LATER_INSTALL_DISK_MB = 1024
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""No right clock shows a time before this program was written."""
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Who listens on a TCP port; pid 0 and an empty name where it cannot be known.

    ``is_ours`` tells that it is a service of this very undercloud.
    """

    pid: int = 0
    name: str = ""
    is_ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Python:
    """The system's interpreter; ``is_public`` where every user may run it."""

    path: str
    version: tuple[int, ...]
    is_public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """A package registry, and why it cannot be used; empty where it can."""

    name: str
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFacts:
    """What the pre-checks know about a machine.

    ``distribution`` is ID and VERSION_ID of os-release. Memory and disk are in MiB;
    ``disk_free_mb`` is of the file system that holds, or will hold, the state folder.
    ``state_dir_failure`` says why nothing can be written there, empty where it can.
    ``is_installed`` tells that nothing needs to be downloaded any more.
    ``has_shared_memory`` tells that every user can make semaphores in /dev/shm.
    ``has_local_ip`` tells that services can bind to the configured address.
    ``listeners`` holds those configured ports that are taken.
    """

    euid: int
    distribution: tuple[str, str]
    python: Python | None
    memory_mb: int
    disk_free_mb: int
    state_dir_failure: str = ""
    is_installed: bool = False
    has_shared_memory: bool = True
    hostname: str
    hostname_resolves: bool
    has_local_ip: bool
    now: datetime
    listeners: Mapping[int, Listener] = field(default_factory=dict)
    registries: tuple[Registry, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What stands against an installation, and what only deserves a word."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def judge(config: UndercloudConfig, facts: MachineFacts) -> Verdict:
    """Compare a machine with what an undercloud needs; finds everything at once."""
    registries = tuple(_registries(facts))
    problems = (
        *_system(facts),
        *_python(facts.python),
        *_memory(facts),
        *_disk(config, facts),
        *_names(config, facts),
        *_ports(config, facts),
    )
    if facts.is_installed:
        return Verdict(problems, (*_little_memory(facts), *registries))
    return Verdict((*problems, *registries), tuple(_little_memory(facts)))


def _system(facts: MachineFacts) -> Iterator[Problem]:
    if facts.euid != 0:
        yield Problem(
            "user", "only root can install an undercloud", "run it with sudo -E"
        )
    if facts.distribution != DISTRIBUTION:
        name = " ".join(facts.distribution).strip() or "unknown"
        yield Problem("distribution", f"this is {name}", "use Debian 12")
    if not facts.has_shared_memory:
        # Without it the workers of Ironic, Nova and Heat die, and nobody says why.
        what = "not every user can use /dev/shm"
        yield Problem("memory", what, "mount -t tmpfs -o mode=1777 tmpfs /dev/shm")
    if not EARLIEST < facts.now < LATEST:
        what = f"the clock shows {facts.now:%Y-%m-%d %H:%M} UTC"
        yield Problem("time", what, "set it: timedatectl set-ntp true")


def _python(python: Python | None) -> Iterator[Problem]:
    install = "install it: apt-get install python3"
    if python is None:
        yield Problem("python", "there is no /usr/bin/python3", install)
        return
    if python.version < OLDEST_PYTHON:
        found = ".".join(map(str, python.version))
        wanted = ".".join(map(str, OLDEST_PYTHON))
        what = f"{python.path} is {found}, services need {wanted} or later"
        yield Problem("python", what, "use Debian 12's own python3")
    if not python.is_public:
        what = f"{python.path} cannot be run by every user"
        remedy = f"give everybody access: chmod a+rx {python.path} and its folders"
        yield Problem("python", what, remedy)


def _memory(facts: MachineFacts) -> Iterator[Problem]:
    if facts.memory_mb < LEAST_MEMORY_MB:
        what = f"{_gib(facts.memory_mb)} GiB are there, 4 GiB is the least"
        yield Problem("memory", what, "give the machine 8 GiB")


def _little_memory(facts: MachineFacts) -> Iterator[Problem]:
    if LEAST_MEMORY_MB <= facts.memory_mb < RECOMMENDED_MEMORY_MB:
        what = f"{_gib(facts.memory_mb)} GiB are there, 8 GiB are recommended"
        yield Problem("memory", what, "deploy a few nodes at a time")


def _disk(config: UndercloudConfig, facts: MachineFacts) -> Iterator[Problem]:
    needed = LATER_INSTALL_DISK_MB if facts.is_installed else FIRST_INSTALL_DISK_MB
    elsewhere = "or set state_dir to a folder on another disk"
    if facts.disk_free_mb < needed:
        free, want = _gib(facts.disk_free_mb), _gib(needed)
        what = f"{free} GiB are free for {config.state_dir}, {want} GiB are needed"
        yield Problem("disk", what, f"free some, {elsewhere}")
    if facts.state_dir_failure:
        what = f"nothing can be written to {config.state_dir}: "
        what += facts.state_dir_failure
        yield Problem("state_dir", what, f"make it writable, {elsewhere}")


def _names(config: UndercloudConfig, facts: MachineFacts) -> Iterator[Problem]:
    if not facts.hostname_resolves:
        what = f"this machine's name {facts.hostname!r} has no address"
        remedy = f"add it: echo 127.0.1.1 {facts.hostname} >> /etc/hosts"
        yield Problem("hostname", what, remedy)
    if not facts.has_local_ip:
        what = f"{config.local_ip} is not an address of this machine"
        remedy = "set local_ip to one that `ip -br address` shows, or add it there"
        yield Problem("local_ip", what, remedy)


def _ports(config: UndercloudConfig, facts: MachineFacts) -> Iterator[Problem]:
    for service, port in config.ports.items():
        listener = facts.listeners.get(port)
        if listener is None or listener.is_ours:
            continue
        option = service.replace("-", "_")
        what = f"{port} of {service} is taken by {_holder(listener)}"
        remedy = f"stop it, or set [ports] {option} or port_offset"
        yield Problem("port", what, remedy)


def _holder(listener: Listener) -> str:
    if not listener.pid:
        return "a process that cannot be seen"
    return f"{listener.name or 'process'} (pid {listener.pid})"


def _registries(facts: MachineFacts) -> Iterator[Problem]:
    for registry in facts.registries:
        if registry.failure:
            remedy = "check the network, the proxy and the registry's settings"
            yield Problem("registry", f"{registry.name}: {registry.failure}", remedy)


def _gib(megabytes: int) -> str:
    return f"{megabytes / 1024:.1f}"
