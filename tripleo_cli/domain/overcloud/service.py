"""A service of the overcloud: what its file says, as values.

Texts in ``hiera``, ``all_nodes``, manifests and checks may hold hiera's own
interpolation (``%{lookup('node_ip')}``, ``%{alias('GlanceWorkers')}``); nothing here
resolves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

STEPS = (1, 2, 3, 4, 5)
"""The steps of a deployment; every node ends one before any begins the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What operators may set in ``parameter_defaults``; a plain key of hiera.

    The type of ``default`` is the type that a given value must have; ``None`` takes
    any.
    """

    name: str
    default: Any = None
    description: str = ""


class PasswordKind(Enum):
    """How a password is made."""

    RANDOM = "random"
    """25 letters and digits."""

    FERNET = "fernet"
    """32 random bytes in URL-safe base64, as Keystone's key repositories hold."""

    UUID = "uuid"
    """A random UUID with its dashes."""

    HEX = "hex"
    """32 hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Password:
    """A secret that is made once per stack; a plain key of hiera."""

    name: str
    kind: PasswordKind = PasswordKind.RANDOM


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A database that service ``mysql`` makes; ``password`` is a password's name."""

    name: str
    user: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeystoneUser:
    """A user with roles; ``password`` is a password's name.

    The roles are on ``project``, on the user's domain where that is empty.
    """

    name: str
    password: str
    roles: tuple[str, ...] = ()
    project: str = "service"
    domain: str = "Default"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeystoneService:
    """An entry of the catalogue: its endpoints are ``http://<host>:<port><path>``."""

    name: str
    type: str
    port: int
    description: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keystone:
    """All that a service wants to be registered in the overcloud's Keystone.

    ``domains`` and ``roles`` are names that must exist besides those that users
    name.
    """

    users: tuple[KeystoneUser, ...] = ()
    services: tuple[KeystoneService, ...] = ()
    domains: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """A port that haproxy serves on the VIP, for all nodes that run the service.

    ``mode`` is haproxy's (``http``, ``tcp``); ``check`` a path that must answer, an
    empty one asks for a connection only.
    """

    name: str
    port: int
    mode: str = "http"
    check: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWork:
    """What puppet does in one step: classes first, then the manifest.

    The ``bootstrap_`` parts are for the service's first node only, and come before
    the others.
    """

    classes: tuple[str, ...] = ()
    manifest: str = ""
    bootstrap_classes: tuple[str, ...] = ()
    bootstrap_manifest: str = ""


class CheckPlace(Enum):
    """Where a check is made."""

    NODE = "node"
    DEPLOYER = "deployer"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckKind:
    """A way of checking: what it must be told, what it may be, and from where."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    places: tuple[CheckPlace, ...] = (CheckPlace.NODE,)


_ANYWHERE = (CheckPlace.NODE, CheckPlace.DEPLOYER)
CHECK_KINDS: Mapping[str, CheckKind] = {
    "systemd": CheckKind(required=("unit",), optional=("max_restarts",)),
    "tcp": CheckKind(required=("port",), places=_ANYWHERE),
    "http": CheckKind(
        required=("port",), optional=("path", "status", "body"), places=_ANYWHERE
    ),
    "sql": CheckKind(required=("query",), optional=("expect",)),
    "amqp": CheckKind(required=()),
    "cluster": CheckKind(required=("size",)),
    "command": CheckKind(required=("argv",), optional=("stdout",)),
    "openstack": CheckKind(
        required=("call",), optional=("expect",), places=(CheckPlace.DEPLOYER,)
    ),
}
"""Every kind by its key in a service file.

``systemd``: the unit is active, and was restarted at most ``max_restarts`` times
before it had run for 10 minutes.
``tcp``: the port takes a connection. ``http``: ``status`` is a list (200), ``body`` a
text in the answer. ``sql``: ``query`` as root, ``expect`` a text in the answer.
``amqp``: RabbitMQ answers and has no alarms. ``cluster``: all nodes that run the
service ``size`` are in its cluster. ``command``: ends with 0, ``stdout`` is in its
output. ``openstack``: ``call`` against the overcloud.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What must be true at the end of a step on every node that runs the service.

    ``kind`` is a key of :data:`CHECK_KINDS`, ``values`` are its own;
    ``timeout_s`` is how long it may take to come true. ``target`` (``node`` or
    ``host``) is what the deploying machine asks: each node, or the service's host,
    which is the VIP where there is one.
    """

    name: str
    kind: str
    on: CheckPlace = CheckPlace.NODE
    values: Mapping[str, Any] = field(default_factory=dict)
    timeout_s: float = 30.0
    target: str = "node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service file; docs/service-format.rst has the format.

    ``packages`` are the distribution's, ``puppet`` those of puppet modules;
    ``needs`` are services that must run somewhere in the overcloud, ``beside`` those
    that must run on the same nodes. ``hiera`` is for nodes that run it, ``all_nodes``
    for every node. ``steps`` and ``checks`` go by number of the step. ``source`` is the
    file, for people only: the stack does not know it.
    """

    name: str
    description: str = ""
    packages: tuple[str, ...] = ()
    puppet: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    passwords: tuple[Password, ...] = ()
    databases: tuple[Database, ...] = ()
    keystone: Keystone = field(default_factory=Keystone)
    listen: tuple[Listen, ...] = ()
    hiera: Mapping[str, Any] = field(default_factory=dict)
    all_nodes: Mapping[str, Any] = field(default_factory=dict)
    steps: Mapping[int, StepWork] = field(default_factory=dict)
    checks: Mapping[int, tuple[Check, ...]] = field(default_factory=dict)
    source: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """Its name as keys of hiera begin with it: ``glance_api``."""
        return self.name.replace("-", "_")
