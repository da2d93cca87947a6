"""supervisord in memory, running the services of a fake machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tripleo_cli.domain.undercloud.process import Process
from tripleo_cli.domain.undercloud.programs import PROGRAMS

if TYPE_CHECKING:
    from tests.fakes.host import FakeHost

_LATE = 2
"""How often a service must be asked, after its start, until it says that it is up."""


class FakeSupervisor:
    """A supervisord that reads its programs' files, as the real one does.

    ``starts`` lists each start, with what the service read then, newest last. What
    is ``mute`` runs and reports to nobody, until it is restarted.
    """

    def __init__(self, host: FakeHost) -> None:
        self._host = host
        self._programs: dict[str, str] = {}
        self._pids: dict[str, int] = {}
        self._last_pid = 100
        self._asked: dict[str, int] = {}
        self.is_up = False
        self.is_booting = False
        self.broken: set[str] = set()
        self.mute: set[str] = set()
        self.starts: list[str] = []
        self.read: dict[str, tuple[str, ...]] = {}

    def boot(self) -> None:
        self.is_up = True
        self._pids.clear()
        self._programs.clear()
        # Those that cannot start yet fail; nobody asked for them by name.
        self.is_booting = True
        self.update()
        self.is_booting = False

    def runs(self, name: str) -> bool:
        return self.is_up and name in self._pids

    def reports(self, name: str) -> bool:
        """Tell whether a service without a port says that it is up.

        As Nova's and Heat's parts do, each needs a moment after its start.
        """
        if not self.runs(name) or name in self.mute:
            return False
        self._asked[name] = self._asked.get(name, 0) + 1
        return self._asked[name] > _LATE

    def crash(self, name: str) -> None:
        del self._pids[name]

    def is_running(self) -> bool:
        return self.is_up

    def processes(self) -> Mapping[str, Process]:
        with self._host.guard:
            return {name: self._process(name) for name in self._programs}

    def start(self, name: str) -> None:
        with self._host.guard:
            assert name in self._programs
            if name in self._pids:
                return
            why_not = self._why_not(name)
            assert not why_not, why_not
            self._last_pid += 1
            self._pids[name] = self._last_pid
            self._asked[name] = 0
            self.starts.append(name)
            program = next(each for each in PROGRAMS if each.name == name)
            etc = self._host.layout.etc
            self.read[name] = tuple(
                self._host.files[f"{etc}/{file}"] for file in program.files
            )

    def stop(self, name: str) -> None:
        self._pids.pop(name, None)
        self.mute.discard(name)

    def update(self) -> Sequence[str]:
        with self._host.guard:
            folder = f"{self._host.layout.programs}/"
            found = {
                path.removeprefix(folder).removesuffix(".conf"): text
                for path, text in self._host.files.items()
                if path.startswith(folder)
            }
            changed = [n for n, text in found.items() if self._programs.get(n) != text]
            self._programs = found
            for name in changed:
                self._pids.pop(name, None)
                if name not in self.broken and not (
                    self.is_booting and self._why_not(name)
                ):
                    self.start(name)
            return changed

    def shutdown(self) -> None:
        self.is_up = False
        self._pids.clear()

    def _why_not(self, name: str) -> str:
        """Say at what a real service would fail when it starts."""
        host = self._host
        if name in {"epmd", "rabbitmq", "mariadb"}:
            data = f"{host.layout.data}/mysql/mysql"
            if name == "mariadb" and not host.exists(data):
                return "mariadb has no data"
            return "" if "rabbitmq-server" in host.packages else f"{name}: no program"
        if f"{host.layout.venv}/bin/uwsgi" not in host.files:
            return f"{name} has no program"
        wanted = "nova" if name.startswith("nova") else name.partition("-")[0]
        return "" if host.tables(wanted) in host.files else f"{name} has no tables"

    def _process(self, name: str) -> Process:
        if name in self.broken:
            return Process(name=name, state="FATAL", reason="Exited too quickly")
        if name in self._pids:
            return Process(name=name, state="RUNNING", pid=self._pids[name])
        return Process(name=name, state="STOPPED")
