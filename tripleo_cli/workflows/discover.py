"""Find the machines of a network by their management controllers (BMCs)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tripleo_cli.domain.discovery import Controller, Credentials, Found, Place, best
from tripleo_cli.domain.events import Began, Failed, Finished, Noted, Reporter
from tripleo_cli.errors import TripleoError
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
    answering = best(look.result for look in looks if look.result)
    for look in looks:
        if look.error:
            report(Noted(f"{look.subject.host}: {look.error}"))
    report(Finished(FIND, text=f"{len(answering)} of {len(search.places)} answer"))
    report(Began(SIGN_IN, len(answering)))

    def sign_in(controller: Controller) -> Found:
        return _sign_in(controllers, controller, search.credentials)

    found: list[Found] = []
    refused: list[NodeOutcome] = []
    for outcome in each(answering, sign_in, concurrency=search.looks):
        if outcome.result:
            found.append(outcome.result)
            report(Finished(SIGN_IN, str(outcome.subject), _told(outcome.result)))
        else:
            refused.append(_refused(outcome.subject, outcome.error))
            report(Failed(SIGN_IN, str(outcome.subject), str(outcome.error)))
    return Discovery(found=found, refused=refused)


def _sign_in(
    controllers: Controllers, controller: Controller, tried: Sequence[Credentials]
) -> Found:
    for credentials in tried:
        found = controllers.sign_in(controller, credentials)
        if found is not None:
            return found
    users = ", ".join(one.user for one in tried)
    raise TripleoError(
        f"no credentials fit ({controller.place.kind.value}, tried: {users})",
        hint="add a line user:password to the credentials, and discover again",
    )


def _told(found: Found) -> str:
    kind = found.controller.place.kind.value
    count = len(found.machines)
    machines = "1 machine" if count == 1 else f"{count} machines"
    return f"{kind}, {found.credentials.user} fits, {machines}"


def _refused(controller: Controller, error: TripleoError | None) -> NodeOutcome:
    return NodeOutcome(
        id=None,
        name=str(controller),
        result="failed",
        error=str(error),
        remedy=(error.hint if error else "") or "",
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
