"""A Debian machine in memory on which an undercloud can be installed.

It refuses what a real one refuses: tables that half exist, servers without their
files, commands it does not know. It can die at any of its changes, as a process does
that is killed: ``lives`` counts the changes it still makes.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from tests.fakes.supervisor import FakeSupervisor
from tests.fakes.turns import FakeTurns
from tripleo_cli.domain.host import Call, File, Result
from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.undercloud.databases import DATABASES
from tripleo_cli.domain.undercloud.layout import Layout
from tripleo_cli.errors import BusyError, HostError

CONFIG = UndercloudConfig(
    state_dir="/var/lib/uc", clouds_file="/root/clouds.yaml", service_user="uc"
)
SYNCS = (
    *("glance-manage", "placement-manage", "neutron-db-manage"),
    *("ironic-dbsync", "heat-manage"),
)


class KilledError(BaseException):
    """The installer was killed at this point; what was begun is half done."""


class FakeHost:
    """Files, users, packages and databases of one machine."""

    def __init__(self, config: UndercloudConfig = CONFIG) -> None:
        self.config = config
        self.layout = Layout(config.state_dir)
        self.files: dict[str, str] = {}
        self.modes: dict[str, int] = {}
        self.owners: dict[str, str] = {}
        self.folders: set[str] = {"/", "/root", "/usr/sbin", "/var/lib"}
        self.users = {"root"}
        self.packages: set[str] = set()
        self.ran: list[Call] = []
        self.failing: dict[str, str] = {}
        self.half_made: set[str] = set()
        self.cells: list[str] = []
        self.is_bootstrapped = False
        self.holder = ""
        self.turns = FakeTurns()
        self.lives: int | None = None
        self.interrupted = 0
        self.supervisor = FakeSupervisor(self)
        self.guard = threading.RLock()

    def run(self, call: Call) -> Result:
        program = call.argv[0].rpartition("/")[2]
        with self.guard:
            self.ran.append(call)
            assert call.user in self.users, f"no user {call.user}"
            if program in self.failing:
                return Result(returncode=1, stderr=self.failing[program])
            return self._commands()[program](call)

    def interrupt(self) -> None:
        self.interrupted += 1

    def put(self, file: File) -> bool:
        with self.guard:
            parent = file.path.rpartition("/")[0]
            if parent not in self.folders:
                raise HostError(f"cannot write {file.path}: no such folder")
            if file.owner not in self.users:
                raise HostError(f"cannot write {file.path}: no user {file.owner}")
            changed = self.files.get(file.path) != file.text
            if changed:
                self._live()
            self.files[file.path] = file.text
            self.modes[file.path] = file.mode
            self.owners[file.path] = file.owner
            return changed

    def append(self, path: str, text: str) -> None:
        with self.guard:
            self.files[path] = self.files.get(path, "") + text

    def read(self, path: str) -> str | None:
        return self.files.get(path)

    def exists(self, path: str) -> bool:
        with self.guard:
            return path in self.files or path in self.folders

    def mkdir(self, path: str, *, owner: str, mode: int) -> None:
        with self.guard:
            if owner not in self.users:
                raise HostError(f"cannot make the folder {path}: no user {owner}")
            if path not in self.folders:
                self._live()
            parts = path.split("/")
            self.folders |= {"/".join(parts[:n]) for n in range(2, len(parts) + 1)}
            self.modes[path] = mode
            self.owners[path] = owner

    def remove(self, path: str) -> None:
        with self.guard:
            for one in list(self.files):
                if one == path or one.startswith(f"{path}/"):
                    del self.files[one]
            self.folders -= {
                p for p in self.folders if p == path or p.startswith(f"{path}/")
            }

    @contextmanager
    def lock(self, path: str) -> Iterator[None]:
        if self.holder:
            raise BusyError(f"another run holds {path}: process {self.holder}")
        self.holder = "1"
        try:
            yield
        finally:
            self.holder = ""

    def turn(self, path: str) -> AbstractContextManager[None]:
        if path.rpartition("/")[0] not in self.folders:
            raise HostError(f"cannot lock {path}: no such folder")
        return self.turns.turn(path)

    def connects(self, address: str, port: int) -> bool:
        return address == self.config.local_ip and self._is_served(port)

    def http_status(self, url: str) -> int | None:
        return (
            300 if self._is_served(int(url.split("/")[2].rpartition(":")[2])) else None
        )

    def tables(self, database: str) -> str:
        return f"{self.layout.data}/mysql/{database}/alembic_version.frm"

    def programs_run(self) -> list[str]:
        """Names of the programs that were run, in order."""
        return [call.argv[0].rpartition("/")[2] for call in self.ran]

    def _is_served(self, port: int) -> bool:
        names = [name for name, number in self.config.ports.items() if number == port]
        return any(self.supervisor.runs(name) for name in names)

    def _live(self) -> None:
        if self.lives is None:
            return
        if self.lives <= 0:
            raise KilledError
        self.lives -= 1

    def _commands(self) -> Mapping[str, Callable[[Call], Result]]:
        return {
            "getent": lambda call: _exit(0 if call.argv[-1] in self.users else 2),
            "useradd": self._useradd,
            "dpkg-query": self._dpkg_query,
            "dpkg": lambda _: _exit(0),
            "apt-get": self._apt_get,
            "uv": self._uv,
            "python": self._python,
            "python3.11": lambda _: Result(returncode=0, stdout="/usr 3 11"),
            "mariadb-install-db": self._install_db,
            "mv": self._mv,
            "systemctl": self._systemctl,
            "keystone-manage": self._keystone_manage,
            "nova-manage": self._nova_manage,
            **dict.fromkeys(SYNCS, self._sync),
        }

    def _useradd(self, call: Call) -> Result:
        self._live()
        self.users.add(call.argv[-1])
        return _exit(0)

    def _dpkg_query(self, call: Call) -> Result:
        lines = [f"{name} ii " for name in call.argv[4:] if name in self.packages]
        return Result(returncode=0, stdout="\n".join(lines))

    def _apt_get(self, call: Call) -> Result:
        assert call.env["DEBIAN_FRONTEND"] == "noninteractive"
        if "install" in call.argv:
            policy = self.files.get("/usr/sbin/policy-rc.d", "")
            assert "exit 101" in policy, "a server would have been started"
            self._live()
            self.packages |= set(
                call.argv[call.argv.index("--no-install-recommends") :]
            )
        return _exit(0)

    def _uv(self, call: Call) -> Result:
        self._live()
        venv = self.layout.venv
        if call.argv[1] == "venv":
            self.remove(venv)
            self.folders |= {venv, f"{venv}/bin"}
            self.files[f"{venv}/bin/python"] = "3.11"
            return _exit(0)
        assert call.argv[1:3] == ("pip", "install")
        assert "--require-hashes" in call.argv
        assert f"{venv}/bin/python" in self.files
        self.files[f"{venv}/bin/supervisord"] = ""
        if "nova==" in call.stdin:
            self.files[f"{venv}/bin/uwsgi"] = ""
        return _exit(0)

    def _python(self, call: Call) -> Result:
        if call.argv[1] == self.layout.supervisor_program:
            return self._supervisord(call)
        if "compileall" in call.argv:
            return _exit(0)
        if "base_prefix" in call.argv[-1]:
            return Result(returncode=0, stdout="/usr 3 11")
        told = json.loads(call.stdin)
        assert self.supervisor.runs("mariadb")
        self.half_made.discard(told["name"])
        self.remove(self.tables(told["name"]))
        return _exit(0)

    def _install_db(self, call: Call) -> Result:
        assert "mariadb-server-core" in self.packages
        target = next(w for w in call.argv if w.startswith("--datadir=")).partition("=")
        self.folders.add(f"{target[2]}/half")
        self._live()
        self.folders.add(f"{target[2]}/mysql")
        return _exit(0)

    def _mv(self, call: Call) -> Result:
        old, new = call.argv[-2:]
        self._live()
        self.folders = {
            new + path.removeprefix(old) if path.startswith(f"{old}/") else path
            for path in self.folders
        }
        return _exit(0)

    def _supervisord(self, call: Call) -> Result:
        assert call.detached
        assert call.user == self.config.service_user
        assert call.argv[1] in self.files
        self._live()
        self.supervisor.boot()
        return _exit(0)

    def _systemctl(self, call: Call) -> Result:
        assert self.exists("/run/systemd/system")
        if call.argv[1] in {"start", "restart"}:
            assert self.layout.unit_file in self.files
            self.supervisor.boot()
        if call.argv[1] == "stop":
            self.supervisor.shutdown()
        return _exit(0)

    def _keystone_manage(self, call: Call) -> Result:
        if "bootstrap" not in call.argv:
            return self._sync(call)
        assert self.tables("keystone") in self.files
        assert call.env["OS_BOOTSTRAP_PASSWORD"]
        self._live()
        self.is_bootstrapped = True
        return _exit(0)

    def _nova_manage(self, call: Call) -> Result:
        if "cell_v2" not in call.argv:
            return self._sync(call)
        assert self.tables("nova_api") in self.files
        if "list_cells" in call.argv:
            return Result(returncode=0, stdout=f"| {' | '.join(self.cells)} |")
        self._live()
        if "create_cell" in call.argv:
            assert "cell1" not in self.cells, "a second cell of the same name"
            self.cells.append("cell1")
        if "discover_hosts" in call.argv:
            # Nova maps only the hosts that have reported.
            assert self.supervisor.reports("nova-compute")
        return _exit(0)

    def _sync(self, call: Call) -> Result:
        """Make tables; a server cannot undo half of them."""
        words = [
            (each.name, tuple(w.format(etc=self.layout.etc) for w in each.argv[1:]))
            for each in DATABASES
        ]
        name = next(name for name, argv in words if argv == call.argv[1:])
        assert f"{self.layout.venv}/bin/uwsgi" in self.files
        if not self.supervisor.runs("mariadb"):
            return Result(returncode=1, stderr="Can't connect to MySQL server")
        if name in self.half_made:
            return Result(returncode=1, stderr="Table 'a' already exists")
        if self.tables(name) not in self.files:
            self.half_made.add(name)
            self._live()
            self.half_made.discard(name)
            self.files[self.tables(name)] = ""
        return _exit(0)


def _exit(code: int) -> Result:
    return Result(returncode=code)
