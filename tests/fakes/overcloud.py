"""An overcloud that has begun to answer, in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from tripleo_cli.domain.overcloud.access import Access
from tripleo_cli.domain.overcloud.catalog import (
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
from tripleo_cli.domain.overcloud.probing import CallAnswer, HttpAnswer, HttpQuestion
from tripleo_cli.domain.overcloud.tiny_image import GREETING
from tripleo_cli.domain.overcloud.trial import Thing, ThingState
from tripleo_cli.errors import (
    ConflictError,
    NotFoundError,
    ServiceError,
    UnreachableError,
)

T = TypeVar("T")
BOOTSTRAPPED: tuple[Item, ...] = (
    Domain(name="Default"),
    Role(name="admin"),
    Region(name="RegionOne"),
    Project(name="admin"),
    User(name="admin", project="admin", password="secret"),
    Grant(user="admin", role="admin", project="admin"),
)
"""What a Keystone knows after its bootstrap."""


class FakeOvercloudIdentity:
    """A Keystone after its bootstrap; refuses what the real one refuses."""

    def __init__(self, items: Sequence[Item] = BOOTSTRAPPED) -> None:
        self._lock = threading.Lock()
        self._items: dict[Key, Item] = {item.key: item for item in items}
        self.faults: list[ServiceError] = []
        """Raised by the next calls of :meth:`read`, first one first."""
        self.refused: dict[Key, ServiceError | KeyboardInterrupt] = {}
        """What :meth:`save` raises, by the key of the item."""
        self.lost: set[Key] = set()
        """What is saved without an answer, once."""
        self.saved: list[Change] = []

    def put(self, item: Item) -> None:
        """Let somebody else change something."""
        self._items[item.key] = item

    def read(self) -> Catalogue:
        if self.faults:
            raise self.faults.pop(0)
        return Catalogue(items=tuple(self._items.values()))

    def accepts(self, user: User) -> bool:
        there = self._items.get(user.key)
        return isinstance(there, User) and there.password == user.password

    def save(self, change: Change) -> None:
        with self._lock:
            item = change.item
            if item.key in self.refused:
                raise self.refused[item.key]
            if change.is_new and item.key in self._items:
                raise ConflictError(f"there is a {item.key} already")
            if not change.is_new and item.key not in self._items:
                raise NotFoundError(f"there is no {item.key}")
            for key in _needs(item):
                if key not in self._items:
                    raise NotFoundError(f"{item.key} needs {key}")
            self._items[item.key] = item
            self.saved.append(change)
            if item.key in self.lost:
                self.lost.remove(item.key)
                raise UnreachableError("the connection was reset")


def _needs(item: Item) -> Sequence[Key]:
    match item:
        case Project() | User():
            return [Domain(name=item.domain).key]
        case Grant():
            project = [Project(name=item.project).key] if item.project else []
            user = User(name=item.user, domain=item.domain).key
            return [user, Role(name=item.role).key, *project]
        case Endpoint():
            service = CloudService(name=item.service, type=item.type)
            return [service.key, Region(name=item.region).key]
        case _:
            return []


class FakeProbes:
    """Answers what it was told to; everything else refuses connections.

    An answer may be a list: one after the other, the last one for ever.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.pages: dict[str, list[HttpAnswer]] = {}
        self.open: set[tuple[str, int]] = set()
        self.listings: dict[str, list[CallAnswer]] = {}
        self.asked: list[str] = []
        self.on_ask: Callable[[], None] = lambda: None

    def http(self, question: HttpQuestion) -> HttpAnswer:
        self._note(question.url, question.timeout_s)
        answers = self.pages.get(question.url)
        return self._next(answers) or HttpAnswer(failure="connection refused")

    def tcp(self, address: str, port: int, timeout_s: float) -> str:
        self._note(f"{address}:{port}", timeout_s)
        return "" if (address, port) in self.open else "connection refused"

    def call(self, access: Access, call: str, timeout_s: float) -> CallAnswer:
        self._note(f"{call} at {access.auth_url}", timeout_s)
        answers = self.listings.get(call)
        return self._next(answers) or CallAnswer(failure="connection refused")

    def _note(self, what: str, timeout_s: float) -> None:
        if timeout_s <= 0:
            raise ValueError("a time limit must be positive")
        with self._lock:
            self.asked.append(what)
        self.on_ask()

    def _next(self, answers: list[T] | None) -> T | None:
        with self._lock:
            if not answers:
                return None
            return answers.pop(0) if len(answers) > 1 else answers[0]


class FakeOvercloudServices:
    """Remembers what there is by node, and who still has servers there."""

    def __init__(self, known: Mapping[str, Sequence[str]]) -> None:
        self.known = {name: list(things) for name, things in known.items()}
        self.servers: dict[str, list[str]] = {}
        self.retired: list[str] = []
        self.fault: ServiceError | None = None
        """Raised by every call."""
        self.unforgettable: ServiceError | None = None
        """Raised by :meth:`forget`."""

    def retire(self, hostname: str) -> Sequence[str]:
        if self.fault:
            raise self.fault
        self.retired.append(hostname)
        return self.servers.get(hostname, [])

    def reinstate(self, hostname: str) -> None:
        if self.fault:
            raise self.fault
        if hostname in self.retired:
            self.retired.remove(hostname)

    def forget(self, hostname: str) -> Sequence[str]:
        if fault := self.fault or self.unforgettable:
            raise fault
        if self.servers.get(hostname):
            raise ConflictError(f"{hostname} still runs servers")
        return self.known.pop(hostname, [])


class FakeOvercloudUse:
    """An overcloud that works; refuses to remove what is in use.

    Things are active after ``patience`` looks. ``faults`` are raised by the method of
    that name, every time.
    """

    def __init__(self, computes: Sequence[str] = ("compute-0",)) -> None:
        self.there: dict[Thing, dict[str, str]] = {thing: {} for thing in Thing}
        self.hosts = list(computes)
        self.records: dict[str, dict[str, Any]] = {}
        """What each thing was made with, by id."""
        self.patience = 2
        self.states: dict[Thing, ThingState] = {}
        """How things of a kind stand, whatever happens."""
        self.output = GREETING
        self.faults: dict[str, BaseException] = {}
        self._looks: dict[str, int] = {}
        self._attached: dict[str, str] = {}

    @property
    def left(self) -> list[str]:
        """Names of all there is."""
        return [name for things in self.there.values() for name in things.values()]

    def sign_in(self) -> None:
        self._fail("sign_in")

    def has(self, kind: str) -> bool:
        return kind != "compute" or bool(self.hosts)

    def computes(self) -> Sequence[str]:
        return self.hosts

    def make(self, thing: Thing, fields: Mapping[str, Any]) -> str:
        made = f"{thing.value}-{len(self.there[thing])}"
        self.there[thing][made] = fields["name"]
        self.records[made] = dict(fields)
        # A service may make a thing, and its answer be lost.
        self._fail(f"make {thing.value}")
        return made

    def upload(self, image_id: str, data: bytes) -> None:
        self._fail("upload")
        if image_id not in self.there[Thing.IMAGE] or not data:
            raise NotFoundError(f"no image {image_id}")

    def attach(self, router_id: str, subnet_id: str) -> None:
        self._fail("attach")
        self._attached[router_id] = subnet_id

    def state(self, thing: Thing, thing_id: str) -> ThingState:
        self._fail(f"state {thing.value}")
        if thing_id not in self.there[thing]:
            return ThingState()
        if thing in self.states:
            return self.states[thing]
        self._looks[thing_id] = self._looks.get(thing_id, 0) + 1
        is_ready = self._looks[thing_id] > self.patience
        return ThingState(status="ACTIVE" if is_ready else "BUILD")

    def record(self, thing: Thing, thing_id: str) -> Mapping[str, Any]:
        return self.records[thing_id] if thing_id in self.there[thing] else {}

    def named(self, thing: Thing, name: str) -> Sequence[str]:
        self._find(thing)
        return [one for one, called in self.there[thing].items() if called == name]

    def beginning(self, thing: Thing, prefix: str) -> Mapping[str, str]:
        self._find(thing)
        self._fail(f"beginning {thing.value}")
        names = self.there[thing].items()
        return {one: name for one, name in names if name.startswith(prefix)}

    def remove(self, thing: Thing, thing_id: str) -> None:
        self._find(thing)
        self._fail(f"remove {thing.value}")
        self._fail(f"remove {thing_id}")
        users = {
            Thing.NETWORK: (Thing.SUBNET, Thing.SERVER),
            Thing.SUBNET: (Thing.ROUTER, Thing.SERVER),
        }
        for user in users.get(thing, ()):
            if self.there[user]:
                raise ConflictError(f"the {thing.value} is used by a {user.value}")
        self.there[thing].pop(thing_id, None)

    def console(self, server_id: str) -> str:
        self._fail("console")
        if server_id not in self.there[Thing.SERVER]:
            raise NotFoundError(f"no server {server_id}")
        return self.output

    def _find(self, thing: Thing) -> None:
        if not self.has(thing.service):
            raise ServiceError(f"the catalogue has no {thing.service} service")

    def _fail(self, what: str) -> None:
        if what in self.faults:
            raise self.faults[what]
