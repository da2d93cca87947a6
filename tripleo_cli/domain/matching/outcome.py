"""What matching found: who serves what, and where it cannot be done, why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tripleo_cli.domain.node import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Which nodes serve which role.

    Nodes that served their role before come first, then the others, each in the
    order of their names (node-2 before node-10).
    """

    nodes: Mapping[str, tuple[Node, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Roles that together want more nodes than fit them; none of them can be spared.

    ``nodes`` are all that fit one or more of the roles, those already serving them
    included.
    """

    roles: tuple[str, ...]
    wanted: int
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer to one matching, feasible or not.

    ``assignment`` places as many nodes as can be placed at once; ``unmet`` counts
    the places that stay empty, for the roles that have such.
    """

    assignment: Assignment
    wanted: Mapping[str, int]
    unmet: Mapping[str, int]
    conflicts: Sequence[Conflict] = ()

    @property
    def is_feasible(self) -> bool:
        """Whether every role has its nodes."""
        return not self.unmet

    @property
    def is_partial(self) -> bool:
        """Whether some roles are short, but there are nodes for some places."""
        return not self.is_feasible and any(self.assignment.nodes.values())
