"""What a kind of overcloud node is: its services, and the machine that it needs."""

from __future__ import annotations

from dataclasses import dataclass, field

from tripleo_cli.domain.profile import profile_trait
from tripleo_cli.domain.requirement import Requirement

DEFAULT_RESOURCE_CLASS = "baremetal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The least that a role asks of a machine; 0 and no traits ask for nothing.

    Memory is in MiB and disk in GiB, as Ironic's properties have them.
    """

    cpus: int = 0
    memory_mb: int = 0
    disk_gb: int = 0
    traits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role, with the keys of TripleO's role files under readable names.

    ``profile`` is what nodes are tagged with for it: the role's name in lower case
    where the file gives none. ``profile_aliases`` are other tags that it accepts on
    a node, such as TripleO's older names. ``flavor`` is empty where the flavor has
    the profile's name. ``hostname_format`` may hold ``%stackname%`` and ``%index%``.
    """

    name: str
    description: str = ""
    count_default: int = 0
    hostname_format: str = ""
    image: str = "overcloud-full"
    flavor: str = ""
    services: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    networks: tuple[str, ...] = ()
    profile: str = ""
    profile_aliases: tuple[str, ...] = ()
    resource_class: str = DEFAULT_RESOURCE_CLASS
    needs: Needs = field(default_factory=Needs)
    requires: Requirement | None = None
    """What the facts of its machines must be, ``None`` where anything will do."""
    spread: str = ""
    """The value by which its machines are to stand apart ("properties.rack")."""
    pulls: bool = False
    """Whether its nodes ask Heat for orders, for nobody can log in to them."""

    def __post_init__(self) -> None:
        # A frozen value with defaults that depend on its name has no other way.
        lower = self.name.lower()
        object.__setattr__(self, "profile", self.profile or lower)
        if not self.hostname_format:
            object.__setattr__(self, "hostname_format", f"%stackname%-{lower}-%index%")

    @property
    def trait(self) -> str:
        """The trait by which Nova's scheduler knows nodes of its profile."""
        return profile_trait(self.profile)

    @property
    def accepted_traits(self) -> frozenset[str]:
        """The traits of every profile that a node may be tagged with for it."""
        return frozenset(map(profile_trait, (self.profile, *self.profile_aliases)))
