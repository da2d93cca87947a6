"""Try an overcloud as its users will, and leave nothing behind.

All that is made has one name that nobody else uses, and is found by it when it is
removed: what a lost answer hid from us goes as well.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from tripleo_cli.domain.events import (
    Began,
    Failed,
    Finished,
    Progressed,
    Reporter,
    Skipped,
)
from tripleo_cli.domain.overcloud.tiny_image import (
    DISK_FORMAT,
    GREETING,
    tiny_image,
)
from tripleo_cli.domain.overcloud.trial import (
    BROKEN,
    READY,
    Thing,
    Tried,
    Verdict,
    trial_name,
)
from tripleo_cli.errors import InterruptedRunError, ServiceError, TripleoError
from tripleo_cli.workflows.leftovers import remove_earlier, remove_found
from tripleo_cli.workflows.overcloud_ports import OvercloudUse
from tripleo_cli.workflows.ports import Clock

TASK = "try the overcloud"
CIDR = "192.0.2.0/24"
"""A network for documentation (RFC 5737): nobody routes it."""
POLL_SECONDS = 2.0
READY_SECONDS = 300.0
SERVER_SECONDS = 600.0
"""qemu without hardware acceleration, on a busy machine, is slow."""
NO_COMPUTE = "no nova-compute is up"


def new_name() -> str:
    """Make a name that nothing else has."""
    return trial_name(datetime.now(UTC), secrets.token_hex(4))


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the trial; ``work`` gives what there is to say of it.

    A quiet one that is well and has nothing to say is not told of.
    """

    what: str
    work: Callable[[], str]
    needs: tuple[str, ...] = ()
    is_quiet: bool = False


class _SkippedError(Exception):
    """A part is not done, and that is no failure; says why."""


def try_overcloud(
    use: OvercloudUse, name: str, *, clock: Clock, report: Reporter
) -> tuple[Tried, ...]:
    """Upload an image, make a network with a router, boot a server; remove it all.

    Args:
        use: The overcloud.
        name: What all that is made is called; nothing else may be.
        clock: Time.
        report: Told of each part.

    Returns:
        What came of each part. It does not raise where one fails.

    Raises:
        InterruptedRunError: Ctrl-C; what was made is removed, or what is left told.
    """
    trial = _Trial(use=use, name=name, clock=clock, report=report)
    report(Began(TASK, len(trial.parts) + 1))
    try:
        for part in trial.parts:
            trial.attempt(part)
    except KeyboardInterrupt as interrupt:
        text = f"stopped by Ctrl-C; what was made is removed: {_clean(trial)}"
        raise InterruptedRunError(text) from interrupt
    _clean(trial)
    report(Finished(TASK))
    return tuple(trial.tried)


def _clean(trial: _Trial) -> str:
    """Remove all that was made; say how that went.

    Raises:
        InterruptedRunError: Ctrl-C; says what may be left.
    """
    try:
        trial.attempt(trial.removal)
    except KeyboardInterrupt as interrupt:
        listed = ", ".join(thing.value for thing in trial.begun)
        text = f"stopped by Ctrl-C; what is called {trial.name} may be left: {listed}"
        raise InterruptedRunError(text) from interrupt
    return trial.tried[-1].detail


@dataclass(kw_only=True)
class _Trial:
    """One trial; ``ids`` are of what was made, ``begun`` is what may be there."""

    use: OvercloudUse
    name: str
    clock: Clock
    report: Reporter
    ids: dict[Thing, str] = field(default_factory=dict)
    begun: list[Thing] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)

    @property
    def parts(self) -> Sequence[_Part]:
        """The parts, in an order in which they can be done."""
        return (
            _Part("sign in", self._sign_in),
            _Part("remove earlier trials", self._clear, ("sign in",), is_quiet=True),
            _Part("upload an image", self._image, ("sign in",)),
            _Part("make a network with a subnet", self._network, ("sign in",)),
            _Part("route it", self._router, ("make a network with a subnet",)),
            _Part(
                "boot a server",
                self._server,
                ("upload an image", "make a network with a subnet"),
            ),
            _Part("see it boot", self._console, ("boot a server",)),
        )

    @property
    def removal(self) -> _Part:
        """The last part; it needs nothing, and is always done."""
        return _Part("remove it all", self._remove)

    def attempt(self, part: _Part) -> None:
        """Do a part, if what it needs is there, and note what came of it."""
        good = {one.what for one in self.tried if one.verdict is Verdict.OK}
        skipped = {one.what for one in self.tried if one.verdict is Verdict.SKIPPED}
        began = self.clock.now()
        if skipped & set(part.needs):
            verdict, detail = Verdict.SKIPPED, NO_COMPUTE
        elif set(part.needs) - good:
            verdict, detail = Verdict.NOT_TRIED, "what it needs is not there"
        else:
            verdict, detail = self._outcome(part)
        if part.is_quiet and verdict is not Verdict.FAILED and not detail:
            return
        seconds = round(self.clock.now() - began, 1)
        self.tried.append(
            Tried(what=part.what, verdict=verdict, seconds=seconds, detail=detail)
        )
        kinds = {Verdict.OK: Finished, Verdict.FAILED: Failed}
        self.report(kinds.get(verdict, Skipped)(TASK, part.what, detail))

    def _outcome(self, part: _Part) -> tuple[Verdict, str]:
        self.report(Progressed(TASK, part.what, "began"))
        try:
            return Verdict.OK, part.work()
        except _SkippedError as reason:
            return Verdict.SKIPPED, str(reason)
        except TripleoError as error:
            return Verdict.FAILED, str(error)

    def _sign_in(self) -> str:
        self.use.sign_in()
        return ""

    def _clear(self) -> str:
        """Remove what earlier trials left; what somebody uses is no fault of ours.

        Raises:
            ServiceError: Something else keeps a thing there.
        """
        cleared = remove_earlier(self.use, self.name, self.clock)
        if cleared.failed:
            raise ServiceError(str(cleared))
        if cleared.in_use:
            raise _SkippedError(str(cleared))
        return str(cleared)

    def _image(self) -> str:
        data = tiny_image()
        fields = {"disk_format": DISK_FORMAT, "container_format": "bare"}
        image = self._make(Thing.IMAGE, **fields)
        self.use.upload(image, data)
        self._wait(Thing.IMAGE, READY_SECONDS)
        return f"{len(data) // 1024} KiB"

    def _network(self) -> str:
        network = self._make(Thing.NETWORK)
        self._make(Thing.SUBNET, network_id=network, cidr=CIDR, ip_version=4)
        return CIDR

    def _router(self) -> str:
        router = self._make(Thing.ROUTER)
        self.use.attach(router, self.ids[Thing.SUBNET])
        self._wait(Thing.ROUTER, READY_SECONDS)
        return ""

    def _server(self) -> str:
        computes = self.use.computes() if self.use.has("compute") else ()
        if not computes:
            raise _SkippedError(NO_COMPUTE)
        size = {"vcpus": 1, "ram": 64, "disk": 1, "os-flavor-access:is_public": False}
        flavor = self._make(Thing.FLAVOR, **size)
        self._make(
            Thing.SERVER,
            flavorRef=flavor,
            imageRef=self.ids[Thing.IMAGE],
            networks=[{"uuid": self.ids[Thing.NETWORK]}],
        )
        self._wait(Thing.SERVER, SERVER_SECONDS)
        return f"on one of {len(computes)} computes"

    def _console(self) -> str:
        deadline = self.clock.now() + READY_SECONDS
        while True:
            text = self.use.console(self.ids[Thing.SERVER])
            if GREETING in text:
                return f'it wrote "{GREETING}"'
            if self.clock.now() >= deadline:
                shown = " ".join(text.split())[-200:]
                raise ServiceError(
                    f"the server is active, but did not boot its image; it wrote: "
                    f"{shown or 'nothing'}"
                )
            self.clock.sleep(POLL_SECONDS)

    def _make(self, thing: Thing, **fields: object) -> str:
        self.begun.append(thing)
        made = self.use.make(thing, {"name": self.name, **fields})
        self.ids[thing] = made
        return made

    def _wait(self, thing: Thing, seconds: float) -> None:
        """Wait until a thing can be used.

        Raises:
            ServiceError: It is broken, or late.
        """
        deadline = self.clock.now() + seconds
        while True:
            state = self.use.state(thing, self.ids[thing])
            reason = f": {state.reason}" if state.reason else ""
            if state.status in READY:
                return
            if state.status in BROKEN or not state.status:
                what = state.status or "gone"
                raise ServiceError(f"the {thing.value} is {what}{reason}")
            if self.clock.now() >= deadline:
                text = f"the {thing.value} is {state.status} after {seconds:.0f} s"
                raise ServiceError(f"{text}{reason}")
            self.report(Progressed(TASK, thing.value, state.status))
            self.clock.sleep(POLL_SECONDS)

    def _remove(self) -> str:
        """Remove all that has the name, last made first.

        Raises:
            ServiceError: Something is left; it names what, and why.
        """
        left: dict[str, str] = {}
        number = 0
        for thing in reversed(self.begun):
            find = partial(self.use.named, thing, self.name)
            try:
                removed = remove_found(self.use, thing, find, self.clock)
            except ServiceError as error:
                left[thing.value] = str(error)
                continue
            number += removed.number
            if removed.stays:
                reasons = {str(why) for why in removed.stays.values()}
                left[thing.value] = ", ".join(sorted(reasons))
        if left:
            listed = "; ".join(f"{what}: {why}" for what, why in left.items())
            raise ServiceError(f"things called {self.name} are left: {listed}")
        return f"{number} things" if number else "nothing was made"
