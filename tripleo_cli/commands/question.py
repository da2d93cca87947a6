"""What an operator asks of matching: the options, and what they mean.

Imported only where it is needed, so that other commands do not pay for it; for
``--help``, too, so what options mean is imported when they are read.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tripleo_cli.commands.role import (
    add_count_options,
    add_role_options,
    chosen_counts,
    chosen_roles,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tripleo_cli.domain.matching import Mode
    from tripleo_cli.domain.role import Role
    from tripleo_cli.workflows.profiles import Question


def add_question_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is asked of matching."""
    add_count_options(parser)
    add_role_options(parser)
    add_mode_option(parser)
    parser.add_argument(
        "--pin",
        metavar="<node>=<role>-<number>",
        action="append",
        default=[],
        help="The place that a node is to have (node-3=Controller-0; repeat for "
        "several); it is kept on the node as its capability node:controller-0",
    )
    parser.add_argument(
        "--spread",
        metavar="<role>=<path>",
        action="append",
        default=[],
        help="The value by which the nodes of a role are to stand apart "
        "(Controller=properties.rack; repeat for several)",
    )
    parser.add_argument(
        "--manageable",
        action="store_true",
        help="Match manageable nodes, too, to be made available afterwards (overcloud "
        "node provide)",
    )


def add_mode_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that says how strictly nodes are judged."""
    parser.add_argument(
        "--mode",
        choices=("poc", "scale"),
        help="scale: all rules hold; poc: any free node serves any role, and only "
        "counts matter (default: scale if any role asks for something or any node is "
        "tagged; it is said which)",
    )


def chosen_mode(parsed_args: argparse.Namespace) -> Mode | None:
    """Read the option; ``None`` where the mode is to be chosen."""
    from tripleo_cli.domain.matching import Mode

    return Mode(parsed_args.mode) if parsed_args.mode else None


def question_from(parsed_args: argparse.Namespace) -> Question:
    """Read the options of :func:`add_question_options`, and ``--from``.

    Raises:
        InvalidInputError: Role files or options are wrong; lists every problem.
    """
    from tripleo_cli.inputs.matching import parse_pins, parse_spread
    from tripleo_cli.inputs.together import Together
    from tripleo_cli.workflows.profiles import Question

    together = Together()
    known: Mapping[str, Role] | None = None
    with together:
        known = chosen_roles(parsed_args)
    with together:
        counts = chosen_counts(parsed_args, known)
    with together:
        pins = parse_pins(parsed_args.pin, known)
    with together:
        spread = parse_spread(parsed_args.spread, known)
    together.check("what is asked of matching")
    roles = known or {}
    return Question(
        wanted=counts or {name: role.count_default for name, role in roles.items()},
        roles=roles,
        mode=chosen_mode(parsed_args),
        pins=pins,
        spread=spread,
        is_early=parsed_args.manageable,
        words=_words_of(parsed_args),
    )


def role_words(parsed_args: argparse.Namespace) -> tuple[str, ...]:
    """Write down where roles come from and how nodes are judged, to be said again."""
    return _words(
        {
            "--roles-file": [parsed_args.roles_file] if parsed_args.roles_file else [],
            "--roles-path": parsed_args.roles_path,
            "--mode": [parsed_args.mode] if parsed_args.mode else [],
        }
    )


def _words_of(parsed_args: argparse.Namespace) -> tuple[str, ...]:
    """Write down what is asked but for the counts; ``--from`` included."""
    early = ("--manageable",) if parsed_args.manageable else ()
    source = {"--from": [parsed_args.source] if parsed_args.source else []}
    others = {"--pin": parsed_args.pin, "--spread": parsed_args.spread}
    return (*early, *_words(source), *role_words(parsed_args), *_words(others))


def _words(options: Mapping[str, Iterable[object]]) -> tuple[str, ...]:
    return tuple(
        word
        for name, given in options.items()
        for value in given
        for word in (name, str(value))
    )
