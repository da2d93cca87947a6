"""``tripleo-fleet``: makes and plays simulated bare metal machines."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tripleo_cli.errors import InvalidInputError, Problem, TripleoError
from tripleo_cli.simulator import lab, pidfile, process
from tripleo_cli.simulator.benchmarks import KINDS
from tripleo_cli.simulator.faults import Fault, FaultKind, parse_fault
from tripleo_cli.simulator.models import Model, load_models
from tripleo_cli.simulator.nodes_file import FleetPlan, fleet_document
from tripleo_cli.simulator.ports import CONTAINER

SIMULATED: Final = "simulated"
LISTEN: Final = "127.0.0.1:6386"
BANNER: Final = "SIMULATED bare metal: there is no hardware behind these nodes."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parsed = _parser().parse_args(arguments)
    try:
        return int(parsed.do(parsed))
    except TripleoError as error:
        _say(f"tripleo-fleet: {error}")
        if error.hint:
            _say(f"hint: {error.hint}")
        return 1


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tripleo-fleet",
        description="Simulated bare metal, for trying things out and for scale. "
        "Ironic is the real one; the machines are not.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_generate(commands.add_parser("generate", help="make a nodes file"))
    _add_discover(
        commands.add_parser("discover", help="let machines boot that nobody registered")
    )
    _add_run(commands.add_parser("run", help="play the machines until stopped"))
    _add_stop(commands.add_parser("stop", help="stop a fleet by its pid file"))
    _add_fault(commands.add_parser("fault", help="tell a machine to fail, or not to"))
    for name, do, text in (
        ("prepare", _prepare, "install and check what container machines need"),
        ("machines", _machines, "list the container machines of this host"),
    ):
        commands.add_parser(name, help=text).set_defaults(do=do)
    return parser


def _add_generate(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    _add_plan(parser)
    add(
        "--fault",
        action="append",
        default=[],
        metavar="NODE=KIND[:DETAIL]",
        help="a fault the machine has from the start; may be repeated",
    )
    add("--output", type=Path, metavar="FILE", help="instead of standard output")
    parser.set_defaults(do=_generate)


def _add_plan(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--nodes", type=int, required=True, metavar="N", help="how many machines")
    add("--seed", type=int, default=1, help="same seed, same fleet (%(default)s)")
    add("--models", metavar="NAME[,NAME...]", help="only these hardware models")
    add("--models-file", type=Path, metavar="FILE", help="models of your own")
    add("--prefix", default="sim", help="how names begin (%(default)s)")
    add("--resource-class", default="baremetal", help="(%(default)s)")
    add(
        "--benchmarks",
        metavar="KIND[,KIND...]",
        type=_kinds,
        default=(),
        help="what machines measure without being asked: cpu, mem, disk (nothing)",
    )

    add(
        "--bmc",
        action="store_true",
        help="machines have management controllers that can be asked by Redfish",
    )
    add(
        "--backing",
        choices=[SIMULATED, CONTAINER],
        default=SIMULATED,
        help="what stands in for machines that are switched on: nothing, or a system "
        "container (%(default)s)",
    )


def _kinds(text: str) -> tuple[str, ...]:
    words = tuple(word.strip() for word in text.split(","))
    if unknown := set(words) - set(KINDS):
        known = ", ".join(KINDS)
        raise argparse.ArgumentTypeError(f"{sorted(unknown)} are none of {known}")
    return words


def _generate(parsed: argparse.Namespace) -> int:
    plan = replace(_plan(parsed), faults=_faults(parsed.fault))
    text = json.dumps(fleet_document(plan), indent=2) + "\n"
    if parsed.output is None:
        sys.stdout.write(text)
        return 0
    _write(parsed.output, text)
    _say(f"{BANNER}\nWrote {parsed.nodes} nodes to {parsed.output}. Next:")
    _say(f"  openstack overcloud node import {parsed.output}\n  tripleo-fleet run")
    return 0


def _plan(parsed: argparse.Namespace) -> FleetPlan:
    if parsed.nodes < 1:
        raise InvalidInputError("--nodes", [Problem("", "must be 1 or more")])
    return FleetPlan(
        count=parsed.nodes,
        seed=parsed.seed,
        models=_chosen(load_models(parsed.models_file), parsed.models),
        prefix=parsed.prefix,
        resource_class=parsed.resource_class,
        benchmarks=parsed.benchmarks,
        has_bmc=parsed.bmc,
        backing="" if parsed.backing == SIMULATED else parsed.backing,
    )


def _add_discover(parser: argparse.ArgumentParser) -> None:
    _add_cloud(parser)
    _add_plan(parser)
    parser.set_defaults(do=_discover)


def _discover(parsed: argparse.Namespace) -> int:
    _say(process.introduce(parsed.os_cloud, _plan(parsed)))
    return 0


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text)
    except OSError as error:
        raise TripleoError(f"cannot write {path}: {error.strerror}") from error


def _chosen(models: Mapping[str, Model], names: str | None) -> list[Model]:
    wanted = [name.strip() for name in names.split(",")] if names else list(models)
    unknown = [name for name in wanted if name not in models]
    if unknown:
        known = f"known are {', '.join(models)}"
        raise InvalidInputError(
            "--models", [Problem(name, "no such model", known) for name in unknown]
        )
    return [models[name] for name in wanted]


def _faults(assignments: Sequence[str]) -> dict[str, Fault]:
    faults, problems = {}, []
    for assignment in assignments:
        node, equals, text = assignment.partition("=")
        try:
            fault = parse_fault(text) if equals else None
        except ValueError as error:
            problems.append(Problem(node, str(error)))
            continue
        if fault is None:
            problems.append(Problem(assignment, "must be NODE=KIND[:DETAIL]"))
        else:
            faults[node] = fault
    if problems:
        raise InvalidInputError("--fault", problems)
    return faults


def _add_run(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    _add_cloud(parser)
    add("--nodes-file", type=Path, metavar="FILE", help="only the nodes of this file")
    add("--models-file", type=Path, metavar="FILE", help="models of your own")
    add("--poll", type=float, default=1.0, metavar="SECONDS", help="(%(default)s)")
    add("--concurrency", type=int, default=8, metavar="N", help="(%(default)s)")
    add(
        "--listen",
        default=LISTEN,
        metavar="ADDRESS:PORT",
        help="where Ironic finds simulated agents and controllers (%(default)s)",
    )
    add("--pid-file", type=Path, metavar="FILE")
    add("--log-file", type=Path, metavar="FILE", help="instead of standard error")
    add(
        "--background",
        action="store_true",
        help="return when the fleet runs; needs --pid-file and --log-file",
    )
    parser.set_defaults(do=_run)


def _run(parsed: argparse.Namespace) -> int:
    return process.run(process.options_from(parsed))


def _add_stop(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pid-file", type=Path, metavar="FILE", required=True)
    parser.add_argument(
        "--clean", action="store_true", help="remove its container machines, too"
    )
    parser.set_defaults(do=_stop)


def _stop(parsed: argparse.Namespace) -> int:
    _say(pidfile.stop(parsed.pid_file))
    if parsed.clean:
        removed = lab.clean(*lab.tools(), lab.owner_of(parsed.pid_file))
        _say(
            f"removed {len(removed)} container machines: {', '.join(removed)}".rstrip(
                ": "
            )
        )
    return 0


def _prepare(_parsed: argparse.Namespace) -> int:
    _say(lab.prepare())
    return 0


def _machines(_parsed: argparse.Namespace) -> int:
    sys.stdout.write(f"{lab.table(*lab.tools())}\n")
    return 0


def _add_fault(parser: argparse.ArgumentParser) -> None:
    _add_cloud(parser)
    kinds = " | ".join(
        f"{kind.value}[:{kind.detail}]" if kind.detail else kind.value
        for kind in FaultKind
    )
    parser.add_argument("node", metavar="NODE", help="name or UUID")
    parser.add_argument("fault", metavar="KIND", help=f"none | {kinds}")
    parser.set_defaults(do=_fault)


def _fault(parsed: argparse.Namespace) -> int:
    try:
        fault = parse_fault(parsed.fault)
    except ValueError as error:
        raise InvalidInputError("KIND", [Problem("", str(error))]) from error
    _say(process.set_fault(parsed.os_cloud, parsed.node, fault))
    return 0


def _add_cloud(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--os-cloud", metavar="CLOUD", help="instead of OS_CLOUD")


if __name__ == "__main__":
    sys.exit(main())
