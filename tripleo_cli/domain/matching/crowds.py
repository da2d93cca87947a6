"""Find roles whose nodes stand together although they should stand apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tripleo_cli.domain.matching.locate import locate
from tripleo_cli.domain.matching.outcome import Assignment, Crowd
from tripleo_cli.domain.node import Node


def find_crowds(
    assignment: Assignment,
    spread: Mapping[str, str],
    fitting: Mapping[str, Sequence[Node]],
) -> tuple[Crowd, ...]:
    """Give the roles that share a place of their spread, or one that nobody knows.

    ``fitting`` are the nodes that fit a role besides those that served it before.
    """
    crowds = []
    for role, path in sorted(spread.items()):
        members: dict[str, list[Node]] = {}
        for node in assignment.nodes[role]:
            members.setdefault(locate(node, path), []).append(node)
        if max(map(len, members.values()), default=0) > 1:
            known = {locate(node, path) for node in fitting[role]} | set(members)
            crowds.append(
                Crowd(
                    role=role,
                    path=path,
                    members={key: tuple(members[key]) for key in sorted(members)},
                    known=len(known - {""}),
                )
            )
    return tuple(crowds)
