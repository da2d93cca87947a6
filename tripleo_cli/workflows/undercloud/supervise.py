"""Start and stop the process that runs all services; the only place that does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from tripleo_cli.domain.host import Call
from tripleo_cli.domain.undercloud.services import SERVICES
from tripleo_cli.errors import HostError
from tripleo_cli.workflows.undercloud.installed import Undercloud

SYSTEMD = "/run/systemd/system"
"""There only where systemd is process 1."""
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 180
_POLL_S = 0.3


def start_supervisor(undercloud: Undercloud) -> bool:
    """Start supervisord where it does not answer; it starts every service itself.

    Services that outlived a supervisor that was killed are ended first: they hold
    the ports and data of those to come.

    Returns:
        Whether it had to be started.

    Raises:
        HostError: It does not come up.
    """
    if undercloud.supervisor.is_running():
        return False
    undercloud.check_installed()
    undercloud.machine.end_strays(undercloud.config)
    must(undercloud, start_call(undercloud))
    if not _wait(undercloud, undercloud.supervisor.is_running, START_TIMEOUT_S):
        log = f"{undercloud.layout.log}/supervisord.log"
        raise HostError(
            f"supervisord did not answer in {START_TIMEOUT_S} s", hint=f"tail {log}"
        )
    return True


def stop_services(undercloud: Undercloud, names: Sequence[str]) -> None:
    """Stop services: OpenStack's all at once, then what they stand on.

    supervisord itself would end them one after the other, each in its own time.

    Raises:
        HostError: supervisord does not answer, or one cannot be stopped.
    """
    below = [spec.name for spec in SERVICES if not spec.package]
    with ThreadPoolExecutor() as pool:
        above = [name for name in names if name not in below]
        list(pool.map(undercloud.supervisor.stop, above))
    for name in reversed(below):
        if name in names:
            undercloud.supervisor.stop(name)


def running_services(undercloud: Undercloud) -> Sequence[str]:
    """Name the services that have a process; none where supervisord does not run."""
    if not undercloud.supervisor.is_running():
        return ()
    return tuple(
        name for name, one in undercloud.supervisor.processes().items() if one.pid
    )


def stop_supervisor(undercloud: Undercloud) -> None:
    """Stop every service, then supervisord, and wait until all are gone.

    Raises:
        HostError: Something is still there.
    """
    if has_unit(undercloud):
        must(
            undercloud,
            Call(argv=("systemctl", "stop", undercloud.layout.unit), timeout_s=180),
        )
    stop_services(undercloud, running_services(undercloud))
    undercloud.supervisor.shutdown()
    if not _wait(
        undercloud, lambda: not undercloud.supervisor.is_running(), STOP_TIMEOUT_S
    ):
        raise HostError(f"supervisord did not end in {STOP_TIMEOUT_S} s")
    undercloud.machine.end_strays(undercloud.config)


def start_call(undercloud: Undercloud) -> Call:
    """Give the command that starts supervisord on this machine."""
    if has_unit(undercloud):
        return Call(argv=("systemctl", "start", undercloud.layout.unit))
    return Call(
        argv=(
            f"{undercloud.layout.venv}/bin/python",
            undercloud.layout.supervisor_program,
            "--configuration",
            undercloud.layout.supervisor_config,
        ),
        user=undercloud.config.service_user,
        detached=True,
        timeout_s=START_TIMEOUT_S,
    )


def has_systemd(undercloud: Undercloud) -> bool:
    """Tell whether systemd runs this machine."""
    return undercloud.host.exists(SYSTEMD)


def has_unit(undercloud: Undercloud) -> bool:
    """Tell whether systemd runs this undercloud."""
    is_written = undercloud.host.exists(undercloud.layout.unit_file)
    return is_written and has_systemd(undercloud)


def must(undercloud: Undercloud, call: Call) -> None:
    """Run a command that has to succeed.

    Raises:
        HostError: It did not; the message has what it said.
    """
    done = undercloud.host.run(call)
    if not done.succeeded:
        said = " ".join((done.stderr or done.stdout).split())
        raise HostError(f"{' '.join(call.argv)} failed: {said or done.returncode}")


def _wait(
    undercloud: Undercloud, settled: Callable[[], bool], timeout_s: float
) -> bool:
    deadline = undercloud.clock.now() + timeout_s
    while not settled():
        if undercloud.clock.now() > deadline:
            return False
        undercloud.clock.sleep(_POLL_S)
    return True
