"""What an operator does with container machines outside a running fleet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tripleo_cli.simulator import prerequisites
from tripleo_cli.simulator.container import Condition, Record, Records, Runtime
from tripleo_cli.simulator.nspawn import Nspawn
from tripleo_cli.simulator.records import FileRecords
from tripleo_cli.simulator.rootfs import CACHE, RootfsCache

HEADER = ("NODE", "HOSTNAME", "ADDRESS", "CONTAINER", "FLEET", "LAST FAILURE")


def owner_of(pid_file: Path | None) -> str:
    """Name a fleet by its pid file, which is the same after a restart."""
    return str(pid_file.resolve()) if pid_file else ""


def prepare() -> str:
    """Install what container machines need, and make sure of the rest; says so.

    Raises:
        HostError: a package cannot be installed.
        PreflightError: with all that is missing.
    """
    packages = prerequisites.install()
    prerequisites.check()
    done = f"Installed {', '.join(packages)}. " if packages else ""
    return f"{done}This host can run container machines."


def tools() -> tuple[Records, Runtime]:
    """Give the machines of this host, and what runs them; downloads nothing."""

    def nothing(*_: object) -> None:
        raise RuntimeError("nothing is downloaded here")

    records = FileRecords()
    return records, Nspawn(records, RootfsCache(CACHE, nothing))


def table(records: Records, runtime: Runtime) -> str:
    """Show every machine of this host that is deployed; failures if there are any."""
    rows: list[Sequence[str]] = [HEADER]
    rows += [_row(record, runtime) for record in records.all().values()]
    if not any(row[-1] for row in rows[1:]):
        rows = [row[:-1] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join(lines)


def _row(record: Record, runtime: Runtime) -> Sequence[str]:
    condition = runtime.condition(record)
    is_off = condition is Condition.HALTED and not record.is_on
    state = "off" if is_off else condition.value
    told = " ".join(record.trouble.split())
    return (record.name, record.hostname, record.address, state, record.owner, told)


def clean(records: Records, runtime: Runtime, owner: str) -> list[str]:
    """Remove the machines of a fleet that does not run; gives their names."""
    removed = []
    for record in records.all().values():
        if owner and record.owner == owner:
            runtime.wipe(record)
            records.forget(record.node_id)
            removed.append(record.name)
    return removed
