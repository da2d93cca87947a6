"""The machine this runs on: commands, files and a lock."""

from __future__ import annotations

import fcntl
import http.client
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from tripleo_cli.clients.turns import TURN_SECONDS, turn
from tripleo_cli.domain.host import ROOT, Call, File, Result
from tripleo_cli.errors import BusyError, HostError

BASE_ENV = {
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
}
# What a site sets to reach package registries through a proxy or a mirror.
PASSED_ON = ("http_proxy", "https_proxy", "no_proxy", "UV_", "PIP_", "SSL_CERT_")
PYTHONS = ("python3.11", "python3", "python3.12", "python3.13", "python3.14")
LEAST_PYTHON = "import sys; sys.exit(sys.version_info < (3, 11))"
ORPHANS_TIMEOUT_S = 900
PROBE_TIMEOUT_S = 20


class LocalHost:
    """This machine, as root."""

    def __init__(self, turn_seconds: float = TURN_SECONDS) -> None:
        self._turn_seconds = turn_seconds
        self._lock_fd: int | None = None
        self._running: set[subprocess.Popen[str]] = set()
        self._guard = threading.Lock()

    def run(self, call: Call) -> Result:
        """Run a command in a session of its own, so that Ctrl-C reaches only us."""
        began = time.monotonic()
        try:
            process = self._spawn(call)
        except (OSError, subprocess.SubprocessError) as error:
            raise HostError(f"cannot run {call.argv[0]}: {error}") from error
        with self._noted(process, call):
            try:
                out, err = process.communicate(call.stdin, timeout=call.timeout_s)
            except subprocess.TimeoutExpired as error:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                raise HostError(
                    f"{call.argv[0]} took longer than {call.timeout_s:.0f} s"
                ) from error
        seconds = time.monotonic() - began
        return Result(
            returncode=process.returncode, stdout=out, stderr=err, seconds=seconds
        )

    def interrupt(self) -> None:
        """End the running commands that may be ended half-way."""
        with self._guard:
            for process in self._running:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)

    def put(self, file: File) -> bool:
        """Write beside the target and rename: a reader sees all of it or none."""
        target = Path(file.path)
        with _telling(f"cannot write {file.path}"):
            changed = not target.is_file() or target.read_bytes() != file.text.encode()
            if changed:
                _replace(target, file)
            else:
                _own(target, file.owner, file.mode)
        return changed

    def append(self, path: str, text: str) -> None:
        """Append in one write, so that lines of several threads do not mix."""
        with _telling(f"cannot write {path}"):
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            descriptor = os.open(path, flags, 0o600)
            try:
                os.write(descriptor, text.encode())
            finally:
                os.close(descriptor)

    def read(self, path: str) -> str | None:
        """Read a text file as it is; undecodable bytes are replaced."""
        with _telling(f"cannot read {path}"):
            try:
                return Path(path).read_bytes().decode(errors="replace")
            except FileNotFoundError:
                return None

    def exists(self, path: str) -> bool:
        """Tell whether anything is there, a broken link included."""
        return os.path.lexists(path)

    def mkdir(self, path: str, *, owner: str, mode: int) -> None:
        """Create a folder, or correct the owner and mode of the one there."""
        with _telling(f"cannot make the folder {path}"):
            Path(path).mkdir(parents=True, exist_ok=True)
            _own(Path(path), owner, mode)

    def remove(self, path: str) -> None:
        """Remove whatever is there."""
        target = Path(path)
        with _telling(f"cannot remove {path}"):
            if target.is_dir() and not target.is_symlink():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)

    @contextmanager
    def lock(self, path: str) -> Iterator[None]:
        """Lock a file that names its holder.

        Commands inherit the descriptor and with it the lock: when a run is killed,
        the next one waits for the commands it left behind, and does not race them.
        """
        with _telling(f"cannot lock {path}"):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _take(descriptor, path)
            stamp = f"{os.getpid()} {time.strftime('%Y-%m-%d %H:%M:%S %Z')}\n"
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, stamp.encode(), 0)
            self._lock_fd = descriptor
            yield
        finally:
            self._lock_fd = None
            os.close(descriptor)

    def turn(self, path: str) -> AbstractContextManager[None]:
        """Have a file for oneself, of which others may be about to change a part."""
        return turn(Path(path), self._turn_seconds)

    def connects(self, address: str, port: int) -> bool:
        """Try to connect, for at most a second."""
        try:
            with socket.create_connection((address, port), timeout=1):
                return True
        except OSError:
            return False

    def http_status(self, url: str) -> int | None:
        """Send a GET without following redirects or proxies."""
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=PROBE_TIMEOUT_S
        )
        try:
            connection.request("GET", parts.path or "/")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def _spawn(self, call: Call) -> subprocess.Popen[str]:
        inherited = () if call.detached or self._lock_fd is None else (self._lock_fd,)
        account = pwd.getpwnam(call.user) if call.user != ROOT else None
        passed = {k: v for k, v in os.environ.items() if k.startswith(PASSED_ON)}
        home = {"HOME": account.pw_dir if account else str(Path.home())}
        return subprocess.Popen(  # noqa: S603 - argument lists only, no shell
            call.argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={**BASE_ENV, **passed, **home, **call.env},
            cwd="/",
            pass_fds=inherited,
            start_new_session=True,
            umask=0o022,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=os.getgrouplist(call.user, account.pw_gid)
            if account
            else None,
        )

    @contextmanager
    def _noted(self, process: subprocess.Popen[str], call: Call) -> Iterator[None]:
        if not call.interruptible:
            yield
            return
        with self._guard:
            self._running.add(process)
        try:
            yield
        finally:
            with self._guard:
                self._running.discard(process)


def public_python() -> str:
    """Find a Python >= 3.11 of the system, which every user may run.

    The one that runs us may be in a folder of root's.

    Raises:
        HostError: There is none.
    """
    for name in PYTHONS:
        program = f"/usr/bin/{name}"
        argv = (program, "-I", "-c", LEAST_PYTHON)
        if Path(program).exists() and not subprocess.run(argv, check=False).returncode:  # noqa: S603 - a program of the system
            return program
    raise HostError(
        "there is no Python 3.11 or later in /usr/bin", hint="apt-get install python3"
    )


def _take(descriptor: int, path: str) -> None:
    deadline = time.monotonic() + ORPHANS_TIMEOUT_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid, _, since = os.pread(descriptor, 200, 0).decode().strip().partition(" ")
            alive = pid.isdigit() and Path(f"/proc/{pid}").exists()
            if alive or time.monotonic() > deadline:
                raise BusyError(
                    f"another run holds {path}: process {pid or '?'},"
                    f" since {since or '?'}",
                    hint=f"wait for it, or look at it: ps -fp {pid or '?'}",
                ) from error
            time.sleep(0.2)
        else:
            return


def _replace(target: Path, file: File) -> None:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            stream.write(file.text)
            stream.flush()
            os.fsync(stream.fileno())
        _own(Path(name), file.owner, file.mode)
        Path(name).replace(target)
    except BaseException:
        # Ctrl-C included: a draft may hold secrets, and nobody would look for it.
        Path(name).unlink(missing_ok=True)
        raise


def _own(path: Path, owner: str, mode: int) -> None:
    account = pwd.getpwnam(owner)
    now = path.stat()
    if (now.st_uid, now.st_gid) != (account.pw_uid, account.pw_gid):
        os.chown(path, account.pw_uid, account.pw_gid)
    if now.st_mode & 0o7777 != mode:
        path.chmod(mode)


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Turn the system's refusals into ours, with what was being done."""
    try:
        yield
    except (OSError, KeyError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise HostError(f"{what}: {reason}") from error
