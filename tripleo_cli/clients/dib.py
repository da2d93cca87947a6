"""diskimage-builder on this machine."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from tripleo_cli.clients.host import BASE_ENV, PASSED_ON
from tripleo_cli.clients.refusals import telling
from tripleo_cli.domain.host import Call
from tripleo_cli.domain.image.apt import TARGET_FORMAT
from tripleo_cli.domain.image.machine import BuildMachine
from tripleo_cli.errors import HostError

DISTRIBUTION = "diskimage-builder"
PROGRAM = "disk-image-create"
BINFMT = Path("/proc/sys/fs/binfmt_misc")
"""Where the kernel tells which programs it runs by interpreters."""
# The kernel's name: those of distributions.
_ARCHITECTURES = {
    "aarch64": ("arm64", "aarch64"),
    "arm": ("armhf", "armel"),
    "armv7l": ("armhf", "armv7l"),
    "ppc64le": ("ppc64el", "ppc64le"),
    "x86_64": ("amd64", "x86_64", "i386"),
}
_APT = ("apt-get", "-q", "-o", "DPkg::Lock::Timeout=600")
_QUERY = ("dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Abbrev}\n")


class LocalImageBuilder:
    """Implements the ``ImageBuilder`` port."""

    def __init__(self, binfmt: Path = BINFMT) -> None:
        self._binfmt = binfmt

    def machine(self, packages: Sequence[str], temp_dir: str) -> BuildMachine:
        """Look at this machine."""
        return BuildMachine(
            is_root=os.geteuid() == 0,
            has_apt=shutil.which("apt-get") is not None,
            builder=self.version(),
            missing=_missing(packages),
            memory=_available_memory(),
            space=_free_space(Path(temp_dir)),
        )

    def version(self) -> str:
        """Tell the version of diskimage-builder; empty where there is none."""
        with suppress(PackageNotFoundError):
            return version(DISTRIBUTION)
        return ""

    def program(self) -> str:
        """Find the program that comes with the library, beside our interpreter."""
        return str(Path(sys.executable).with_name(PROGRAM))

    def architectures(self) -> Sequence[str]:
        """List this machine's own, and those that its kernel emulates."""
        machines = (platform.machine(), *_emulated(self._binfmt))
        names = (_ARCHITECTURES.get(each, (each,)) for each in machines)
        return tuple(name for several in names for name in several)

    def elements(self, folders: Iterable[str]) -> Mapping[str, str]:
        """List elements by name with their folders, diskimage-builder's own too."""
        found: dict[str, str] = {}
        for folder in (*folders, *_own_elements()):
            with telling(f"cannot read {folder}", Path(folder)):
                for each in sorted(Path(folder).iterdir()):
                    if each.is_dir() and not each.name.startswith("__"):
                        found.setdefault(each.name, str(each))
        return found

    def digest(self, names: Iterable[str], folders: Sequence[str]) -> str:
        """Hash all files of elements: names, contents, and whether they can be run."""
        whole = hashlib.sha256()
        for element in _with_needs(names, folders):
            for path in sorted(element.rglob("*")):
                # What it says of itself is in no image.
                if path.is_file() and path != element / "README.rst":
                    with telling(f"cannot read {path}", path):
                        runs = bool(path.stat().st_mode & 0o100)
                        body = hashlib.sha256(path.read_bytes()).hexdigest()
                    name = path.relative_to(element.parent)
                    whole.update(f"{name} {runs} {body}\n".encode())
        return whole.hexdigest()

    def apt_targets(self) -> Sequence[str]:
        """Give apt's index targets; nothing where there is no apt."""
        ask = ("indextargets", "--format", TARGET_FORMAT, "Created-By: Packages")
        return _lines(("apt-get", *ask)) if shutil.which("apt-get") else ()

    def apt_settings(self) -> Sequence[str]:
        """Give apt's settings; nothing where there is no apt."""
        return _lines(("apt-config", "dump")) if shutil.which("apt-config") else ()

    def install(self, packages: Sequence[str]) -> None:
        """Install packages of the distribution."""
        options = ("install", "-y", "--no-install-recommends")
        for argv in ((*_APT, "update"), (*_APT, *options, *packages)):
            env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            done = subprocess.run(  # noqa: S603 - argument lists only, no shell
                argv, env=env, capture_output=True, text=True, check=False
            )
            if done.returncode:
                errors = [e for e in done.stderr.splitlines() if e.startswith("E: ")]
                cause = "\n".join(errors) or done.stderr.strip()
                raise HostError(
                    f"cannot install {', '.join(packages)}: {cause}",
                    hint=f"apt-get install {' '.join(packages)}",
                )

    def build(self, call: Call, log: str, on_line: Callable[[str], None]) -> int | None:
        """Run a build to its end, with every line in the log; gives its exit code."""
        passed = {k: v for k, v in os.environ.items() if k.startswith(PASSED_ON)}
        env = {**BASE_ENV, **passed, "HOME": str(Path.home()), **call.env}
        try:
            process = subprocess.Popen(  # noqa: S603 - argument lists only, no shell
                call.argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                env=env,
                cwd="/",
                start_new_session=True,
                umask=0o022,
            )
        except OSError as error:
            raise HostError(f"cannot run {call.argv[0]}: {error}") from error
        try:
            with _limited(process, call.timeout_s) as was_late:
                _follow(process, log, on_line)
                code = process.wait()
            return None if was_late.is_set() else code
        finally:
            # After Ctrl-C: what it mounted goes with it.
            _end(process)


def _follow(
    process: subprocess.Popen[str], log: str, on_line: Callable[[str], None]
) -> None:
    assert process.stdout is not None  # noqa: S101 - it was asked for
    with telling(f"cannot write {log}", Path(log)), Path(log).open("w") as file:
        for line in process.stdout:
            file.write(line)
            file.flush()
            on_line(line)


@contextmanager
def _limited(
    process: subprocess.Popen[str], seconds: float
) -> Iterator[threading.Event]:
    """Kill a process that takes too long, which ends what it says; the event tells."""
    was_late = threading.Event()

    def end() -> None:
        if process.poll() is None:
            was_late.set()
            _kill(process)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield was_late
    finally:
        timer.cancel()


def _kill(process: subprocess.Popen[str]) -> None:
    """Kill a process and its group; with an isolated one all that it started ends."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        _kill(process)
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _emulated(folder: Path) -> list[str]:
    """List machines whose programs the kernel runs by QEMU in any root (flag F)."""
    found = []
    for path in sorted(folder.glob("qemu-*")):
        with telling(f"cannot read {path}", path):
            state, *others = path.read_text().splitlines()
        flags = next((line for line in others if line.startswith("flags:")), "")
        if state == "enabled" and "F" in flags:
            found.append(path.name.removeprefix("qemu-"))
    return found


def _own_elements() -> list[str]:
    """Find the library's elements without importing it: it may not be there."""
    found = find_spec("diskimage_builder")
    places = found.submodule_search_locations if found else None
    return [f"{place}/elements" for place in places or ()]


def _with_needs(names: Iterable[str], folders: Sequence[str]) -> list[Path]:
    """Find elements, and all that they need, in folders; the first folder wins."""
    found: dict[str, Path] = {}
    wanted = list(names)
    while wanted:
        name = wanted.pop()
        places = (Path(folder, name) for folder in folders)
        place = next((each for each in places if each.is_dir()), None)
        if place is not None and name not in found:
            found[name] = place
            needs = place / "element-deps"
            with telling(f"cannot read {needs}", needs):
                wanted += needs.read_text().split() if needs.is_file() else []
    return [found[name] for name in sorted(found)]


def _missing(packages: Sequence[str]) -> tuple[str, ...]:
    if shutil.which("dpkg-query") is None:
        return tuple(packages)
    installed = {
        line.split()[0]
        for line in _lines((*_QUERY, *packages))
        if line.split()[1:] == ["ii"]
    }
    return tuple(name for name in packages if name not in installed)


def _lines(argv: Sequence[str]) -> Sequence[str]:
    """Run a command that only looks; what it refuses to tell is not there."""
    done = subprocess.run(  # noqa: S603 - argument lists only, no shell
        tuple(argv), capture_output=True, text=True, check=False
    )
    return done.stdout.splitlines()


def _available_memory() -> int:
    """Read how much memory can be taken without others being swapped, in bytes."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        name, value, *_ = line.split()
        if name == "MemAvailable:":
            return int(value) * 1024
    return 0


def _free_space(folder: Path) -> int:
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
