"""What became of work on the overcloud's nodes, node by node.

A node that cannot be reached is an outcome like any other: it must not hide what the
other nodes did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from tripleo_cli.errors import Problem


@dataclass(frozen=True, slots=True)
class Target:
    """A node to work on: its short host name, and the address where SSH answers.

    ``identity`` tells one machine from the next that has this name and this address
    (the server's id): a machine that was deployed anew has another host key.
    ``pulls`` tells that it asks Heat for its orders: nobody logs in to it.
    """

    hostname: str
    address: str
    identity: str = ""
    pulls: bool = False


class StepState(Enum):
    """How a step stands on a node."""

    APPLIED = "applied"
    """Puppet ran and nothing failed; ``changed`` tells whether it changed anything."""
    UNCHANGED = "unchanged"
    """Puppet did not run: this was applied before, or the step has nothing for it."""
    PREVIEWED = "previewed"
    """Puppet only looked (``check``); ``diff`` is what it would change."""
    FAILED = "failed"
    """Puppet failed, or could not run; ``failures`` and ``reason`` say why."""
    RUNNING = "running"
    """A run is at work on it now, maybe one whose sender has gone."""
    INTERRUPTED = "interrupted"
    """A run began and never came to its end (it was killed, the machine stopped)."""
    UNREACHABLE = "unreachable"
    """The node does not answer; what it did is not known. ``reason`` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceFailure:
    """One thing that puppet could not do, or could not read.

    ``resource`` is puppet's name (``Service[mysql]``), empty for a manifest that does
    not compile. ``file`` and ``line`` are on the node, ``line`` 0 where not known.
    """

    resource: str
    message: str
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOutcome:
    """How one step ended, or stands, on one node.

    ``hash`` is the hash of the step in the bundle that it was made from. ``changed``,
    ``failed`` and ``skipped`` count puppet's resources, ``seconds`` is wall time, as
    ``slowest`` is, of single resources, longest first. ``finished_at`` is the node's
    time in UTC (ISO 8601), empty where nothing ended. Secrets are replaced in all
    texts.
    """

    step: int
    state: StepState
    hash: str = ""
    changed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    failures: tuple[ResourceFailure, ...] = ()
    slowest: tuple[tuple[str, float], ...] = ()
    diff: str = ""
    reason: str = ""
    hint: str = ""
    finished_at: str = ""

    @property
    def is_done(self) -> bool:
        """Whether the node has this step behind it."""
        return self.state in (StepState.APPLIED, StepState.UNCHANGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRecord:
    """What a node remembers of its steps; it outlives the deploying machine.

    ``reason`` is why it could not be asked; empty where it was.
    """

    steps: Mapping[int, StepOutcome] = field(default_factory=dict)
    reason: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareOutcome:
    """Whether a node can be configured, and what keeps it from that.

    ``problems`` has every reason, not the first one only. ``changed`` names what was
    brought up to date (files, the bundle); ``seconds`` is wall time on the node.
    ``record`` is what it remembers of its steps, ``None`` where it did not tell.
    """

    is_reached: bool = True
    problems: tuple[Problem, ...] = ()
    changed: tuple[str, ...] = ()
    seconds: float = 0.0
    record: NodeRecord | None = None

    @property
    def is_ready(self) -> bool:
        """Whether steps can be applied on it."""
        return not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a node tells of a service that is in trouble; empty where it knows nothing.

    ``unit`` is the systemd unit in question, ``log`` its last lines, ``resource``
    puppet's that looks after it, with file and line.
    """

    unit: str = ""
    log: tuple[str, ...] = ()
    resource: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutcome:
    """Whether a check of a service passed on a node.

    ``step`` is whose check it is, 0 where it is about the node itself. ``detail`` says
    what was seen, and what was wanted. ``account`` is of the service where the check
    failed, and ``told_by`` the node that gave it, where the check was made from here.
    """

    name: str
    passed: bool
    detail: str = ""
    service: str = ""
    account: Account = Account()
    told_by: str = ""
    seconds: float = 0.0
    step: int = 0


CHECKS_S = 900.0
"""How long a node may take for its checks where nobody knows how long they may."""

OnOutcome = Callable[[str, StepOutcome], None]
"""Is told how a step has ended on a node (its host name), from several threads."""


def unwatched(_hostname: str, _outcome: StepOutcome) -> None:
    """Take no note of how steps end on nodes."""
