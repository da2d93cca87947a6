"""Start and stop the process that runs all services; the only place that does."""

from __future__ import annotations

from collections.abc import Callable

from tripleo_cli.domain.host import Call
from tripleo_cli.errors import HostError
from tripleo_cli.workflows.undercloud.site import Site

SYSTEMD = "/run/systemd/system"
"""There only where systemd is process 1."""
START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 150
_POLL_S = 0.3


def start_supervisor(site: Site) -> bool:
    """Start supervisord where it does not answer; it starts every service itself.

    Services that outlived a supervisor that was killed are ended first: they hold
    the ports and data of those to come.

    Returns:
        Whether it had to be started.

    Raises:
        HostError: It does not come up.
    """
    if site.supervisor.is_running():
        return False
    if not site.host.exists(site.layout.supervisor_config):
        raise HostError(
            f"no undercloud is installed in {site.config.state_dir}",
            hint="openstack undercloud install",
        )
    site.machine.end_strays(site.config)
    _run(site, start_call(site))
    if not _wait(site, site.supervisor.is_running, START_TIMEOUT_S):
        log = f"{site.layout.log}/supervisord.log"
        raise HostError(
            f"supervisord did not answer in {START_TIMEOUT_S} s", hint=f"tail {log}"
        )
    return True


def stop_supervisor(site: Site) -> None:
    """Stop every service, then supervisord, and wait until all are gone.

    Raises:
        HostError: Something is still there.
    """
    if has_unit(site):
        _run(site, Call(argv=("systemctl", "stop", site.layout.unit), timeout_s=180))
    site.supervisor.shutdown()
    if not _wait(site, lambda: not site.supervisor.is_running(), STOP_TIMEOUT_S):
        raise HostError(f"supervisord did not end in {STOP_TIMEOUT_S} s")
    site.machine.end_strays(site.config)


def start_call(site: Site) -> Call:
    """Give the command that starts supervisord on this machine."""
    if has_unit(site):
        return Call(argv=("systemctl", "start", site.layout.unit))
    return Call(
        argv=(
            f"{site.layout.venv}/bin/supervisord",
            "--configuration",
            site.layout.supervisor_config,
        ),
        user=site.config.service_user,
        detached=True,
        timeout_s=START_TIMEOUT_S,
    )


def has_unit(site: Site) -> bool:
    """Tell whether systemd runs this undercloud."""
    return site.host.exists(SYSTEMD) and site.host.exists(site.layout.unit_file)


def _run(site: Site, call: Call) -> None:
    done = site.host.run(call)
    if not done.succeeded:
        said = " ".join((done.stderr or done.stdout).split())
        raise HostError(f"{' '.join(call.argv)} failed: {said or done.returncode}")


def _wait(site: Site, settled: Callable[[], bool], timeout_s: float) -> bool:
    deadline = site.clock.now() + timeout_s
    while not settled():
        if site.clock.now() > deadline:
            return False
        site.clock.sleep(_POLL_S)
    return True
