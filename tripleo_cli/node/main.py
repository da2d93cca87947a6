"""The command line on the node: one verb, one JSON value on standard output."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from tripleo_cli.node import bundle, checks, prepare, step, store
from tripleo_cli.node import files as node_files
from tripleo_cli.node.account import account
from tripleo_cli.node.errors import NodeError
from tripleo_cli.node.layout import Layout
from tripleo_cli.node.system import Site, run

OK, FAILED, REFUSED = 0, 2, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run as root on a node.

    Returns:
        0 where all is well, 2 where a step, a check or the node is not, 1 where the
        program could not do what it was asked; it then prints ``error`` and ``hint``.
    """
    _outlive_the_sender()
    return serve(Site(Layout(), run), sys.stdout, argv)


def serve(site: Site, out: TextIO, argv: Sequence[str] | None = None) -> int:
    """Do what the arguments say, and print what came of it."""
    asked = _parser().parse_args(argv)
    os.umask(0o022)
    try:
        value, is_good = _VERBS[asked.verb](site, asked)
        code = OK if is_good else FAILED
    except NodeError as error:
        value, code = {"error": str(error), "hint": error.hint}, REFUSED
    _print(out, value)
    return code


def _prepare(site: Site, asked: argparse.Namespace) -> tuple[Any, bool]:
    found = prepare.prepare(
        site, asked.bundle, asked.now, expect=asked.expect, check=asked.check
    )
    if "wanted" in found:
        return found, False
    steps, _ = _state(site, asked)
    return {**found, **steps}, not found["problems"]


def _apply(site: Site, asked: argparse.Namespace) -> tuple[Any, bool]:
    if asked.bundle and not asked.check:
        raise NodeError("--bundle is only to be looked at: add --check")
    wish = step.Asked(
        check=asked.check,
        bundle=asked.bundle,
        force=asked.force,
        timeout_s=float(asked.timeout),
    )
    record = step.apply(site, asked.step, wish)
    return record, record["state"] != "failed"


def _check(site: Site, asked: argparse.Namespace) -> tuple[Any, bool]:
    outcomes = checks.check(site, asked.step, asked.within)
    return outcomes, all(one["passed"] for one in outcomes)


def _explain(site: Site, asked: argparse.Namespace) -> tuple[Any, bool]:
    told = bundle.load(site.layout.bundle)
    found = {one: account(site, told, one) for one in asked.service}
    return told.secrets.hide(found), True


def _state(site: Site, _asked: argparse.Namespace) -> tuple[Any, bool]:
    found = store.shown(site.layout)
    return {"steps": {str(number): one for number, one in found.items()}}, True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tripleo-node", description="Configure this overcloud node."
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser("prepare", help="take a bundle in, if this node fits it")
    one.add_argument("bundle", type=Path)
    one.add_argument("--now", type=float, help="the sender's time, seconds since 1970")
    one.add_argument("--expect", help="SHA-256 of the bundle; another is asked for")
    one.add_argument("--check", action="store_true", help="only see whether it fits")
    one = verbs.add_parser("apply", help="apply a step, unless it is applied")
    one.add_argument("--step", type=int, required=True)
    one.add_argument("--check", action="store_true", help="only say what would change")
    one.add_argument("--bundle", type=Path, help="with --check: look at this one")
    one.add_argument("--force", action="store_true", help="apply it even if unchanged")
    one.add_argument("--timeout", type=int, default=1800, help="seconds for puppet")
    one = verbs.add_parser("check", help="make a step's checks")
    one.add_argument(
        "--step", type=int, required=True, action="append", help="may be repeated"
    )
    one.add_argument("--within", type=float, help="seconds that a check may take")
    one = verbs.add_parser("explain", help="tell what services are in trouble with")
    one.add_argument("--service", required=True, action="append")
    verbs.add_parser("state", help="say what became of each step")
    return parser


def _outlive_the_sender() -> None:
    """Go on when the connection is lost: half a step is worse than none or all."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    if os.getpgrp() != os.getpid():
        os.setsid()


def _print(out: TextIO, value: Any) -> None:
    try:
        out.write(json.dumps(value) + "\n")
        out.flush()
    except OSError:
        # Nobody listens any more; the state file has it.
        node_files.silence(out)


_VERBS: Mapping[str, Any] = {
    "prepare": _prepare,
    "apply": _apply,
    "check": _check,
    "explain": _explain,
    "state": _state,
}
