"""Commands that the documentation shows, and options that it names, are there."""

from __future__ import annotations

import argparse
import io
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout, suppress
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import SimpleNamespace

import pytest

from tripleo_cli.node.layout import Layout
from tripleo_cli.node.main import serve
from tripleo_cli.node.system import Site, run
from tripleo_cli.simulator import cli as fleet

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs").glob("*.rst")), ROOT / "README.md"]
SCRIPTS = ("quickstart.sh", "run_tests.sh")
SHOWN = re.compile(
    r"^ *(?:[\w@:~.-]*[$#] )?(?:sudo )?"
    r"((?:openstack|tripleo-fleet|tripleo-node) (?:.*\\\n)*.*)",
    re.MULTILINE,
)
"""A command in a block, over all of its lines, with or without a prompt."""
NAMED = re.compile(r"``?((?:openstack|tripleo-fleet|tripleo-node) [^`]+)``?")
OPTION = re.compile(r"``(--[a-z][\w-]*)")
REST = re.compile(r"\s(?:[|>]\s.*|\s.*|#.*)$")
"""A pipe, a file, a remark: what is not the command's."""
OURS = "openstack.tripleo.v1"
GROUP = re.compile(r"openstack\.\w+\.v\d")
"""Where we, and any plugin, put commands."""
VERBS = (
    ("tripleo-fleet", ("generate", "discover", "run", "stop")),
    ("tripleo-node", ("prepare", "apply", "check")),
)
NO_COMMANDS = {
    "openstack undercloud logs: 1 problem:",
    "openstack help overcloud deploy",  # The shell's own.
}
GONE = {"--http-boot", "--instance-boot-option", "--no-deploy-image"}
"""Options of TripleO's that a page calls gone."""


@cache
def known() -> Mapping[str, EntryPoint]:
    """Give the commands that ``openstack`` has here, by their words."""
    return {
        entry.name.replace("_", " "): entry
        for group in entry_points().groups
        if GROUP.match(group)
        for entry in entry_points(group=group)
    }


@cache
def parser_of(name: str) -> argparse.ArgumentParser:
    """Give the parser of an ``openstack`` command."""
    command = known()[name].load()(SimpleNamespace(command_options=[]), None)
    parser: argparse.ArgumentParser = command.get_parser(f"openstack {name}")
    return parser


def name_in(words: Sequence[str]) -> str:
    """Find which command words begin with.

    Raises:
        LookupError: None.
    """
    for length in range(len(words), 0, -1):
        if " ".join(words[:length]) in known():
            return " ".join(words[:length])
    raise LookupError(f"openstack has no command {' '.join(words)}")


@cache
def help_of(program: str, *verb: str) -> str:
    """Let a program of ours, which is not part of ``openstack``, tell its options."""
    mains: Mapping[str, Callable[[list[str]], int]] = {
        "tripleo-fleet": fleet.main,
        "tripleo-node": lambda argv: serve(Site(Layout(), run), io.StringIO(), argv),
    }
    told = io.StringIO()
    with redirect_stdout(told), suppress(SystemExit):
        mains[program]([*verb, "--help"])
    return told.getvalue()


def words_of(text: str) -> list[str]:
    """Take a command apart; where to send it is no part of it."""
    line = re.sub(r"\s*\\?\n\s*", " ", text)
    words = shlex.split(REST.sub("", line))
    return words[:1] + words[3:] if words[1] == "--os-cloud" else words


def options_for(words: Sequence[str]) -> set[str]:
    """Give the options of the command that words begin with."""
    program, *rest = words
    if program != "openstack":
        return options_in(help_of(program, rest[0]))
    return options_in(parser_of(name_in(rest)).format_help())


def options_in(text: str) -> set[str]:
    return set(re.findall(r"--[a-z][\w-]*", text))


@cache
def all_options() -> set[str]:
    """Give the options of all commands and scripts of ours."""
    ours = [name for name, entry in known().items() if entry.group == OURS]
    texts = [(ROOT / name).read_text() for name in SCRIPTS]
    texts += [parser_of(name).format_help() for name in ours]
    texts += [help_of(program, verb) for program, verbs in VERBS for verb in verbs]
    return options_in("".join(texts))


def found(pattern: re.Pattern[str]) -> Iterator[str]:
    for page in PAGES:
        for text in pattern.findall(page.read_text()):
            if text not in NO_COMMANDS | GONE:
                yield f"{page.name}: {text}"


def of_page(case: str) -> str:
    return case.partition(": ")[2]


def code_for(words: Sequence[str]) -> object:
    """Have a command take its words; gives 0, as do options that print and end."""
    name = name_in(words)
    try:
        parser_of(name).parse_args(words[len(name.split()) :])
    except SystemExit as end:
        return end.code
    return 0


@pytest.mark.parametrize("case", sorted(set(found(SHOWN))))
def test_a_command_that_is_shown_can_be_typed(case: str) -> None:
    words = words_of(of_page(case))

    assert {one for one in words if one.startswith("--")} <= options_for(words)
    if words[0] == "openstack":
        assert code_for(words[1:]) == 0


@pytest.mark.parametrize("case", sorted(set(found(NAMED))))
def test_a_command_that_is_named_is_there(case: str) -> None:
    words = words_of(of_page(case))

    if "..." not in words:
        assert {one for one in words if one.startswith("--")} <= options_for(words)


@pytest.mark.parametrize("case", sorted(set(found(OPTION))))
def test_an_option_that_is_named_is_there(case: str) -> None:
    assert of_page(case) in all_options()
