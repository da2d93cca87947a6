"""The programs of an overcloud node, in memory: puppet, dpkg, systemd, a database.

Its puppet reads lines: ``changes NAME`` changes a resource, ``fails NAME``
fails, ``broken`` does not compile, ``hangs`` never ends, ``full`` has no disk left.
Reports are written as real ones are, tags included.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tripleo_cli.node.errors import NodeError
from tripleo_cli.node.layout import Layout
from tripleo_cli.node.system import Ran, Site

ROOM = 1 << 40

STATUS = """\
  Exec[{name}]:
    title: {name}
    file: {file}
    line: {line}
    evaluation_time: 1.26
    failed: {failed}
    failed_to_restart: false
    changed: {changed}
    out_of_sync: true
    skipped: false
    events:
    - message: {name} did
      status: {status}
"""
LOG = """\
- level: !ruby/sym notice
  message: "{name} would do"
  source: "/Stage[main]/Exec[{name}]/returns"
"""


@dataclass(kw_only=True)
class FakeMachine:
    """One node; call it to run a program. ``ran`` has the programs' names in order."""

    root: Path
    hostname: str = "node-0"
    packages: set[str] = field(default_factory=set)
    units: dict[str, tuple[str, int]] = field(default_factory=dict)
    """State and restarts of systemd's units."""
    queries: dict[str, str] = field(default_factory=dict)
    """Answers of the database; none where it does not run."""
    journal: dict[str, str] = field(default_factory=dict)
    commands: dict[str, Ran] = field(default_factory=dict)
    """Other programs, by name."""
    lacking: set[str] = field(default_factory=set)
    """Programs that are not there."""
    time: float = 1_795_000_000.0
    room: int = ROOM
    ran: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    """Programs that held the node while they ran."""
    on_sleep: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.layout = Layout(self.root)
        for name in ("etc", "proc"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        (self.root / "proc/uptime").write_text("1000.00 2000.00\n")

    @property
    def site(self) -> Site:
        """What the node's program gets of it."""
        return Site(
            self.layout,
            self,
            self.now,
            self.sleep,
            free_bytes=lambda _path: self.room,
            hostname=lambda: self.hostname,
            program=self.root / "incoming/program.pyz",
        )

    def content(self) -> dict[str, str]:
        """Give all files but the lock, by their paths."""
        found = (path for path in self.root.rglob("*") if path.is_file())
        texts = {str(path.relative_to(self.root)): path.read_text() for path in found}
        texts.pop(str(self.layout.lock.relative_to(self.root)), None)
        return texts

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        self.on_sleep()

    def __call__(
        self, argv: Sequence[str], *, timeout_s: float, holding: int | None = None
    ) -> Ran:
        words = [word for word in argv if word != "env" and "FACTER_" not in word]
        self.ran.append(words[0])
        if holding is not None:
            assert os.path.samestat(os.fstat(holding), self.layout.lock.stat())
            self.held.append(words[0])
        known: Mapping[str, Callable[[list[str], float], Ran]] = {
            "dpkg-query": self._dpkg_query,
            "hostname": self._hostname,
            "puppet": self._puppet,
            "systemctl": self._systemctl,
            "journalctl": self._journalctl,
            "mariadb": self._mariadb,
        }
        if words[0] in self.commands:
            return self.commands[words[0]]
        if words[0] not in known or words[0] in self.lacking:
            raise NodeError(f"cannot run {words[0]}: No such file or directory")
        return known[words[0]](words, timeout_s)

    def _dpkg_query(self, words: list[str], _limit: float) -> Ran:
        asked = words[words.index("-f") + 2 :]
        lines = [f"{name} installed" for name in asked if name in self.packages]
        missing = [name for name in asked if name not in self.packages]
        error = "".join(f"no packages found matching {name}\n" for name in missing)
        return Ran(1 if missing else 0, "\n".join(lines), error)

    def _hostname(self, words: list[str], _limit: float) -> Ran:
        self.hostname = words[1]
        return Ran(0)

    def _systemctl(self, words: list[str], _limit: float) -> Ran:
        if words[2] not in self.units:
            return Ran(0, "LoadState=not-found\nActiveState=inactive\n")
        state, restarts = self.units[words[2]]
        lines = ("LoadState=loaded", f"ActiveState={state}", "SubState=x")
        counted = (f"NRestarts={restarts}", "ActiveEnterTimestampMonotonic=9000000")
        return Ran(0, "\n".join((*lines, *counted)))

    def _journalctl(self, words: list[str], _limit: float) -> Ran:
        return Ran(0, self.journal.get(words[2], ""))

    def _mariadb(self, words: list[str], _limit: float) -> Ran:
        if words[-1] in self.queries:
            return Ran(0, f"{self.queries[words[-1]]}\n")
        return Ran(1, "", "ERROR 2002 (HY000): Can't connect to local server")

    def _puppet(self, words: list[str], limit: float) -> Ran:
        manifest = Path(words[-1])
        lines = [line.split() for line in manifest.read_text().splitlines()]
        said = {line[0] for line in lines if line}
        if "hangs" in said:
            self.time += limit
            return Ran(None)
        if "full" in said:
            return Ran(1, "", "Error: No space left on device @ io_write - /x")
        if "broken" in said:
            number = 1 + lines.index(["broken"])
            where = f"(file: {manifest}, line: {number}, column: 1)"
            return Ran(
                1, "", f"Error: Evaluation Error: it is broken {where} on node x"
            )
        self.time += 7.0
        report = _state(Path(words[words.index("--confdir") + 1]))
        return self._report(manifest, lines, report, noop="--noop" in words)

    def _report(
        self, manifest: Path, lines: list[list[str]], report: Path, *, noop: bool
    ) -> Ran:
        done = [(n, one) for n, one in enumerate(lines, 1) if one[:1] != ["#"] and one]
        statuses = "".join(
            STATUS.format(
                name=words[1],
                file=manifest,
                line=number,
                failed=str(words[0] == "fails" and not noop).lower(),
                changed=str(words[0] == "changes" and not noop).lower(),
                status="failure" if words[0] == "fails" else "success",
            )
            for number, words in done
        )
        logs = "".join(LOG.format(name=words[1]) for _, words in done)
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(
            f"--- !ruby/object:Puppet::Transaction::Report\nnoop: {str(noop).lower()}\n"
            f"logs:\n{logs}resource_statuses:\n{statuses}"
        )
        failed = not noop and any(words[0] == "fails" for _, words in done)
        changed = not noop and any(words[0] == "changes" for _, words in done)
        return Ran(4 * failed + 2 * changed, "Notice: Applied catalog\n")


def _state(confdir: Path) -> Path:
    """Say where puppet writes its report, from its own configuration."""
    settings = (confdir / "puppet.conf").read_text().splitlines()
    pairs = dict(line.split(" = ", 1) for line in settings if " = " in line)
    return Path(pairs["vardir"]) / "state/last_run_report.yaml"
