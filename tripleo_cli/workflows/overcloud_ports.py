"""What workflows need of an overcloud itself, once it answers.

Every method may be called from several threads at once. All raise
:class:`~tripleo_cli.errors.ServiceError` (or a subclass) unless they say otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from tripleo_cli.domain.overcloud.access import Access
from tripleo_cli.domain.overcloud.catalog import Catalogue, Change, User
from tripleo_cli.domain.overcloud.probing import CallAnswer, HttpAnswer, HttpQuestion
from tripleo_cli.domain.overcloud.trial import Thing, ThingState


class OvercloudIdentity(Protocol):
    """The Keystone of an overcloud, as its administrator."""

    def read(self) -> Catalogue:
        """List all there is, in one call per kind.

        Raises:
            UnreachableError: It does not answer, or not yet.
        """

    def accepts(self, user: User) -> bool:
        """Whether a user can sign in with its password."""

    def save(self, change: Change) -> None:
        """Make an item, or correct it; what it needs has to be there by now.

        Raises:
            NotFoundError: Something that it needs is not there.
        """


class Probes(Protocol):
    """Questions from this machine. None raises: no answer is an answer as well."""

    def http(self, question: HttpQuestion) -> HttpAnswer:
        """Get a page; comes back in the question's time limit."""

    def tcp(self, address: str, port: int, timeout_s: float) -> str:
        """Open a connection and close it; gives why that failed, or nothing."""

    def call(self, access: Access, call: str, timeout_s: float) -> CallAnswer:
        """Let an overcloud list something; comes back in the time limit.

        Args:
            access: Which overcloud, and how to sign in.
            call: One of ``CALLS`` of :mod:`tripleo_cli.domain.overcloud.checks`.
            timeout_s: In seconds.
        """


class OvercloudServices(Protocol):
    """What an overcloud's services remember of its nodes."""

    def retire(self, hostname: str) -> Sequence[str]:
        """Let a node take no new servers of users.

        Returns:
            The servers that it has, as an operator would name them.
        """

    def reinstate(self, hostname: str) -> None:
        """Let a node that was retired take servers again; others stay as they are."""

    def forget(self, hostname: str) -> Sequence[str]:
        """Take a node that is gone out of all lists: agents, services, provider.

        Returns:
            What was taken out, as an operator would name it.

        Raises:
            ConflictError: Servers of users are still on it.
        """


class OvercloudUse(Protocol):
    """What users of an overcloud do, here done by its administrator."""

    def sign_in(self) -> None:
        """Get a token."""

    def has(self, kind: str) -> bool:
        """Whether the catalogue has a service of a type ("compute")."""

    def computes(self) -> Sequence[str]:
        """Name the hosts where servers can be booted now."""

    def make(self, thing: Thing, fields: Mapping[str, Any]) -> str:
        """Make a thing from its service's own field names; gives its id at once."""

    def upload(self, image_id: str, data: bytes) -> None:
        """Give an image its content."""

    def attach(self, router_id: str, subnet_id: str) -> None:
        """Give a subnet a router; :meth:`state` of the router tells when it works."""

    def state(self, thing: Thing, thing_id: str) -> ThingState:
        """Say how a thing stands; a router is active when its ports are."""

    def record(self, thing: Thing, thing_id: str) -> Mapping[str, Any]:
        """Give a thing as its service shows it; empty where there is none."""

    def named(self, thing: Thing, name: str) -> Sequence[str]:
        """Give the ids of all things of a name."""

    def beginning(self, thing: Thing, prefix: str) -> Mapping[str, str]:
        """Give by id the names of all things whose names begin so."""

    def remove(self, thing: Thing, thing_id: str) -> None:
        """Begin to remove a thing; harmless where there is none.

        Raises:
            ConflictError: Something uses it still.
        """

    def console(self, server_id: str) -> str:
        """Give the last lines that a server wrote to its serial line."""
