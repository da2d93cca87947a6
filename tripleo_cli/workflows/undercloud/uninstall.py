"""Remove an undercloud: all that it made, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from tripleo_cli.domain.events import Began, Finished, Noted, Reporter, silent
from tripleo_cli.domain.host import Call
from tripleo_cli.domain.undercloud.belongings import Belongings
from tripleo_cli.errors import HostError
from tripleo_cli.workflows.undercloud.belongings import load_belongings
from tripleo_cli.workflows.undercloud.clouds import (
    load_clouds,
    own_clouds,
    remove_clouds,
)
from tripleo_cli.workflows.undercloud.installed import Undercloud
from tripleo_cli.workflows.undercloud.supervise import (
    has_systemd,
    has_unit,
    must,
    stop_supervisor,
)

APT_ENV = {"DEBIAN_FRONTEND": "noninteractive"}
IN_USE = 8
"""How userdel ends for a user whose processes run."""
_TASK = "uninstall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What is going to be removed; ``packages`` only where that was asked for."""

    folders: tuple[str, ...]
    unit_file: str = ""
    clouds: tuple[str, ...] = ()
    user: str = ""
    packages: tuple[str, ...] = ()
    kept_packages: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to remove."""
        return not (self.folders or self.unit_file or self.clouds)


def plan_removal(undercloud: Undercloud, *, with_packages: bool = False) -> Removal:
    """Look what is there; changes nothing.

    Raises:
        HostError, InvalidInputError: Notes or clouds.yaml cannot be read.
    """
    host, layout, config = undercloud.host, undercloud.layout, undercloud.config
    document = load_clouds(host, config.clouds_file)
    belongings = _belongings(undercloud)
    packages = belongings.packages
    return Removal(
        folders=tuple(path for path in _folders(undercloud) if host.exists(path)),
        unit_file=layout.unit_file if host.exists(layout.unit_file) else "",
        clouds=tuple(own_clouds(config, document)),
        user=config.service_user if belongings.has_user else "",
        packages=packages if with_packages else (),
        kept_packages=() if with_packages else packages,
    )


def describe(undercloud: Undercloud, removal: Removal) -> Sequence[str]:
    """Say in words what a removal takes away, and what it leaves."""
    clouds = ", ".join(removal.clouds)
    lines = [
        "every service of it, running or not",
        *(f"{folder} with all that is in it" for folder in removal.folders),
        f"the systemd unit {removal.unit_file}" if removal.unit_file else "",
        f"{clouds} from {undercloud.config.clouds_file}" if clouds else "",
        f"the user {removal.user}" if removal.user else "",
        f"the packages {', '.join(removal.packages)}" if removal.packages else "",
    ]
    return [line for line in lines if line]


def uninstall(
    undercloud: Undercloud, removal: Removal, report: Reporter = silent
) -> None:
    """Remove what a plan names; run again, it goes on where it was interrupted.

    Raises:
        HostError: Something cannot be stopped or removed.
        BusyError: An installation, or another removal, is going on.
    """
    host, layout = undercloud.host, undercloud.layout
    is_there = host.exists(layout.root)
    report(Began(_TASK))
    with host.lock(layout.lock) if is_there else nullcontext():
        _end_services(undercloud)
        report(Finished(_TASK, "services", "stopped"))
        _remove_unit(undercloud)
        remove_clouds(undercloud.config, host)
        _remove_packages(undercloud, removal)
        _remove_user(undercloud, removal, report)
        for folder in removal.folders:
            host.remove(folder)
            report(Finished(_TASK, folder, "removed"))
        host.remove(layout.lock)
    if is_there:
        _remove_root(undercloud, report)
    if removal.kept_packages:
        kept = " ".join(removal.kept_packages)
        report(Noted(f"Packages stay; to remove them: apt-get purge {kept}"))
    report(Finished(_TASK))


def _end_services(undercloud: Undercloud) -> None:
    """End them without the time to put data away that is going to be removed."""
    if has_unit(undercloud):
        stop_supervisor(undercloud)
    else:
        undercloud.machine.end_all(undercloud.config)


def _folders(undercloud: Undercloud) -> tuple[str, ...]:
    """List what the installer makes; its notes go last, should this be interrupted."""
    layout = undercloud.layout
    secrets = layout.secrets.rpartition("/")[0]
    return (
        *(layout.etc, layout.run, layout.data, layout.venv, layout.log, secrets),
        layout.journal,
    )


def _belongings(undercloud: Undercloud) -> Belongings:
    return load_belongings(undercloud.host, undercloud.layout)


def _remove_unit(undercloud: Undercloud) -> None:
    layout, host = undercloud.layout, undercloud.host
    if has_unit(undercloud):
        _must(undercloud, "systemctl", "disable", layout.unit)
    if host.exists(layout.unit_file):
        host.remove(layout.unit_file)
        if has_systemd(undercloud):
            _must(undercloud, "systemctl", "daemon-reload")


def _remove_packages(undercloud: Undercloud, removal: Removal) -> None:
    if removal.packages:
        options = ("-q", "-y", "-o", "DPkg::Lock::Timeout=600")
        _must(undercloud, "apt-get", "purge", *options, *removal.packages)


def _remove_user(undercloud: Undercloud, removal: Removal, report: Reporter) -> None:
    user = removal.user
    if not user or not _has_user(undercloud, user):
        return
    done = undercloud.host.run(Call(argv=("userdel", user)))
    if done.returncode == IN_USE:
        report(Noted(f"The user {user} stays: other processes run as {user}"))
    elif not done.succeeded:
        raise HostError(f"userdel {user} failed: {done.stderr.strip()}")


def _has_user(undercloud: Undercloud, user: str) -> bool:
    return undercloud.host.run(Call(argv=("getent", "passwd", user))).succeeded


def _remove_root(undercloud: Undercloud, report: Reporter) -> None:
    root = undercloud.layout.root
    _must(undercloud, "rmdir", "--ignore-fail-on-non-empty", root)
    if undercloud.host.exists(root):
        report(Noted(f"{root} stays: it holds files that the installer did not make"))


def _must(undercloud: Undercloud, *argv: str) -> None:
    must(undercloud, Call(argv=argv, env=APT_ENV))
