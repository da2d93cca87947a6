"""A machine with an undercloud on it, in memory; refuses what a real one refuses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from tests.fakes.clock import FakeClock
from tests.fakes.turns import FakeTurns
from tripleo_cli.domain.host import Call, File, Result
from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.undercloud.health import Usage
from tripleo_cli.domain.undercloud.layout import Layout
from tripleo_cli.domain.undercloud.preflight import MachineFacts
from tripleo_cli.domain.undercloud.process import Process
from tripleo_cli.domain.undercloud.services import SERVICES
from tripleo_cli.errors import BusyError, HostError, NotFoundError
from tripleo_cli.workflows.undercloud.installed import Undercloud
from tripleo_cli.workflows.undercloud.ports import Supervisor
from tripleo_cli.workflows.undercloud.supervise import SYSTEMD

CONFIG = UndercloudConfig(
    state_dir="/var/lib/uc", clouds_file="/root/clouds.yaml", service_user="uc"
)
STARTS_IN_S = 3
"""How long a service takes until it answers."""


class FakeSupervisor:
    """A supervisord; it starts every service when it starts itself."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._started: dict[str, float] = {}
        self.is_up = False
        self.broken: dict[str, str] = {}
        self.calls: list[str] = []

    def boot(self) -> None:
        self.is_up = True
        for spec in SERVICES:
            self._start(spec.name)

    def is_running(self) -> bool:
        return self.is_up

    def processes(self) -> Mapping[str, Process]:
        if not self.is_up:
            return {}
        return {spec.name: self._process(spec.name) for spec in SERVICES}

    def start(self, name: str) -> None:
        self._check(name)
        self.calls.append(f"start {name}")
        self._start(name)

    def stop(self, name: str) -> None:
        self._check(name)
        self.calls.append(f"stop {name}")
        self._started.pop(name, None)

    def update(self) -> Sequence[str]:
        raise AssertionError("only the installer updates")

    def shutdown(self) -> None:
        self.is_up = False
        self._started.clear()

    def answers(self, name: str) -> bool:
        """Whether a service is there for others."""
        since = self._started.get(name)
        return since is not None and self._clock.now() - since >= STARTS_IN_S

    def _start(self, name: str) -> None:
        if name not in self.broken:
            self._started.setdefault(name, self._clock.now())

    def _check(self, name: str) -> None:
        if not self.is_up:
            raise HostError("supervisor does not answer")
        if name not in {spec.name for spec in SERVICES}:
            raise NotFoundError(f"no such service: {name}")

    def _process(self, name: str) -> Process:
        if name in self.broken:
            return Process(name=name, state="FATAL", reason=self.broken[name])
        if name not in self._started:
            return Process(name=name, state="STOPPED")
        pid = 100 + [spec.name for spec in SERVICES].index(name)
        return Process(name=name, state="RUNNING", pid=pid, started_at=1)


class FakeHost(FakeTurns):
    """Files, users and packages of one machine; runs the few commands it knows."""

    def __init__(self, supervisor: FakeSupervisor) -> None:
        super().__init__()
        self._supervisor = supervisor
        self.files: dict[str, str] = {}
        self.modes: dict[str, int] = {}
        self.users = {"root"}
        self.packages: set[str] = set()
        self.busy_user = ""
        self.lock_holder = ""
        self.ran: list[Call] = []
        self._locked: set[str] = set()

    def run(self, call: Call) -> Result:
        self.ran.append(call)
        program = call.argv[0].rpartition("/")[2]
        known: dict[str, Callable[[Call], int]] = {
            "getent": lambda call: 0 if call.argv[-1] in self.users else 2,
            "userdel": self._userdel,
            "rmdir": lambda call: self._rmdir(call.argv[-1]),
            "apt-get": self._purge,
            "systemctl": self._systemctl,
            "python": self._supervisord,
        }
        return Result(returncode=known[program](call))

    def interrupt(self) -> None:
        raise AssertionError("only the installer interrupts")

    def put(self, file: File) -> bool:
        changed = self.files.get(file.path) != file.text
        self.files[file.path] = file.text
        self.modes[file.path] = file.mode
        return changed

    def append(self, path: str, text: str) -> None:
        self.files[path] = self.files.get(path, "") + text

    def read(self, path: str) -> str | None:
        return self.files.get(path)

    def exists(self, path: str) -> bool:
        return any(one == path or one.startswith(f"{path}/") for one in self.files)

    def mkdir(self, path: str, *, owner: str, mode: int) -> None:
        if owner not in self.users:
            raise HostError(f"no user {owner}")
        self.put(File(path=f"{path}/.", text="", mode=mode))

    def remove(self, path: str) -> None:
        for one in list(self.files):
            if one == path or one.startswith(f"{path}/"):
                del self.files[one]

    @contextmanager
    def lock(self, path: str) -> Iterator[None]:
        if self.lock_holder or path in self._locked:
            raise BusyError(f"another run holds {path}: {self.lock_holder}")
        self._locked.add(path)
        self.append(path, "")
        try:
            yield
        finally:
            self._locked.discard(path)

    def connects(self, address: str, port: int) -> bool:
        return self._answers(f"{address}:{port}")

    def http_status(self, url: str) -> int | None:
        return 200 if self._answers(url.split("/")[2]) else None

    def _answers(self, place: str) -> bool:
        port = int(place.rpartition(":")[2])
        names = {number: name for name, number in CONFIG.ports.items()}
        return place.startswith(CONFIG.local_ip) and self._supervisor.answers(
            names[port]
        )

    def _userdel(self, call: Call) -> int:
        if call.argv[-1] not in self.users:
            return 6
        if call.argv[-1] == self.busy_user:
            return 8
        self.users.remove(call.argv[-1])
        return 0

    def _rmdir(self, path: str) -> int:
        # Folders that hold nothing are not kept here: nothing is left to do.
        return 0 if self.exists(path) or path else 1

    def _purge(self, call: Call) -> int:
        assert call.argv[1] == "purge"
        assert call.env["DEBIAN_FRONTEND"] == "noninteractive"
        names = set(call.argv) & self.packages
        self.packages -= names
        return 0 if names else 100

    def _systemctl(self, call: Call) -> int:
        assert self.exists(SYSTEMD), "systemctl where systemd does not run"
        if call.argv[1] == "start":
            self._supervisor.boot()
        elif call.argv[1] == "stop":
            self._supervisor.shutdown()
        return 0

    def _supervisord(self, call: Call) -> int:
        assert call.detached
        assert call.user == CONFIG.service_user
        assert call.argv[1] == Layout(CONFIG.state_dir).supervisor_program
        self._supervisor.boot()
        return 0


class FakeMachine:
    """Measures nothing; remembers which strays it was asked to end."""

    def __init__(
        self,
        facts: MachineFacts | None = None,
        supervisor: Supervisor | None = None,
    ) -> None:
        self._facts = facts
        self._supervisor = supervisor
        self.strays: list[str] = []
        self.logs: dict[str, list[str]] = {}

    def facts(self, config: UndercloudConfig) -> MachineFacts:
        assert config.state_dir
        assert self._facts is not None
        return self._facts

    def usage(self, pids: Collection[int]) -> Mapping[int, Usage]:
        return {pid: Usage(memory_mb=pid, uptime_s=60) for pid in pids}

    def versions(self, config: UndercloudConfig) -> Mapping[str, str]:
        assert config.state_dir
        return {"keystone": "30.0.0"}

    def end_strays(self, config: UndercloudConfig) -> Sequence[str]:
        assert config.state_dir
        ended, self.strays = self.strays, []
        return ended

    def end_all(self, config: UndercloudConfig) -> None:
        assert self._supervisor is not None
        self._supervisor.shutdown()
        self.end_strays(config)

    def tail(self, path: str, lines: int, *, follow: bool) -> Iterator[str]:
        assert not follow
        if path not in self.logs:
            raise HostError(f"cannot read {path}")
        return iter(self.logs[path][-lines:])


class FakeUndercloud:
    """An installed undercloud whose services are all stopped."""

    def __init__(self, *, facts: MachineFacts | None = None) -> None:
        self.clock = FakeClock()
        self.supervisor = FakeSupervisor(self.clock)
        self.host = FakeHost(self.supervisor)
        self.machine = FakeMachine(facts, self.supervisor)
        self.host.users.add(CONFIG.service_user)
        for name in ("etc/supervisord.conf", "run/x", "data/x", "log/x", "venv/x"):
            self.host.files[f"{CONFIG.state_dir}/{name}"] = ""

    @property
    def undercloud(self) -> Undercloud:
        return Undercloud(
            config=CONFIG,
            host=self.host,
            machine=self.machine,
            supervisor=self.supervisor,
            clock=self.clock,
        )

    @property
    def layout(self) -> Layout:
        return Layout(CONFIG.state_dir)
