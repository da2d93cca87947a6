"""This machine, as the pre-checks and ``undercloud status`` see it."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import uv

from tripleo_cli.clients import processes
from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.undercloud.health import Usage
from tripleo_cli.domain.undercloud.layout import Layout
from tripleo_cli.domain.undercloud.preflight import (
    Listener,
    MachineFacts,
    Python,
    Registry,
)
from tripleo_cli.domain.undercloud.services import SERVICES

SYSTEM_PYTHON = Path("/usr/bin/python3")
SYSTEM_PROGRAMS = (
    Path("/usr/sbin/mariadbd"),
    Path("/usr/lib/rabbitmq/bin/rabbitmq-server"),
)
SYSTEM_PACKAGES = {
    "mariadb": "mariadb-server-core",
    "epmd": "erlang-base",
    "rabbitmq": "rabbitmq-server",
}
"""The distribution's package of each service that is not from PyPI."""
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - looked at, nothing is put there
"""Where semaphores live: shm_overview(7), sem_overview(7)."""
APT_HELPER = "/usr/lib/apt/apt-helper"
REGISTRY_TIMEOUT_S = 15
PROBE_PACKAGE = "keystoneauth1"
"""A package that every index an undercloud can be installed from has."""

_EVERYBODY = 0o005
_EVERYBODY_WRITES = 0o007


class LocalMachine:
    """The machine that this program runs on."""

    def facts(self, config: UndercloudConfig) -> MachineFacts:
        """Gather everything at once; the registries while the rest goes on."""
        with ThreadPoolExecutor(max_workers=3) as pool:
            registries = [pool.submit(probe) for probe in (_python_index, _apt)]
            resolves = pool.submit(_resolves, socket.gethostname())
            folder = _nearest(Path(config.state_dir))
            return MachineFacts(
                euid=os.geteuid(),
                distribution=_distribution(),
                python=_python(),
                memory_mb=psutil.virtual_memory().total >> 20,
                disk_free_mb=shutil.disk_usage(folder).free >> 20,
                state_dir_failure=_write_failure(folder),
                has_shared_memory=_is_for_everybody(SHARED_MEMORY),
                is_installed=_is_installed(config),
                hostname=socket.gethostname(),
                hostname_resolves=resolves.result(),
                has_local_ip=_can_bind(config.local_ip),
                now=datetime.now(UTC),
                listeners=_listeners(config),
                registries=tuple(future.result() for future in registries),
            )

    def usage(self, pids: Collection[int]) -> Mapping[int, Usage]:
        """Measure process trees."""
        return processes.usage(pids)

    def versions(self, config: UndercloudConfig) -> Mapping[str, str]:
        """Read what pip and dpkg have noted."""
        packages = Path(Layout(config.state_dir).venv) / "lib"
        path = [str(folder) for folder in packages.glob("python3*/site-packages")]
        ours = {
            spec.name: found.version
            for spec in SERVICES
            if spec.package
            for found in metadata.distributions(name=spec.package, path=path)
        }
        return {**ours, **_system_versions()}

    def end_strays(self, config: UndercloudConfig) -> Sequence[str]:
        """End what outlived a supervisor."""
        return processes.end_strays(config)

    def end_all(self, config: UndercloudConfig) -> None:
        """Kill all that belongs to this undercloud."""
        processes.end_all(config)

    def tail(self, path: str, lines: int, *, follow: bool) -> Iterator[str]:
        """Read the end of a file."""
        return processes.tail(Path(path), lines, follow=follow)


def _distribution() -> tuple[str, str]:
    try:
        release = platform.freedesktop_os_release()
    except OSError:  # no such file: not a distribution that we know
        return ("", "")
    return release.get("ID", ""), release.get("VERSION_ID", "")


def _python() -> Python | None:
    if not SYSTEM_PYTHON.exists():
        return None
    path = SYSTEM_PYTHON.resolve()
    ask = "import sys; print(*sys.version_info[:3])"
    shown = subprocess.run(  # noqa: S603 - a fixed command
        (str(path), "-I", "-c", ask), capture_output=True, text=True, check=False
    )
    version = tuple(int(part) for part in shown.stdout.split())
    is_public = all(
        part.stat().st_mode & _EVERYBODY == _EVERYBODY for part in (path, *path.parents)
    )
    return Python(path=str(path), version=version, is_public=is_public)


def _nearest(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _write_failure(folder: Path) -> str:
    if not folder.is_dir():
        return f"{folder} is not a folder"
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        return "its file system is read-only"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"no permission to write to {folder}"
    return ""


def _is_for_everybody(folder: Path) -> bool:
    return folder.is_dir() and not ~folder.stat().st_mode & _EVERYBODY_WRITES


def _is_installed(config: UndercloudConfig) -> bool:
    # One of the libraries, since the environment itself is there long before them.
    library = Path(Layout(config.state_dir).venv) / "bin" / "uwsgi"
    return all(path.exists() for path in (library, *SYSTEM_PROGRAMS))


def _resolves(hostname: str) -> bool:
    try:
        socket.getaddrinfo(hostname, None)
    except OSError:
        return False
    return True


def _can_bind(address: str) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def _listeners(config: UndercloudConfig) -> Mapping[int, Listener]:
    wanted = set(config.ports.values())
    shared = {config.local_ip, "0.0.0.0", "::"}  # noqa: S104 - compared, not bound
    found: dict[int, Listener] = {}
    for connection in psutil.net_connections("tcp"):
        if connection.status != psutil.CONN_LISTEN or not connection.laddr:
            continue
        address, port = connection.laddr
        if port in wanted and address in shared:
            found[port] = _listener(connection.pid or 0, config)
    return found


def _listener(pid: int, config: UndercloudConfig) -> Listener:
    with suppress(psutil.Error):
        process = psutil.Process(pid) if pid else None
        if process:
            is_ours = processes.belongs_to(process, config)
            return Listener(pid=pid, name=process.name(), is_ours=is_ours)
    return Listener(pid=pid)


def _system_versions() -> Mapping[str, str]:
    ask = ("dpkg-query", "--show", "--showformat", "${Package} ${Version}\\n")
    shown = subprocess.run(  # noqa: S603 - a fixed command
        (*ask, *SYSTEM_PACKAGES.values()), capture_output=True, text=True, check=False
    )  # it fails where one is not installed, and lists the others
    installed = dict(line.split(" ", 1) for line in shown.stdout.splitlines())
    return {
        # Without epoch and the distribution's own revision.
        service: installed[package].rpartition(":")[2].partition("-")[0]
        for service, package in SYSTEM_PACKAGES.items()
        if package in installed
    }


def _python_index() -> Registry:
    """Let uv ask the index it is configured with, past its cache."""
    argv = (uv.find_uv_bin(), "pip", "compile", "--no-deps", "--no-cache", "--quiet")
    return _ask("Python packages", (*argv, "-"), PROBE_PACKAGE)


def _apt() -> Registry:
    """Let apt fetch one small file from the distribution's repository."""
    name = "distribution packages"
    shown = subprocess.run(
        ("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)"),  # noqa: S607 - apt-get, from the usual PATH
        capture_output=True,
        text=True,
        check=False,
    )
    release = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    bases = [line.split() for line in shown.stdout.splitlines()]
    address = next(_release_files(bases, release), None)
    if address is None:
        return Registry(name=name, failure=f"apt has no source for {release}")
    with TemporaryDirectory() as folder:
        options = ("-o", "Acquire::Retries=0", "-o", "APT::Sandbox::User=root")
        argv = (APT_HELPER, *options, "download-file", address, f"{folder}/InRelease")
        return _ask(name, argv)


def _release_files(bases: list[list[str]], release: str) -> Iterator[str]:
    for words in bases:
        if len(words) == 2 and words[1] == release:  # noqa: PLR2004 - URI and release
            yield f"{words[0]}dists/{release}/InRelease"


def _ask(name: str, argv: tuple[str, ...], stdin: str = "") -> Registry:
    try:
        done = subprocess.run(  # noqa: S603 - argument lists only, no shell
            argv,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=REGISTRY_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        return Registry(name=name, failure=f"no answer in {REGISTRY_TIMEOUT_S} s")
    except OSError as error:
        return Registry(name=name, failure=f"cannot ask: {error}")
    said = (done.stderr or done.stdout).split()
    return Registry(name=name, failure=" ".join(said) if done.returncode else "")
