"""Find the machines of a network by their management controllers (BMCs)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tripleo_cli.domain.discovery import (
    Contact,
    Controller,
    Credentials,
    Found,
    Place,
    contacts,
)
from tripleo_cli.domain.events import Began, Failed, Finished, Noted, Reporter
from tripleo_cli.errors import ServiceError, TripleoError, UntrustedError
from tripleo_cli.workflows.concurrency import each
from tripleo_cli.workflows.ports import Controllers
from tripleo_cli.workflows.travel import NodeOutcome

FIND = "find BMCs"
SIGN_IN = "sign in"
DEFAULT_LOOKS = 64
"""How many addresses are looked at at a time; most of them are empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Where to look, and as whom to sign in: in this order, the first that fits."""

    places: Sequence[Place]
    credentials: Sequence[Credentials]
    looks: int = DEFAULT_LOOKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """The BMCs that let us in, and an outcome for each that did not."""

    found: Sequence[Found]
    refused: Sequence[NodeOutcome]


def discover(controllers: Controllers, search: Search, report: Reporter) -> Discovery:
    """Look for BMCs, and sign in to each that answers.

    No credentials are tried twice on a BMC: some lock a user out after a few tries.
    """
    # How many answer is news; that most addresses are empty is not.
    report(Began(FIND))
    looks = each(search.places, controllers.find, concurrency=search.looks)
    answering = contacts(look.result for look in looks if look.result)
    for look in looks:
        if look.error:
            report(Noted(f"{look.subject.host}: {look.error}"))
    report(Finished(FIND, text=f"{len(answering)} of {len(search.places)} answer"))
    report(Began(SIGN_IN, len(answering)))

    def enter(contact: Contact) -> Found:
        return _enter(controllers, contact, search.credentials, report)

    found: list[Found] = []
    refused: list[NodeOutcome] = []
    for outcome in each(answering, enter, concurrency=search.looks):
        if outcome.result:
            found.append(outcome.result)
            name = str(outcome.result.controller)
            report(Finished(SIGN_IN, name, _told(outcome.result)))
        else:
            refused.append(_refused(outcome.subject, outcome.error))
            report(Failed(SIGN_IN, refused[-1].name, refused[-1].error))
    return Discovery(found=found, refused=refused)


def _enter(
    controllers: Controllers,
    contact: Contact,
    tried: Sequence[Credentials],
    report: Reporter,
) -> Found:
    """Sign in, with IPMI where Redfish answers and does not work."""
    left = list(tried)
    try:
        return _sign_in(controllers, contact.controller, left)
    except UntrustedError:
        raise
    except ServiceError as error:
        if contact.spare is None:
            raise
        report(Noted(f"{contact.controller}: {error}; IPMI is tried"))
        try:
            return _sign_in(controllers, contact.spare, left)
        except TripleoError:
            # What Redfish said tells more.
            raise error from None


def _sign_in(
    controllers: Controllers, controller: Controller, left: list[Credentials]
) -> Found:
    """Try what is left; what is refused is taken away."""
    users = ", ".join(one.user for one in left)
    while left:
        found = controllers.sign_in(controller, left[0])
        if found is not None:
            return found
        left.pop(0)
    raise TripleoError(
        f"no credentials fit ({controller.place.kind.value}, tried: {users})",
        hint="add a line user:password to the credentials, and discover again",
    )


def _told(found: Found) -> str:
    kind = found.controller.place.kind.value
    count = len(found.machines)
    machines = "1 machine" if count == 1 else f"{count} machines"
    return f"{kind}, {found.credentials.user} fits, {machines}"


def _refused(contact: Contact, error: TripleoError | None) -> NodeOutcome:
    remedy = (error.hint if error else "") or ""
    if contact.spare:
        remedy = "; ".join(filter(None, (remedy, "it speaks IPMI, too: --kind ipmi")))
    return NodeOutcome(
        id=None,
        name=str(contact.controller),
        result="failed",
        error=str(error),
        remedy=remedy,
    )


def listed(found: Sequence[Found]) -> list[NodeOutcome]:
    """Give a row for each machine that was found, where none is registered."""
    return [
        NodeOutcome(
            id=None,
            name=next(iter(machine.macs), machine.system or str(one.controller)),
            result=f"found ({one.controller}, {one.credentials.user} fits)",
        )
        for one in found
        for machine in one.machines
    ]
