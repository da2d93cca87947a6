"""The Keystone of an overcloud: one call per kind lists all, one call each changes.

Commands of a shell would sign in for every single thing: minutes for what takes
seconds here (docs/adr/0019-the-overclouds-keystone.md).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from keystoneauth1 import exceptions, session
from keystoneauth1.identity import v3

from tripleo_cli.clients.overcloud_rest import TIMEOUT_S, Rest, direct, sign_in, telling
from tripleo_cli.domain.overcloud.access import Access
from tripleo_cli.domain.overcloud.catalog import (
    DEFAULT_DOMAIN,
    Catalogue,
    Change,
    CloudService,
    Domain,
    Endpoint,
    Grant,
    Item,
    Key,
    Project,
    Region,
    Role,
    User,
)
from tripleo_cli.errors import NotFoundError

NAME = "Keystone"
_LISTS = (
    "domains",
    "regions",
    "projects",
    "roles",
    "users",
    "services",
    "endpoints",
)
_ASSIGNMENTS = "role_assignments"
Record = Mapping[str, Any]
Lists = Mapping[str, list[Record]]


class KeystoneIdentity:
    """Implements the ``OvercloudIdentity`` port."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._session = sign_in(access)
        self._rest = Rest(
            self._session, NAME, kind="identity", url=f"{access.auth_url}/v3"
        )
        self._lock = threading.Lock()
        self._ids: dict[Key, str] = {}

    def read(self) -> Catalogue:
        """List all there is, the lists at the same time."""
        with telling(NAME, f"sign in as {self._access.user}"):
            self._session.get_token()
        names = (*_LISTS, _ASSIGNMENTS)
        with ThreadPoolExecutor(len(names)) as pool:
            found = pool.map(lambda name: self._rest.listed(f"/{name}", name), names)
            lists = {
                name: list(records) for name, records in zip(names, found, strict=True)
            }
        read = _Reading(lists)
        self._ids = read.ids
        return Catalogue(items=tuple(read.items), region=self._access.region)

    def accepts(self, user: User) -> bool:
        """Try to sign in."""
        auth = v3.Password(
            auth_url=f"{self._access.auth_url}/v3",
            username=user.name,
            password=user.password,
            user_domain_name=user.domain,
            unscoped=True,
        )
        alone = session.Session(auth=auth, timeout=TIMEOUT_S, session=direct())
        with telling(NAME, f"sign in as {user.name}"):
            try:
                alone.get_token()
            except exceptions.Unauthorized:
                return False
        return True

    def save(self, change: Change) -> None:
        """Make an item, or correct it."""
        item = change.item
        if isinstance(item, Grant):
            self._rest.send("PUT", self._grant_path(item))
            return
        kind, fields = self._fields(item, is_new=change.is_new)
        if change.is_new:
            made = self._rest.send("POST", f"/{kind}s", {kind: fields})
            with self._lock:
                self._ids[item.key] = made[kind]["id"]
        else:
            path = f"/{kind}s/{self._id(item.key)}"
            self._rest.send("PATCH", path, {kind: fields})

    def _fields(self, item: Item, *, is_new: bool) -> tuple[str, Record]:
        """Write an item as Keystone wants it, with the name of its kind."""
        fields: dict[str, Any] = {"name": item.key[-1]}
        match item:
            case User() if not is_new:
                # Nothing else of a user is ours, once it is there.
                fields = {"password": item.password, "enabled": True}
            case User() | Project():
                fields["domain_id"] = self._id(Domain(name=item.domain).key)
                if isinstance(item, User):
                    fields["password"] = item.password
            case Region():
                # A region's id is its name.
                fields = {"id": item.name}
            case CloudService():
                fields |= {"type": item.type, "description": item.description}
            case Endpoint():
                service = CloudService(name=item.service, type=item.type)
                fields = {
                    "service_id": self._id(service.key),
                    "interface": item.interface,
                    "region_id": item.region,
                    "url": item.url,
                }
        return item.key[0], fields

    def _grant_path(self, grant: Grant) -> str:
        user = self._id(User(name=grant.user, domain=grant.domain).key)
        role = self._id(Role(name=grant.role).key)
        if grant.project:
            place = f"/projects/{self._id(Project(name=grant.project).key)}"
        else:
            place = f"/domains/{self._id(Domain(name=grant.domain).key)}"
        return f"{place}/users/{user}/roles/{role}"

    def _id(self, key: Key) -> str:
        """Find what an earlier call listed or made.

        Raises:
            NotFoundError: It is not there.
        """
        with self._lock:
            if key not in self._ids:
                raise NotFoundError(f"Keystone has no {' '.join(key)}")
            return self._ids[key]


class _Reading:
    """Items, and their ids, from Keystone's lists; those refer to ids only."""

    def __init__(self, lists: Lists) -> None:
        self.items: list[Item] = []
        self.ids: dict[Key, str] = {}
        self._by_id: dict[str, Item] = {}
        self._lists = lists
        steps: tuple[tuple[str, Callable[[Record], Item]], ...] = (
            ("domains", lambda each: Domain(name=each["name"])),
            ("roles", lambda each: Role(name=each["name"])),
            ("regions", lambda each: Region(name=each["id"])),
            ("projects", self._project),
            ("users", self._user),
            ("services", _service),
        )
        for name, convert in steps:
            for record in lists[name]:
                self._put(convert(record), record["id"])
        for endpoint, record in self._endpoints():
            self._put(endpoint, record["id"])
        self.items += self._grants()

    def _put(self, item: Item, record_id: str) -> None:
        """Keep the first of those that we could not tell apart."""
        self._by_id[record_id] = item
        if item.key not in self.ids:
            self.ids[item.key] = record_id
            self.items.append(item)

    def _project(self, record: Record) -> Item:
        return Project(name=record["name"], domain=self._domain(record["domain_id"]))

    def _user(self, record: Record) -> Item:
        return User(name=record["name"], domain=self._domain(record["domain_id"]))

    def _domain(self, domain_id: str | None) -> str:
        found = self._by_id.get(domain_id or "")
        return found.name if isinstance(found, Domain) else ""

    def _endpoints(self) -> Iterator[tuple[Endpoint, Record]]:
        for record in self._lists["endpoints"]:
            service = self._by_id.get(record["service_id"])
            if isinstance(service, CloudService):
                yield (
                    Endpoint(
                        service=service.name,
                        type=service.type,
                        interface=record["interface"],
                        url=record["url"],
                        region=record["region_id"] or "",
                    ),
                    record,
                )

    def _grants(self) -> Iterator[Grant]:
        """Give the roles of users; those of groups and of the system are not ours."""
        for record in self._lists[_ASSIGNMENTS]:
            user = self._by_id.get(record.get("user", {}).get("id", ""))
            role = self._by_id.get(record["role"]["id"])
            scope = record["scope"]
            if not isinstance(user, User) or not isinstance(role, Role):
                continue
            project = self._by_id.get(scope.get("project", {}).get("id", ""))
            domain = self._by_id.get(scope.get("domain", {}).get("id", ""))
            if isinstance(project, Project) and project.domain == DEFAULT_DOMAIN:
                yield Grant(
                    user=user.name,
                    role=role.name,
                    domain=user.domain,
                    project=project.name,
                )
            elif isinstance(domain, Domain) and domain.name == user.domain:
                yield Grant(user=user.name, role=role.name, domain=user.domain)


def _service(record: Record) -> Item:
    return CloudService(
        name=record.get("name") or "",
        type=record["type"],
        description=record.get("description") or "",
    )
