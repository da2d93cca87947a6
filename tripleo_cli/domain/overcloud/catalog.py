"""What an overcloud's Keystone should know, and how that differs from what it does.

A catalogue is a set of items. Each has a key, which says what it is in Keystone, and
values, which may have to be corrected; what others made has other keys and stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from tripleo_cli.domain.overcloud.layout import Layout
from tripleo_cli.domain.overcloud.service import Keystone, KeystoneService
from tripleo_cli.domain.url import host_part

REGION = "RegionOne"
REGION_PARAMETER = "KeystoneRegion"
DEFAULT_DOMAIN = "Default"
"""Made by Keystone's bootstrap, as are the admin user and the admin project."""
INTERFACES = ("public", "internal", "admin")

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A domain; ``name`` is unique in a Keystone."""

    name: str
    wave: ClassVar[int] = 0

    @property
    def key(self) -> Key:
        """What makes it the one that it is."""
        return ("domain", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project of a domain."""

    name: str
    domain: str = DEFAULT_DOMAIN
    wave: ClassVar[int] = 1

    @property
    def key(self) -> Key:
        """What makes it the one that it is."""
        return ("project", self.domain, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role of users, in all domains."""

    name: str
    wave: ClassVar[int] = 0

    @property
    def key(self) -> Key:
        """What makes it the one that it is."""
        return ("role", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region of endpoints; Keystone's bootstrap makes one."""

    name: str
    wave: ClassVar[int] = 0

    @property
    def key(self) -> Key:
        """What makes it the one that it is."""
        return ("region", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user of a domain. No Keystone tells passwords, so they are not compared.

    ``project`` is where its roles are, and empty where they are in the whole domain.
    """

    name: str
    domain: str = DEFAULT_DOMAIN
    project: str = field(default="", compare=False)
    password: str = field(default="", repr=False, compare=False)
    wave: ClassVar[int] = 1

    @property
    def key(self) -> Key:
        """What makes it the one that it is."""
        return ("user", self.domain, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role that a user has in a project of the default domain, or in its domain."""

    user: str
    role: str
    domain: str = DEFAULT_DOMAIN
    project: str = ""
    wave: ClassVar[int] = 2

    @property
    def key(self) -> Key:
        """What makes it the one that it is."""
        return ("grant", self.domain, self.user, self.role, self.project)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudService:
    """A service as users of the cloud find it, by name and type."""

    name: str
    type: str
    description: str = ""
    wave: ClassVar[int] = 0

    @property
    def key(self) -> Key:
        """What makes it the one that it is."""
        return ("service", self.type, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a service answers, for one of the :data:`INTERFACES`."""

    service: str
    type: str
    interface: str
    url: str
    region: str = REGION
    wave: ClassVar[int] = 1

    @property
    def key(self) -> Key:
        """What makes it the one that it is."""
        return ("endpoint", self.type, self.service, self.region, self.interface)


Item = Domain | Project | Role | Region | User | Grant | CloudService | Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Items with different keys; ``region`` is where the endpoints are."""

    items: tuple[Item, ...]
    region: str = REGION

    @property
    def users(self) -> Sequence[User]:
        """The users, in their order."""
        return [item for item in self.items if isinstance(item, User)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An item to be made (``is_new``) or to be corrected."""

    item: Item
    is_new: bool

    def __str__(self) -> str:
        verb = "made" if self.is_new else "corrected"
        return f"{self.what} {verb}"

    @property
    def what(self) -> str:
        """Name the item as an operator would."""
        return f"{self.item.key[0]} {_named(self.item)}"


def _named(item: Item) -> str:
    match item:
        case Grant():
            where = f"project {item.project}" if item.project else item.domain
            return f"{item.role} of {item.user} in {where}"
        case Endpoint():
            return f"{item.service} {item.interface} {item.url}"
        case CloudService():
            return f"{item.name} ({item.type})"
        case _:
            return item.name


def region_of(layout: Layout) -> str:
    """Give the region of all endpoints: a parameter of Keystone's service file."""
    for configuration in layout.configurations.values():
        if region := configuration.parameters.get(REGION_PARAMETER):
            return str(region)
    return REGION


def catalogue_of(layout: Layout, passwords: Mapping[str, str]) -> Catalogue:
    """Collect what the services of an overcloud want Keystone to know.

    Args:
        layout: Which services there are, and where users reach them.
        passwords: Values of the passwords that the service files name.

    Raises:
        KeyError: A password has no value: a mistake of ours.
    """
    region = region_of(layout)
    found: dict[Key, Item] = {}
    for service in layout.services.values():
        keystone = service.keystone
        entries = _entries(keystone.services, layout.host(service.name), region)
        for item in (*_identities(keystone, passwords), *entries):
            found.setdefault(item.key, item)
    return Catalogue(items=tuple(found.values()), region=region)


def _identities(keystone: Keystone, passwords: Mapping[str, str]) -> Iterator[Item]:
    yield from (Domain(name=name) for name in keystone.domains)
    yield from (Role(name=name) for name in keystone.roles)
    for user in keystone.users:
        yield Domain(name=user.domain)
        if user.project:
            yield Project(name=user.project)
        yield User(
            name=user.name,
            domain=user.domain,
            project=user.project,
            password=passwords[user.password],
        )
        for role in user.roles:
            yield Role(name=role)
            yield Grant(
                user=user.name, role=role, domain=user.domain, project=user.project
            )


def _entries(
    services: Iterable[KeystoneService], host: str, region: str
) -> Iterator[Item]:
    for entry in services:
        yield CloudService(
            name=entry.name, type=entry.type, description=entry.description
        )
        yield Region(name=region)
        url = f"http://{host_part(host)}:{entry.port}{entry.path}"
        for interface in INTERFACES:
            yield Endpoint(
                service=entry.name,
                type=entry.type,
                interface=interface,
                url=url,
                region=region,
            )


def changes(current: Catalogue, wanted: Catalogue) -> tuple[Change, ...]:
    """Say what has to be done, in an order in which it can be done.

    Nothing is ever taken out.
    """
    present = {item.key: item for item in current.items}
    todo = [
        Change(item=item, is_new=item.key not in present)
        for item in wanted.items
        if present.get(item.key) != item
    ]
    return tuple(sorted(todo, key=lambda change: change.item.wave))
