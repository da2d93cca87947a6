"""What matching found: who serves what, and where it cannot be done, why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tripleo_cli.domain.matching.request import Mode, Pin
from tripleo_cli.domain.node import Node, NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Which nodes serve which role.

    Nodes that are pinned to a place of their role stand at its index. Of the others,
    those that served their role before come first, each in the order of their names
    (node-2 before node-10). ``pins`` are those that hold.
    """

    nodes: Mapping[str, tuple[Node, ...]]
    pins: Mapping[NodeId, Pin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Roles that together want more nodes than fit them.

    Without any one of them the others could have their nodes; or they are the fewest
    that leave one of them short.

    ``nodes`` are all that fit one or more of the roles, those already serving them
    included. ``asks`` is what all the roles ask of them, in words that follow "nodes",
    empty where that is nothing.
    """

    roles: tuple[str, ...]
    wanted: int
    nodes: tuple[Node, ...]
    asks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """A role some of whose nodes stand together although it is to be spread.

    ``path`` is the value by which they should differ, ``members`` are its nodes by
    that value (empty where it is not known), and ``known`` counts the values that its
    nodes and those that fit it have.
    """

    role: str
    path: str
    members: Mapping[str, tuple[Node, ...]]
    known: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer to one matching, feasible or not.

    ``assignment`` places as many nodes as can be placed at once; ``unmet`` counts
    the places that stay empty, for the roles that have such. ``crowds`` are roles
    that could not be spread as far as asked; ``loose`` says of pins that do not hold
    why, in words that follow the node's name.
    """

    assignment: Assignment
    wanted: Mapping[str, int]
    unmet: Mapping[str, int]
    conflicts: Sequence[Conflict] = ()
    crowds: Sequence[Crowd] = ()
    loose: Mapping[NodeId, str] = field(default_factory=dict)
    mode: Mode = Mode.SCALE

    @property
    def is_feasible(self) -> bool:
        """Whether every role has its nodes."""
        return not self.unmet

    @property
    def is_partial(self) -> bool:
        """Whether some roles are short, but there are nodes for some places."""
        return not self.is_feasible and any(self.assignment.nodes.values())
